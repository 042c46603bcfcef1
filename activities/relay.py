"""The relay: does what the outbox owes to Temporal, for whatever a crash left undone."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from temporalio.service import RPCError, RPCStatusCode

from openccm.communications.desk import Desk
from openccm.communications.tables import CommunicationRequest
from openccm.content import documents
from openccm.content.tables import DocumentBuffer
from openccm.contracts import (
    CALLBACKS,
    EVENTS,
    JOB,
    PRINT_RUN,
    PUBLICATION,
    REMINDER,
    TO_DO,
    RunInput,
)
from openccm.errors import OpenCCMError, StorageError
from openccm.events.of_cases import tell_entered
from openccm.jobs.timetables import Timetable, timetable_by_id
from openccm.platform import outbox
from openccm.platform.outbox import OutboxEntry
from openccm.platform.temporal import Engine, run_id
from openccm.processes.tables import WorkflowInstance

_log = logging.getLogger(__name__)
_PAUSE = 0.4
_BATCH = 200
_PUT_OFF = timedelta(minutes=1)
_AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED)


class Relay:
    """Looks for owed deeds and does them. Every worker runs one; a deed done twice is harmless."""

    def __init__(self, desk: Desk, engine: Engine) -> None:
        self._desk = desk
        self._engine = engine

    async def run(self) -> None:
        """Relay until cancelled. A database or a server that is away is waited for."""
        while True:
            try:
                busy = await self.turn()
            except (SQLAlchemyError, RPCError, OSError) as error:
                _log.warning("relay waits", extra={"error": type(error).__name__})
                busy = False
            if not busy:
                await asyncio.sleep(_PAUSE)

    async def turn(self) -> bool:
        """Do one batch of deeds; answers whether more may be waiting."""
        async with self._desk.database.read() as session:
            due = await outbox.due(session, self._desk.clock(), _BATCH)
            waiting = await documents.waiting(session, limit=20)
        await self._do(due)
        for buffered in waiting:
            if not await self._store(buffered):
                break
        return len(due) == _BATCH

    async def _do(self, due: Iterable[OutboxEntry]) -> None:
        """Each subject once per deed; the rows are forgotten when the deed is done."""
        deeds: dict[tuple[str, UUID], list[UUID]] = {}
        for entry in due:
            deeds.setdefault((entry.deed, entry.subject), []).append(entry.id)
        for (deed, subject), entries in deeds.items():
            try:
                await self._deed(deed, subject)
            except (NoResultFound, OpenCCMError, RPCError) as error:
                if isinstance(error, RPCError) and error.status in _AWAY:
                    raise
                await self._put_off(deed, subject, entries, error)
                continue
            async with self._desk.database.begin() as session:
                await outbox.done(session, entries)

    async def _put_off(
        self, deed: str, subject: UUID, entries: Sequence[UUID], error: Exception
    ) -> None:
        """One deed that cannot be done must not keep the others waiting; it is tried again."""
        extra = {"deed": deed, "subject": str(subject), "error": type(error).__name__}
        _log.error("deed put off", extra=extra)
        async with self._desk.database.begin() as session:
            await outbox.put_off(session, entries, self._desk.clock() + _PUT_OFF)

    async def _deed(self, deed: str, subject: UUID) -> None:
        if deed in (CALLBACKS, EVENTS, JOB, PRINT_RUN, PUBLICATION, REMINDER, TO_DO):
            await self._engine.wake_round(deed, subject)
            return
        if deed == "timetable":
            async with self._desk.database.read() as session:
                row = await timetable_by_id(session, subject)
            timing = Timetable.of(row).timing
            spec = timing.spec if timing is not None else None
            await self._engine.keep_schedule(row.job, row.id, spec)
            return
        if deed in ("start-instance", "wake-instance"):
            await self._move(subject, start=deed == "start-instance")
            return
        if deed == "case":
            await tell_entered(self._desk, subject)
            return
        async with self._desk.database.read() as session:
            request = await session.get_one(CommunicationRequest, subject)
            published = await self._desk.repository.pinned(
                session, request.definition, request.version
            )
        workflow_id = run_id(request.definition, request.system_code, request.idempotency_key)
        if deed == "wake":
            await self._engine.wake_run(workflow_id)
            return
        order = RunInput(plan=published.plan, subject=request.id, priority=request.priority)
        await self._engine.start_run(order, workflow_id)

    async def _move(self, instance_id: UUID, *, start: bool) -> None:
        """Start an instance's run, or wake it."""
        async with self._desk.database.read() as session:
            instance = await session.get_one(WorkflowInstance, instance_id)
            stored = await self._desk.repository.stored(session, instance.code, instance.version)
        workflow_id = run_id(instance.code, instance.system_code, instance.key)
        if not start:
            await self._engine.wake_run(workflow_id)
            return
        assert stored.plan is not None
        await self._engine.start_run(RunInput(plan=stored.plan, subject=instance.id), workflow_id)

    async def _store(self, buffered: DocumentBuffer) -> bool:
        """Move a document from the buffer to the store; False where the store is still unwell."""
        try:
            await self._desk.store.put(buffered.content)
        except StorageError:
            return False
        async with self._desk.database.begin() as session:
            await documents.settled(session, buffered.hash)
        return True
