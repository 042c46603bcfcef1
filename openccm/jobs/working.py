"""Working on runs: one turn after another, each through as many items as the job's chunk holds.

An item's own transaction moves the run's cursor from the item before to this one. So nothing is
dealt with twice whatever is killed, two workers that take each other for dead cannot both go on,
and a pause takes effect between two items.
"""

import logging
import traceback
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.errors import NotFoundError, OpenCCMError
from openccm.jobs import queries
from openccm.jobs.job import Job, Jobs, Later, Skipped
from openccm.jobs.sheet import opened
from openccm.jobs.tables import JobItem, JobRun
from openccm.jobs.timetables import hindrance
from openccm.platform.clock import Clock
from openccm.platform.database import Database, is_away

_log = logging.getLogger(__name__)
_ENGINE = "engine"


class _OvertakenError(Exception):
    """Somebody paused or ended the run, or another worker is ahead: this one leaves it alone."""


class _Entry(NamedTuple):
    """An item to be dealt with, and where that leaves the cursor."""

    key: str
    cursor: str
    item_id: UUID | None = None
    """The row of an item that failed before."""


class Foreman:
    """Works on runs."""

    def __init__(self, database: Database, jobs: Jobs, clock: Clock) -> None:
        self._database = database
        self._jobs = jobs
        self._clock = clock

    async def turn(self, run_id: UUID) -> datetime | None:
        """One turn; answers when to come again, None where nothing more happens by itself."""
        async with self._database.read() as session:
            run = await session.get(JobRun, run_id)
        if run is None:
            raise NotFoundError("job run", run_id)
        job = self._jobs.get(run.job)
        try:
            standing = await self._enter(job, run_id)
            if standing is None or isinstance(standing, datetime):
                return standing
            return await self._go_through(job, standing)
        except OpenCCMError as error:
            await self._fail(run_id, error)
            return None

    async def _enter(self, job: Job, run_id: UUID) -> JobRun | datetime | None:
        """The run where it may be worked on; else when to look again."""
        async with (
            self._database.begin() as session,
            opened(session, run_id, actor=_ENGINE, now=self._clock()) as sheet,
        ):
            run = sheet.run
            if run.state not in ("waiting", "running"):
                return None
            hindered = await hindrance(session, run, sheet.now)
            if hindered is not None:
                until, why = hindered if isinstance(hindered, Later) else (None, hindered)
                run.waiting_for = why
                if run.state != "waiting":
                    sheet.move("waiting", detail={"waiting_for": why})
                return until
            if run.state == "waiting":
                sheet.move("running")
            if not run.begun:
                await job.begin(session, run)
                run.begun = True
            run.waiting_for = None
            run.heartbeat_at = sheet.now
            return run

    async def _go_through(self, job: Job, run: JobRun) -> datetime | None:
        entries = await self._entries(job, run)
        before = run.cursor
        try:
            for entry in entries:
                await self._deal_with(job, run, entry, before)
                before = entry.cursor
        except _OvertakenError:
            return self._clock()
        if len(entries) == job.chunk:
            return self._clock()
        return await self._end(job, run)

    async def _entries(self, job: Job, run: JobRun) -> Sequence[_Entry]:
        async with self._database.read() as session:
            if run.mode == "reprocess":
                return ()
            if run.mode == "failed":
                after = UUID(run.cursor) if run.cursor else None
                failed = await queries.items(
                    session, run.id, state="failed", after=after, limit=job.chunk
                )
                return [_Entry(item.key, str(item.id), item.id) for item in failed]
            keys = await job.due(session, run, run.cursor, job.chunk)
            return [_Entry(key, key) for key in keys]

    async def _deal_with(self, job: Job, run: JobRun, entry: _Entry, before: str) -> None:
        """One item in one transaction; what goes wrong with it is noted in another."""
        fault: OpenCCMError | None = None
        code = ""
        try:
            async with self._database.begin() as session:
                await self._advance(session, run, entry, before, "processed")
                await job.work(session, run, entry.key)
        except OpenCCMError as error:
            fault, code = error, error.code
        except SQLAlchemyError as error:
            if is_away(error):
                raise
            code = type(error).__name__
        except _OvertakenError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad item must not keep the others waiting
            code = type(error).__name__
            places = "".join(traceback.format_tb(error.__traceback__))
            _log.error("item failed", extra={"job": job.code, "kind": code, "at": places})
        if not code:
            return
        state = "skipped" if isinstance(fault, Skipped) else "failed"
        async with self._database.begin() as session:
            await self._advance(session, run, entry, before, state)
            await self._note(session, run, entry, state, code, str(fault or f"A fault: {code}."))

    async def _advance(
        self, session: AsyncSession, run: JobRun, entry: _Entry, before: str, counter: str
    ) -> None:
        """Move the cursor on, if it still stands where this worker left it."""
        values: dict[str, Any] = {"cursor": entry.cursor, "heartbeat_at": self._clock()}
        counted = getattr(JobRun, counter)
        if entry.item_id is None:
            values |= {"read": col(JobRun.read) + 1, counter: counted + 1}
        elif counter != "failed":
            values |= {"failed": col(JobRun.failed) - 1, counter: counted + 1}
        moved: Any = await session.execute(
            update(JobRun)
            .where(
                col(JobRun.id) == run.id,
                col(JobRun.state) == "running",
                col(JobRun.cursor) == before,
            )
            .values(values)
            .execution_options(synchronize_session=False)
        )
        assert isinstance(moved, CursorResult)
        if moved.rowcount != 1:
            raise _OvertakenError
        if entry.item_id is not None and counter == "processed":
            item = await session.get_one(JobItem, entry.item_id)
            item.state, item.tries, item.at = "done", item.tries + 1, self._clock()

    async def _note(
        self, session: AsyncSession, run: JobRun, entry: _Entry, state: str, code: str, reason: str
    ) -> None:
        if entry.item_id is None:
            item = JobItem(run_id=run.id, key=entry.key, state=state, code=code, reason=reason)
        else:
            item = await session.get_one(JobItem, entry.item_id)
            item.tries += 1
        item.state, item.code, item.reason, item.at = state, code, reason, self._clock()
        session.add(item)

    async def _end(self, job: Job, run: JobRun) -> datetime | None:
        later = await (job.reprocess(run) if run.mode == "reprocess" else job.finish(run))
        async with (
            self._database.begin() as session,
            opened(session, run.id, actor=_ENGINE, now=self._clock()) as sheet,
        ):
            if sheet.run.state != "running":
                return None
            if later is not None:
                sheet.run.waiting_for = later.waiting_for
                return later.until
            counters = {name: getattr(sheet.run, name) for name in COUNTERS}
            sheet.move("completed_with_errors" if sheet.run.failed else "completed", None, counters)
        return None

    async def _fail(self, run_id: UUID, error: OpenCCMError) -> None:
        async with (
            self._database.begin() as session,
            opened(session, run_id, actor=_ENGINE, now=self._clock()) as sheet,
        ):
            if sheet.run.state in ("waiting", "running"):
                sheet.move("failed", error.code, {"says": str(error)})


COUNTERS = ("read", "processed", "failed", "skipped")
"""What a run counts: what it looked at, and what became of that."""
