"""The print house's book of letters, and the reports it owes for them."""

import json
import sqlite3
from typing import Any, Literal

from pydantic import BaseModel

from lab.errands import Errand, ask, errands_about
from lab.store import now

LetterStatus = Literal["dispatched", "returned"]


class Letter(BaseModel):
    """One letter as it was collected."""

    id: str
    at: str
    name: str
    communication: str | None
    size: int
    digest: str
    sidecar: dict[str, Any]
    repeated: bool = False
    """The same content for the same communication was collected before: not posted again."""


class LetterCounts(BaseModel):
    """How many letters there were."""

    letters: int
    repeated: int


def enter(connection: sqlite3.Connection, letter: Letter, *, report: bool) -> None:
    """Write the letter down, once, with the report it causes."""
    earlier = connection.execute(
        "SELECT 1 FROM letters WHERE communication = ? AND digest = ? LIMIT 1",
        (letter.communication, letter.digest),
    ).fetchone()
    connection.execute(
        "INSERT OR IGNORE INTO letters VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            letter.id,
            letter.at,
            letter.name,
            letter.communication,
            letter.size,
            letter.digest,
            json.dumps(letter.sidecar, ensure_ascii=False),
            earlier is not None,
        ),
    )
    if report and earlier is None and letter.communication:
        owe_report(connection, letter, "dispatched")


def owe_report(connection: sqlite3.Connection, letter: Letter, status: LetterStatus) -> None:
    """Report this status once; asking again changes nothing."""
    owed = {errand.label for errand in errands_about(connection, [_subject(letter.id)])}
    if status in owed or letter.communication is None:
        return
    body = {
        "status": status,
        "source": "print-house",
        "event_id": f"{letter.id}-{status}",
        "occurred_at": now(),
    }
    ask(
        connection,
        "report",
        subject=_subject(letter.id),
        label=status,
        target=letter.communication,
        body=json.dumps(body).encode(),
    )


def reports(connection: sqlite3.Connection, letter_id: str) -> list[Errand]:
    """What was and will be reported about a letter."""
    return errands_about(connection, [_subject(letter_id)])


def letters(
    connection: sqlite3.Connection, communication: str | None = None, *, limit: int = 200
) -> list[Letter]:
    """The letters collected, newest first."""
    where = "WHERE communication = ?" if communication else ""
    values = [communication, limit] if communication else [limit]
    rows = connection.execute(
        f"SELECT * FROM letters {where} ORDER BY at DESC, id LIMIT ?",  # noqa: S608 - marks only
        values,
    )
    return [_letter(row) for row in rows]


def letter(connection: sqlite3.Connection, letter_id: str) -> Letter | None:
    """One letter."""
    row = connection.execute("SELECT * FROM letters WHERE id = ?", (letter_id,)).fetchone()
    return _letter(row) if row else None


def counts(connection: sqlite3.Connection) -> LetterCounts:
    """How many letters there were."""
    row = connection.execute(
        "SELECT COUNT(*) AS letters, COALESCE(SUM(repeated), 0) AS repeated FROM letters"
    ).fetchone()
    return LetterCounts.model_validate(dict(row))


def _subject(letter_id: str) -> str:
    return f"letter/{letter_id}"


def _letter(row: sqlite3.Row) -> Letter:
    return Letter.model_validate(dict(row) | {"sidecar": json.loads(row["sidecar"])})
