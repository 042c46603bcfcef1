"""Presses a message's one-click unsubscribe button, as a mail provider does (RFC 8058)."""

import sqlite3

import aiohttp
from pydantic import BaseModel

from lab.store import now

_TIMEOUT = aiohttp.ClientTimeout(total=10)
_FORM = {"List-Unsubscribe": "One-Click"}


class Unsubscription(BaseModel):
    """One press of the button and what came of it."""

    at: str
    url: str
    status: int | None
    """None where nobody answered."""
    answer: str


async def press(url: str) -> Unsubscription:
    """Post the form to the URL; redirects are not followed, as the RFC demands."""
    at = now()
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.post(url, data=_FORM, allow_redirects=False) as response,
        ):
            body = (await response.content.read(2000)).decode("utf-8", "replace")
            return Unsubscription(at=at, url=url, status=response.status, answer=body)
    except (aiohttp.ClientError, TimeoutError) as error:
        return Unsubscription(at=at, url=url, status=None, answer=str(error) or "No answer in time")


def keep(connection: sqlite3.Connection, message: int, pressed: Unsubscription) -> None:
    """Write the press down."""
    connection.execute(
        "INSERT INTO unsubscriptions (message, at, url, status, answer) VALUES (?, ?, ?, ?, ?)",
        (message, pressed.at, pressed.url, pressed.status, pressed.answer),
    )


def of_message(connection: sqlite3.Connection, message: int) -> list[Unsubscription]:
    """Every press for one message, oldest first."""
    rows = connection.execute(
        "SELECT at, url, status, answer FROM unsubscriptions WHERE message = ? ORDER BY id",
        (message,),
    )
    return [Unsubscription.model_validate(dict(row)) for row in rows]
