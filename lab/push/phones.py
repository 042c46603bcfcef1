"""The phones of the lab: every notification that reached one, or did not, and why."""

import sqlite3
from typing import Any

from pydantic import BaseModel

from lab.store import now


class NotificationRead(BaseModel):
    """One message to one device, and how it was answered."""

    id: int = 0
    at: str = ""
    token: str
    title: str
    text: str
    communication: str | None
    collapse_key: str | None
    ttl: str | None
    status: int
    answer: str
    """The message's name, or the error's code."""
    replaced: bool = False
    """A later one bears the same collapse key."""
    body: str
    """The request's body as it came, for those who compare bytes."""


class PhoneRead(BaseModel):
    """A device and what it got."""

    token: str
    shown: int
    refused: int
    last_at: str


class PushCounts(BaseModel):
    """How many notifications there were."""

    shown: int
    refused: int


def keep(connection: sqlite3.Connection, message: NotificationRead) -> None:
    """Write it down; one that is shown takes the place of those that bear its collapse key."""
    if message.status == 200 and message.collapse_key:
        connection.execute(
            "UPDATE notifications SET replaced = 1 WHERE token = ? AND collapse_key = ?",
            (message.token, message.collapse_key),
        )
    facts = message.model_dump(exclude={"id"}) | {"at": now()}
    connection.execute(
        "INSERT INTO notifications (at, token, title, text, communication, collapse_key, ttl,"
        " status, answer, replaced, body) VALUES (:at, :token, :title, :text, :communication,"
        " :collapse_key, :ttl, :status, :answer, :replaced, :body)",
        facts,
    )


def notifications(
    connection: sqlite3.Connection, token: str | None = None, *, limit: int = 200
) -> list[NotificationRead]:
    """The latest ones, newest first."""
    where, values = ("WHERE token = ?", [token, limit]) if token else ("", [limit])
    rows = connection.execute(
        f"SELECT * FROM notifications {where} ORDER BY id DESC LIMIT ?",  # noqa: S608 - marks only
        values,
    )
    return [NotificationRead.model_validate(dict(row)) for row in rows]


def phones(connection: sqlite3.Connection) -> list[PhoneRead]:
    """Every device that anything was sent to, the latest first."""
    rows = connection.execute(
        "SELECT token, SUM(status = 200) AS shown, SUM(status <> 200) AS refused,"
        " MAX(at) AS last_at FROM notifications GROUP BY token ORDER BY last_at DESC"
    )
    return [PhoneRead.model_validate(dict(row)) for row in rows]


def counts(connection: sqlite3.Connection) -> PushCounts:
    """How many there were."""
    row: Any = connection.execute(
        "SELECT COALESCE(SUM(status = 200), 0) AS shown,"
        " COALESCE(SUM(status <> 200), 0) AS refused FROM notifications"
    ).fetchone()
    return PushCounts.model_validate(dict(row))
