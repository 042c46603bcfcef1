"""When jobs run: their times, the hours they keep to, and the jobs they come after."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import (
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleRange,
    ScheduleSpec,
)

from openccm.errors import InvalidError, NotFoundError
from openccm.jobs.job import Jobs, Later
from openccm.jobs.lifecycle import FINISHED
from openccm.jobs.tables import JobRun, JobTimetable
from openccm.platform import outbox
from openccm.platform.audit import Fact, lock_chain, record

CHAIN = "timetables"
"""The audit chain of all timetables: they are judged together, because they wait for each other."""

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name} is no time zone.")
    return name


TimeText = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Zone = Annotated[str, AfterValidator(_known_zone)]


class Timing(BaseModel):
    """When a job begins by itself: at times of the day, or every so many minutes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: tuple[TimeText, ...] = Field((), max_length=48, description="For example `22:00`.")
    on: tuple[Day, ...] = Field(DAYS, min_length=1, description="The days it runs on.")
    every: int | None = Field(None, ge=1, le=1440, description="Minutes from one run to the next.")
    zone: Zone = Field("Europe/London", description="The time zone of these times.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.at) == (self.every is not None):
            raise ValueError("Name times (at) or a number of minutes (every).")
        return self

    @property
    def spec(self) -> ScheduleSpec:
        """The same as Temporal spells it."""
        if self.every is not None:
            interval = ScheduleIntervalSpec(every=timedelta(minutes=self.every))
            return ScheduleSpec(intervals=[interval])
        # Temporal's week begins with Sunday, as 0.
        days = [ScheduleRange((DAYS.index(day) + 1) % 7) for day in self.on]
        times = [time.fromisoformat(each) for each in self.at]
        calendars = [
            ScheduleCalendarSpec(
                hour=[ScheduleRange(each.hour)],
                minute=[ScheduleRange(each.minute)],
                day_of_week=days,
            )
            for each in times
        ]
        return ScheduleSpec(calendars=calendars, time_zone_name=self.zone)


class Window(BaseModel):
    """The hours within which a job works; outside them its run waits."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: TimeText = Field(alias="from", description="From this time of the day")
    until: TimeText = Field(description="until this one, of the next day where it is earlier.")
    zone: Zone = Field("Europe/London", description="The time zone of these times.")

    def opening(self, now: datetime) -> datetime | None:
        """When it opens next; None while it is open."""
        zone = ZoneInfo(self.zone)
        here = now.astimezone(zone)
        begin, end = time.fromisoformat(self.from_), time.fromisoformat(self.until)
        clock = here.time()
        is_open = begin <= clock < end if begin < end else clock >= begin or clock < end
        if is_open:
            return None
        day = here.date() if clock < begin else here.date() + timedelta(days=1)
        return datetime.combine(day, begin, zone).astimezone(UTC)


class Dependency(BaseModel):
    """Another job that must have finished first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    job: str = Field(max_length=60, description="Its code.")
    within: int = Field(
        24, ge=1, le=24 * 31, description="Hours: its last run must have finished no longer ago."
    )


class Timetable(BaseModel):
    """All of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    timing: Timing | None = None
    window: Window | None = None
    after: tuple[Dependency, ...] = Field((), max_length=20)
    parameters: dict[str, object] = Field(default_factory=dict[str, object])

    @classmethod
    def of(cls, row: JobTimetable | None) -> "Timetable":
        """A stored timetable; an empty one where none is stored."""
        if row is None:
            return cls.model_validate({})
        facts = {"timing": row.timing, "window": row.window, "after": row.after}
        return cls.model_validate({**facts, "parameters": row.parameters})


async def timetable_of(session: AsyncSession, job: str) -> JobTimetable | None:
    """A job's timetable, as it is stored."""
    return await session.scalar(select(JobTimetable).where(JobTimetable.job == job))


async def put_timetable(
    session: AsyncSession, jobs: Jobs, code: str, timetable: Timetable, *, actor: str, now: datetime
) -> JobTimetable:
    """Say when a job runs.

    Raises:
        NotFoundError: There is no such job.
        InvalidError: A parameter is wrong, or jobs would wait for each other in a circle.
    """
    jobs.get(code)
    await lock_chain(session, CHAIN)
    rows = {row.job: row for row in await session.scalars(select(JobTimetable))}
    _check_dependencies(jobs, code, timetable, rows.values())
    parameters = jobs.parameters(code, timetable.parameters)
    row = rows.get(code) or JobTimetable(job=code, updated_by=actor, updated_at=now)
    told = timetable.model_dump(mode="json", by_alias=True)
    row.timing, row.window, row.after = told["timing"], told["window"], told["after"]
    row.parameters, row.updated_by, row.updated_at = parameters, actor, now
    session.add(row)
    await session.flush()
    fact = Fact(CHAIN, now, actor, "job.timetabled", "job", code, detail=told)
    await record(session, [fact])
    await outbox.put(session, "timetable", [row.id], now)
    return row


async def hindrance(session: AsyncSession, run: JobRun, now: datetime) -> Later | str | None:
    """What keeps a run from going on: its window, or another job; None where nothing does."""
    if run.overrides:
        return None
    timetable = Timetable.of(await timetable_of(session, run.job))
    opening = timetable.window.opening(now) if timetable.window is not None else None
    if opening is not None:
        return Later(opening, f"its hours, from {opening:%Y-%m-%d %H:%M} UTC")
    if run.begun:
        return None
    for dependency in timetable.after:
        waits_on = await _unmet(session, dependency, now)
        if waits_on is not None:
            return waits_on
    return None


async def timetable_by_id(session: AsyncSession, timetable_id: UUID) -> JobTimetable:
    """The timetable.

    Raises:
        NotFoundError: There is none.
    """
    row = await session.get(JobTimetable, timetable_id)
    if row is None:
        raise NotFoundError("timetable", timetable_id)
    return row


def _check_dependencies(
    jobs: Jobs, code: str, timetable: Timetable, rows: Iterable[JobTimetable]
) -> None:
    graph = {row.job: [each.job for each in Timetable.of(row).after] for row in rows}
    graph[code] = [each.job for each in timetable.after]
    for name in graph[code]:
        try:
            jobs.get(name)
        except NotFoundError as error:
            raise InvalidError("after", str(error)) from None
    circle = _circle(graph, [code])
    if circle is not None:
        way = " → ".join(circle)
        raise InvalidError("after", f"These jobs would wait for each other: {way}.")


def _circle(graph: dict[str, list[str]], way: list[str]) -> Sequence[str] | None:
    for following in graph.get(way[-1], ()):
        if following == way[0]:
            return [*way, following]
        if following in way:
            continue
        found = _circle(graph, [*way, following])
        if found is not None:
            return found
    return None


async def _unmet(session: AsyncSession, dependency: Dependency, now: datetime) -> str | None:
    newest = (
        select(JobRun)
        .where(JobRun.job == dependency.job, JobRun.state != "cancelled")
        .order_by(col(JobRun.number).desc())
        .limit(1)
    )
    last = await session.scalar(newest)
    if last is None:
        return f"{dependency.job}, which has not run yet"
    if last.state not in FINISHED:
        return f"{dependency.job}, whose run {last.number} is {last.state}"
    assert last.ended_at is not None
    if last.ended_at < now - timedelta(hours=dependency.within):
        return f"{dependency.job}, which last finished at {last.ended_at:%Y-%m-%d %H:%M} UTC"
    return None
