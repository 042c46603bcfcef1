"""What the lab owes the outside: durable, in order for each subject, tried until it is taken."""

import asyncio
import logging
import sqlite3
import time
from typing import Literal, Protocol

from pydantic import BaseModel

from lab.store import Store, now

log = logging.getLogger(__name__)

ErrandKind = Literal["receipt", "report"]

_BATCH = 200
_FIRST_PAUSE = 0.25
_LONGEST_KNOCK = 5.0
"""Between two tries while the other side takes nothing at all."""
_LONGEST_PAUSE = 60.0
"""Between two tries of one errand that was not taken."""

_WAITING = (
    "FROM errands AS e WHERE kind = ? AND done_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM errands AS earlier WHERE earlier.subject = e.subject"
    " AND earlier.id < e.id AND earlier.done_at IS NULL)"
)


class Errand(BaseModel):
    """One thing to bring: a receipt by mail, a report by HTTP."""

    id: int
    kind: ErrandKind
    subject: str
    label: str
    target: str
    body: bytes
    created_at: str
    attempts: int
    error: str | None
    done_at: str | None


class NotTaken(Exception):
    """The other side did not take this errand; others may fare better."""


class Unreachable(NotTaken):
    """The other side takes nothing at all at the moment."""


class Courier(Protocol):
    """Brings errands of one kind."""

    async def bring(self, errand: Errand) -> None:
        """Bring one errand.

        Raises:
            NotTaken: It must be brought again later.
        """
        ...

    async def rest(self) -> None:
        """Nothing to bring for now: let connections go."""
        ...


def ask(
    connection: sqlite3.Connection,
    kind: ErrandKind,
    *,
    subject: str,
    label: str,
    target: str,
    body: bytes,
) -> None:
    """Write the errand down, in the transaction of the fact that causes it."""
    connection.execute(
        "INSERT INTO errands (kind, subject, label, target, body, created_at, due)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, subject, label, target, body, now(), time.time()),
    )


def errands_about(connection: sqlite3.Connection, subjects: list[str]) -> list[Errand]:
    """Every errand about these subjects, oldest first."""
    marks = ",".join("?" * len(subjects))
    rows = connection.execute(
        f"SELECT * FROM errands WHERE subject IN ({marks}) ORDER BY id",  # noqa: S608 - marks only
        subjects,
    )
    return [Errand.model_validate(dict(row)) for row in rows]


def pending_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many errands of each kind still wait."""
    counts = {"receipt": 0, "report": 0}
    rows = connection.execute(
        "SELECT kind, COUNT(*) AS n FROM errands WHERE done_at IS NULL GROUP BY kind"
    )
    return counts | {row["kind"]: row["n"] for row in rows}


class Round:
    """Goes round with the errands of one kind until it is stopped."""

    def __init__(self, store: Store, kind: ErrandKind, courier: Courier) -> None:
        self._store = store
        self._kind: ErrandKind = kind
        self._courier = courier
        self._woken = asyncio.Event()
        self._failures = 0

    def wake(self) -> None:
        """There is something new to bring."""
        self._woken.set()

    async def run(self) -> None:
        """Bring what is due, wait, and again."""
        while True:
            self._woken.clear()
            if due := await self._store.read(self._due):
                wait = await self._bring(due)
            else:
                await self._courier.rest()
                wait = await self._store.read(self._next_due)
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        # While the other side is unreachable a new errand is no reason to knock again.
        if self._failures or not seconds:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _bring(self, errands: list[Errand]) -> float:
        """Try these; how long to pause afterwards."""
        for errand in errands:
            try:
                await self._courier.bring(errand)
            except Unreachable as error:
                if not self._failures:
                    log.warning("%s.unreachable error=%s", self._kind, error)
                self._failures += 1
                await self._note(errand, error)
                return _pause(self._failures, _LONGEST_KNOCK)
            except NotTaken as error:
                await self._note(errand, error)
            else:
                await self._done(errand)
            self._failures = 0
        return 0

    async def _note(self, errand: Errand, error: NotTaken) -> None:
        attempts = errand.attempts + 1
        longest = _LONGEST_KNOCK if isinstance(error, Unreachable) else _LONGEST_PAUSE
        due = time.time() + _pause(attempts, longest)
        values = (attempts, due, str(error), errand.id)

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE errands SET attempts = ?, due = ?, error = ? WHERE id = ?", values
            )

        await self._store.write(keep)

    async def _done(self, errand: Errand) -> None:
        values = (errand.attempts + 1, now(), errand.id)

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute(
                "UPDATE errands SET attempts = ?, error = NULL, done_at = ? WHERE id = ?", values
            )

        await self._store.write(keep)

    def _due(self, connection: sqlite3.Connection) -> list[Errand]:
        rows = connection.execute(
            f"SELECT * {_WAITING} AND due <= ? ORDER BY id LIMIT ?",
            (self._kind, time.time(), _BATCH),
        )
        return [Errand.model_validate(dict(row)) for row in rows]

    def _next_due(self, connection: sqlite3.Connection) -> float:
        row = connection.execute(
            f"SELECT MIN(due) AS due {_WAITING}",
            (self._kind,),
        ).fetchone()
        if row["due"] is None:
            return _LONGEST_PAUSE
        return min(max(row["due"] - time.time(), 0.01), _LONGEST_PAUSE)


def _pause(failures: int, longest: float) -> float:
    return min(_FIRST_PAUSE * 2.0 ** min(failures - 1, 16), longest)
