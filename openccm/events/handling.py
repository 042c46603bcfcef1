"""Working on all events that are due, in slices of one transaction; only a bad one is put off."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import OPENCCM, Caller
from openccm.access.tables import ApiKey
from openccm.communications.desk import Desk
from openccm.errors import OpenCCMError
from openccm.events.binding import Bench, work_on
from openccm.events.catalogue import Catalogue
from openccm.events.event_file import open_files
from openccm.events.tables import SystemEvent
from openccm.platform.audit import insert_entries
from openccm.platform.database import is_away
from openccm.processes.book import Processes

_log = logging.getLogger(__name__)

_LOOK = 200
_SLICE = 20
"""Events in one transaction: few enough that others get their turn to write."""
_LONGEST_PAUSE = timedelta(minutes=10)

# What a fault in the data or in the code raises; it must not keep the other events waiting.
_FAULTS = (
    OpenCCMError,
    SQLAlchemyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class Handler:
    """Does what events lead to. Work that is done twice, or broken off, changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._processes = Processes(desk)
        self._catalogue = Catalogue(desk.repository)

    async def round(self) -> datetime | None:
        """Work on all events that are due; answers when the next one is, if any."""
        while True:
            async with self._desk.database.read() as session:
                ids = await _due(session, self._desk.clock())
                if not ids:
                    return await session.scalar(select(func.min(SystemEvent.due_at)))
                # After the events: a binding switched off before one came in is off for it.
                await self._catalogue.refresh(session)
            for start in range(0, len(ids), _SLICE):
                await self._slice(ids[start : start + _SLICE])

    async def _slice(self, ids: Sequence[UUID]) -> None:
        try:
            await self._work(ids)
        except _FAULTS as error:
            if is_away(error):
                raise
            if len(ids) == 1:
                await self._put_off(ids[0], error)
                return
            for event_id in ids:
                await self._slice([event_id])

    async def _work(self, ids: Sequence[UUID]) -> None:
        bench = Bench(self._processes, self._catalogue)
        now = self._desk.clock()
        entries: list[dict[str, Any]] = []
        async with self._desk.database.begin() as session:
            for file in await open_files(session, ids, actor="engine", now=now):
                if file.event.due_at is None:
                    continue
                await work_on(bench, file, await _on_behalf(session, file.event))
                entries += file.entries()
            await session.flush()
            await insert_entries(session, entries)

    async def _put_off(self, event_id: UUID, error: Exception) -> None:
        async with self._desk.database.begin() as session:
            event = await session.get_one(SystemEvent, event_id, with_for_update=True)
            event.tries += 1
            pause = min(timedelta(seconds=2 ** min(event.tries, 20)), _LONGEST_PAUSE)
            event.due_at = self._desk.clock() + pause
            extra = {"event": str(event_id), "error": type(error).__name__, "tries": event.tries}
        _log.error("event put off", extra=extra)


async def _due(session: AsyncSession, now: datetime) -> Sequence[UUID]:
    statement = (
        select(SystemEvent.id)
        .where(col(SystemEvent.due_at) <= now)
        .order_by(col(SystemEvent.due_at), col(SystemEvent.id))
        .limit(_LOOK)
    )
    return (await session.scalars(statement)).all()


async def _on_behalf(session: AsyncSession, event: SystemEvent) -> Caller:
    """The source with what its key may use; without the key, with nothing. Ours may use all."""
    if event.source == OPENCCM:
        return Caller(OPENCCM, frozenset(), None, event.key_id)
    key = await session.get(ApiKey, event.key_id)
    allowed = frozenset[str]() if key is None else key.definitions
    definitions = None if allowed is None else frozenset(allowed)
    return Caller(event.source, frozenset(), definitions, event.key_id)
