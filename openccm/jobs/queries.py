"""Questions about jobs and their runs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.jobs.tables import JobItem, JobRun, JobTimetable


async def run_by_number(session: AsyncSession, job: str, number: int) -> JobRun:
    """One run of a job.

    Raises:
        NotFoundError: There is no such run.
    """
    found = await session.scalar(select(JobRun).where(JobRun.job == job, JobRun.number == number))
    if found is None:
        raise NotFoundError("run", f"{number} of {job}")
    return found


async def runs(
    session: AsyncSession,
    *,
    job: str | None = None,
    state: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[JobRun]:
    """Runs, newest first; the last id of a page is its cursor."""
    statement = select(JobRun)
    if job is not None:
        statement = statement.where(JobRun.job == job)
    if state is not None:
        statement = statement.where(JobRun.state == state)
    if after is not None:
        statement = statement.where(col(JobRun.id) < after)
    return (await session.scalars(statement.order_by(col(JobRun.id).desc()).limit(limit))).all()


async def last_runs(session: AsyncSession) -> dict[str, JobRun]:
    """The newest run of every job that ever ran."""
    newest = select(JobRun.job, func.max(JobRun.number).label("number")).group_by(JobRun.job)
    last = newest.subquery()
    statement = select(JobRun).join(
        last, (col(JobRun.job) == last.c.job) & (col(JobRun.number) == last.c.number)
    )
    return {run.job: run for run in await session.scalars(statement)}


async def timetables(session: AsyncSession) -> dict[str, JobTimetable]:
    """Every stored timetable by its job."""
    return {timetable.job: timetable for timetable in await session.scalars(select(JobTimetable))}


async def items(
    session: AsyncSession,
    run_id: UUID,
    *,
    state: str | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> Sequence[JobItem]:
    """Items of a run that failed, were skipped, or were done later, in the order of the run."""
    statement = select(JobItem).where(JobItem.run_id == run_id)
    if state is not None:
        statement = statement.where(JobItem.state == state)
    if after is not None:
        statement = statement.where(col(JobItem.id) > after)
    return (await session.scalars(statement.order_by(col(JobItem.id)).limit(limit))).all()
