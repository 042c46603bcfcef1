"""What people and timetables do with jobs: start, pause, resume, cancel, rerun, make anew."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import ConflictError, IllegalTransitionError
from openccm.jobs.job import Jobs
from openccm.jobs.lifecycle import FINISHED
from openccm.jobs.queries import run_by_number
from openccm.jobs.sheet import RunSheet, opened
from openccm.jobs.tables import JobRun
from openccm.jobs.timetables import Timetable, timetable_of
from openccm.platform import outbox
from openccm.platform.audit import Fact, lock_chain, record
from openccm.platform.columns import new_id

Command = Literal["pause", "resume", "cancel", "rerun", "reprocess"]


@dataclass(frozen=True, slots=True)
class Order:
    """Which run a command is for, why, and whose it is."""

    job: str
    number: int
    reason: str
    actor: str
    now: datetime


async def start(
    session: AsyncSession,
    jobs: Jobs,
    code: str,
    given: Mapping[str, Any],
    *,
    opened_as: str,
    actor: str,
    now: datetime,
) -> JobRun:
    """Open a run of a job; the same ask again answers with the run it opened.

    Raises:
        NotFoundError: There is no such job.
        InvalidError: A parameter is wrong; names it.
        ConflictError: A run of this job has not ended.
    """
    parameters = jobs.parameters(code, given)
    await lock_chain(session, f"job:{code}")
    known = await session.scalar(select(JobRun).where(JobRun.opened_as == opened_as))
    if known is not None:
        return known
    await _refuse_second(session, code)
    highest = await session.scalar(select(func.max(JobRun.number)).where(JobRun.job == code))
    run = JobRun(
        id=new_id(),
        job=code,
        number=1 + (highest or 0),
        opened_as=opened_as,
        parameters=parameters,
        opened_by=actor,
        opened_at=now,
        updated_at=now,
    )
    sheet = RunSheet(session, run, actor=actor, now=now)
    sheet.begin()
    await sheet.close()
    await outbox.put(session, "job", [run.id], now)
    return run


async def start_due(
    session: AsyncSession, jobs: Jobs, code: str, *, opened_as: str, now: datetime
) -> JobRun | None:
    """Open the run that a timetable's time has come for; None where the last one has not ended.

    That it was left out stands on the trail of the job.
    """
    timetable = Timetable.of(await timetable_of(session, code))
    try:
        return await start(
            session, jobs, code, timetable.parameters, opened_as=opened_as, actor="engine", now=now
        )
    except ConflictError as error:
        fact = Fact(f"job:{code}", now, "engine", "job.left_out", "job", code, reason=str(error))
        await record(session, [fact])
        return None


async def command(session: AsyncSession, jobs: Jobs, name: Command, order: Order) -> JobRun:
    """Carry out a command on a run.

    Raises:
        NotFoundError: There is no such run.
        IllegalTransitionError: It is not in a state for this; names the state.
        ConflictError: The job makes nothing to be made anew, or another run of it has not ended.
    """
    if name == "reprocess" and not jobs.get(order.job).can_reprocess:
        raise ConflictError(f"Runs of {order.job} make nothing that could be made anew.")
    run = await run_by_number(session, order.job, order.number)
    async with opened(session, run.id, actor=order.actor, now=order.now) as sheet:
        await _COMMANDS[name](sheet, order.reason)
        await outbox.put(session, "job", [run.id], order.now)
    return sheet.run


async def _pause(sheet: RunSheet, reason: str) -> None:
    """Stop after the item that is being worked on."""
    sheet.move("paused", reason)


async def _resume(sheet: RunSheet, reason: str) -> None:
    """Go on where it stopped; what waits goes on without waiting any further."""
    _require(sheet, "paused", "failed", "waiting")
    await _refuse_second(sheet.session, sheet.run.job, but=sheet.run.id)
    sheet.run.overrides = sheet.run.overrides or sheet.run.state == "waiting"
    sheet.move("running", reason)


async def _cancel(sheet: RunSheet, reason: str) -> None:
    """End it; what it has processed stays processed."""
    sheet.move("cancelled", reason)


async def _rerun(sheet: RunSheet, reason: str) -> None:
    """Go through the items that failed once more."""
    _require(sheet, "completed_with_errors")
    await _again(sheet, "failed", reason)


async def _reprocess(sheet: RunSheet, reason: str) -> None:
    """Make what it made once more."""
    _require(sheet, *FINISHED)
    await _again(sheet, "reprocess", reason)


async def _again(sheet: RunSheet, mode: str, reason: str) -> None:
    await _refuse_second(sheet.session, sheet.run.job, but=sheet.run.id)
    sheet.run.mode, sheet.run.cursor = mode, ""
    sheet.move("running", reason, {"mode": mode})


def _require(sheet: RunSheet, *states: str) -> None:
    if sheet.run.state not in states:
        raise IllegalTransitionError("job run", sheet.run.state, "running")


async def _refuse_second(session: AsyncSession, code: str, *, but: UUID | None = None) -> None:
    other = await session.scalar(select(JobRun).where(JobRun.active == code))
    if other is not None and other.id != but:
        raise ConflictError(f"Run {other.number} of {code} is {other.state}.")


_COMMANDS: Mapping[Command, Callable[[RunSheet, str], Awaitable[None]]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "rerun": _rerun,
    "reprocess": _reprocess,
}
