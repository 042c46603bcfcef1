"""Jobs: what they are, their runs and what went wrong in them, and when they run."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, JobManager, JobReader, Reading, Writing
from api.models import Listed, Page
from openccm.jobs import commands, queries
from openccm.jobs.commands import Command, Order
from openccm.jobs.job import Job
from openccm.jobs.tables import JobRun, JobTimetable
from openccm.jobs.timetables import Timetable, put_timetable, timetable_of
from openccm.language.scalars import KEBAB
from openccm.platform.columns import new_id

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

Code = Annotated[str, Path(max_length=60, pattern=KEBAB)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]


class RunCreate(BaseModel):
    """What a run is given."""

    model_config = ConfigDict(extra="forbid")

    parameters: dict[str, Any] = Field(default_factory=dict[str, Any])
    idempotency_key: Annotated[
        str | None, Field(max_length=120, description="The same one twice is one run.")
    ] = None


class RunCommand(BaseModel):
    """What is to be done with a run, and why."""

    model_config = ConfigDict(extra="forbid")

    command: Annotated[
        Command,
        Field(
            description="`resume` lets go on what is paused, failed or waits; `rerun` goes through "
            "the failed items again; `reprocess` makes anew what a finished run made."
        ),
    ]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


class RunRead(Listed):
    """A run as it stands."""

    job: str
    number: int
    state: str
    mode: Annotated[str, Field(description="`due`, `failed` after a rerun, or `reprocess`.")]
    reason: str | None
    waiting_for: str | None
    parameters: dict[str, Any]
    detail: Annotated[dict[str, Any], Field(description="What the job noted, as references.")]
    read: int
    processed: int
    failed: int
    skipped: int
    opened_by: str
    opened_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, run: JobRun) -> "RunRead":
        """The public face of a row."""
        return cls.model_validate(run, from_attributes=True)


class ItemRead(Listed):
    """An item of a run that failed, was skipped, or was done by a rerun."""

    key: str
    state: str
    code: str
    reason: str
    tries: int
    at: datetime


class TimetableRead(Timetable):
    """When a job runs."""

    updated_by: str
    updated_at: datetime

    @classmethod
    def of_row(cls, row: JobTimetable) -> "TimetableRead":
        """The public face of a row."""
        timetable = Timetable.of(row).model_dump(by_alias=True)
        return cls.model_validate(
            {**timetable, "updated_by": row.updated_by, "updated_at": row.updated_at}
        )


class JobRead(BaseModel):
    """A job with its last run."""

    code: str
    title: str
    last_run: RunRead | None
    timetable: TimetableRead | None


class JobDetail(JobRead):
    """A job as it can be run."""

    parameters: Annotated[dict[str, Any], Field(description="JSON Schema of its parameters.")]
    next_run_at: Annotated[
        datetime | None, Field(description="When it begins next by itself, if it does.")
    ]


def _facts(job: Job, run: JobRun | None, timetable: JobTimetable | None) -> dict[str, Any]:
    return {
        "code": job.code,
        "title": job.title,
        "last_run": RunRead.of(run) if run else None,
        "timetable": TimetableRead.of_row(timetable) if timetable else None,
    }


@router.get("")
async def list_jobs(house: HouseDep, session: Reading, caller: JobReader) -> list[JobRead]:
    """Every job with its last run and its timetable."""
    runs, timetables = await queries.last_runs(session), await queries.timetables(session)
    return [
        JobRead(**_facts(job, runs.get(job.code), timetables.get(job.code))) for job in house.jobs
    ]


@router.get("/runs")
async def list_all_runs(
    session: Reading,
    caller: JobReader,
    state: Annotated[str | None, Query(max_length=24)] = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> Page[RunRead]:
    """The runs of all jobs, newest first."""
    return _page(await queries.runs(session, state=state, after=after, limit=limit), limit)


@router.get("/{code}")
async def read_job(code: Code, house: HouseDep, session: Reading, caller: JobReader) -> JobDetail:
    """One job: its parameters, its last run, when it runs next."""
    job = house.jobs.get(code)
    runs = await queries.runs(session, job=code, limit=1)
    facts = _facts(job, runs[0] if runs else None, await timetable_of(session, code))
    return JobDetail(
        **facts,
        parameters=job.Parameters.model_json_schema(),
        next_run_at=await house.engine.next_time(code),
    )


@router.put("/{code}/timetable")
async def put_job_timetable(
    code: Code, body: Timetable, house: HouseDep, session: Writing, caller: JobManager
) -> TimetableRead:
    """Say when a job runs by itself, in which hours, and after which other jobs."""
    now = house.desk.clock()
    row = await put_timetable(session, house.jobs, code, body, actor=caller.actor, now=now)
    return TimetableRead.of_row(row)


@router.post("/{code}/runs", status_code=HTTPStatus.CREATED)
async def start_job(
    code: Code, body: RunCreate, house: HouseDep, session: Writing, caller: JobManager
) -> RunRead:
    """Begin a run; while one has not ended there is no other."""
    key = body.idempotency_key or str(new_id())
    run = await commands.start(
        session,
        house.jobs,
        code,
        body.parameters,
        opened_as=f"{caller.actor}/{code}/{key}",
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return RunRead.of(run)


@router.get("/{code}/runs")
async def list_runs(
    code: Code,
    house: HouseDep,
    session: Reading,
    caller: JobReader,
    state: Annotated[str | None, Query(max_length=24)] = None,
    after: UUID | None = None,
    limit: Limit = 50,
) -> Page[RunRead]:
    """The runs of a job, newest first."""
    job = house.jobs.get(code)
    found = await queries.runs(session, job=job.code, state=state, after=after, limit=limit)
    return _page(found, limit)


@router.get("/{code}/runs/{number}")
async def read_run(code: Code, number: Number, session: Reading, caller: JobReader) -> RunRead:
    """One run: where it stands, what it counted, what it waits for."""
    return RunRead.of(await queries.run_by_number(session, code, number))


@router.get("/{code}/runs/{number}/items")
async def list_items(
    code: Code,
    number: Number,
    session: Reading,
    caller: JobReader,
    state: Literal["failed", "skipped", "done"] | None = None,
    after: UUID | None = None,
    limit: Limit = 100,
) -> Page[ItemRead]:
    """What failed or was skipped in a run, each with its reason."""
    run = await queries.run_by_number(session, code, number)
    found = await queries.items(session, run.id, state=state, after=after, limit=limit)
    told = [ItemRead.model_validate(each, from_attributes=True) for each in found]
    return Page[ItemRead].of(told, limit)


@router.post("/{code}/runs/{number}/commands")
async def command_run(
    code: Code,
    number: Number,
    body: RunCommand,
    house: HouseDep,
    session: Writing,
    caller: JobManager,
) -> RunRead:
    """Pause, resume, cancel or rerun a run, or make anew what it made."""
    order = Order(code, number, body.reason, caller.actor, house.desk.clock())
    run = await commands.command(session, house.jobs, body.command, order)
    return RunRead.of(run)


def _page(found: Sequence[JobRun], limit: int) -> Page[RunRead]:
    return Page[RunRead].of([RunRead.of(run) for run in found], limit)
