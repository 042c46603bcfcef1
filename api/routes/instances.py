"""Workflow instances: begin one, see where it stands and why, and step in."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import (
    House,
    HouseDep,
    ProcessManager,
    ProcessReader,
    ProcessStarter,
    Reading,
)
from api.models import Listed, Page
from api.routes.requests import Key, Reason
from openccm.access.caller import Caller
from openccm.access.reach import require_within, within
from openccm.errors import HiddenError
from openccm.platform.temporal import run_id
from openccm.processes import commands, migration, queries
from openccm.processes.beginning import Beginning
from openccm.processes.intake import take_in, wake
from openccm.processes.tables import InstanceEvent, InstanceStep, WorkflowInstance
from openccm.repository.audience import permit

router = APIRouter(prefix="/v1/instances", tags=["instances"])

Step = Annotated[str, Field(max_length=60)]


class InstanceCreate(BaseModel):
    """What is to begin."""

    model_config = ConfigDict(extra="forbid")

    process: Annotated[str, Field(max_length=60, description="Code of the process.")]
    key: Annotated[
        Key,
        Field(
            max_length=120,
            description="Your business key, e.g. a bill's number. The same key again gets the same "
            "instance. It names the run that supervisors see: never put personal data into it.",
        ),
    ]
    person: Annotated[Key | None, Field(description="The person's key.")] = None
    account: Annotated[Key | None, Field(description="The account's key.")] = None
    payload: Annotated[
        dict[str, JsonValue],
        Field(description="Data the process takes from its caller, nested or dotted."),
    ] = {}
    correlation: Annotated[
        dict[str, JsonValue], Field(description="Echoed in every callback.")
    ] = {}


class InstanceRead(Listed):
    """An instance as it stands."""

    process: str
    version: int
    system: str
    key: str
    person: str | None
    account: str | None
    state: str
    outcome: str | None
    reason: str | None
    parent_id: UUID | None
    run: Annotated[str, Field(description="Its run, as supervisors find it in Temporal.")]
    started_by: str
    started_at: datetime
    updated_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, row: WorkflowInstance) -> "InstanceRead":
        """The public face of a row."""
        return cls(**_face(row))


class VisitRead(Listed):
    """One visit to a step."""

    step: str
    visit: int
    state: str
    way: str | None
    outcome: str | None
    reason: str | None
    waiting_for: str | None
    until: datetime | None
    subject: UUID | None
    detail: dict[str, Any]
    entered_at: datetime
    left_at: datetime | None


class HeardRead(Listed):
    """An event that the instance heard."""

    name: str
    event_key: str
    heard_at: datetime
    taken_by: UUID | None


class InstanceDetail(InstanceRead):
    """An instance: the versions it is pinned to, where it stands, and its way there."""

    pins: dict[str, int]
    standing: list[VisitRead]
    steps: list[VisitRead]
    events: list[HeardRead]


class CancelCreate(Reason):
    """Why, and whether to take back what was done."""

    undoing: bool = False


class SkipCreate(Reason):
    """Why, and how to go on."""

    outcome: Annotated[
        str | None, Field(max_length=60, description="The way to go on by; the next step if none.")
    ] = None


class MigrateCreate(Reason):
    """Why, and to which version."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]


@router.post("", status_code=HTTPStatus.ACCEPTED)
async def create_instance(
    body: InstanceCreate, house: HouseDep, caller: ProcessStarter
) -> InstanceRead:
    """Begin a process; the same key again answers the instance that is there."""
    async with house.desk.database.read() as session:
        await permit(session, caller, body.process)
    row = await take_in(
        house.processes, house.engine, Beginning(**body.model_dump()), caller=caller
    )
    return InstanceRead.of(row)


@router.get("")
async def list_instances(
    session: Reading,
    caller: ProcessReader,
    process: Annotated[str | None, Query(max_length=60)] = None,
    version: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    state: Annotated[str | None, Query(max_length=24)] = None,
    step: Annotated[str | None, Query(max_length=60, description="Standing at it.")] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    key: Annotated[str | None, Query(max_length=120)] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[InstanceRead]:
    """Instances, newest first."""
    rows = await queries.instances(
        session,
        system_code=None if "request:all" in caller.scopes else caller.system_code,
        within=within(caller, WorkflowInstance),
        code=process,
        version=version,
        state=state,
        step=step,
        person=person,
        key=key,
        after=after,
        limit=limit,
    )
    return Page[InstanceRead].of([InstanceRead.of(row) for row in rows], limit)


@router.get("/{instance_id}")
async def read_instance(
    instance_id: UUID, session: Reading, caller: ProcessReader
) -> InstanceDetail:
    """Where an instance stands, why, since when, what it waits for; and how it came there."""
    row = await _seen(session, instance_id, caller)
    steps = [_step(each) for each in await queries.steps_of(session, instance_id)]
    events = await queries.events_of(session, instance_id)
    return InstanceDetail(
        **_face(row),
        pins=row.pins,
        standing=[step for step in steps if step.left_at is None],
        steps=steps,
        events=[_heard(each) for each in events],
    )


@router.post("/{instance_id}/cancel")
async def cancel_instance(
    instance_id: UUID, body: CancelCreate, house: HouseDep, caller: ProcessManager
) -> InstanceRead:
    """End it: what is pending is cancelled."""
    await _own(house, caller, instance_id)
    row = await commands.cancel(
        house.processes, instance_id, body.reason, actor=caller.actor, undoing=body.undoing
    )
    await wake(house.engine, row)
    return InstanceRead.of(row)


@router.post("/{instance_id}/steps/{step}/retry")
async def retry_step(
    instance_id: UUID, step: Step, body: Reason, house: HouseDep, caller: ProcessManager
) -> InstanceRead:
    """Try a step again that stands in error."""
    await _own(house, caller, instance_id)
    row = await commands.retry(house.processes, instance_id, step, body.reason, actor=caller.actor)
    await wake(house.engine, row)
    return InstanceRead.of(row)


@router.post("/{instance_id}/steps/{step}/skip")
async def skip_step(
    instance_id: UUID, step: Step, body: SkipCreate, house: HouseDep, caller: ProcessManager
) -> InstanceRead:
    """Go on from a step as if it had ended with an outcome."""
    await _own(house, caller, instance_id)
    row = await commands.skip(
        house.processes, instance_id, step, body.reason, actor=caller.actor, outcome=body.outcome
    )
    await wake(house.engine, row)
    return InstanceRead.of(row)


@router.post("/{instance_id}/migrate")
async def migrate_instance(
    instance_id: UUID, body: MigrateCreate, house: HouseDep, caller: ProcessManager
) -> InstanceRead:
    """Go on by another version; refused with what stands in the way."""
    await _own(house, caller, instance_id)
    row = await migration.migrate(
        house.processes, instance_id, body.version, body.reason, actor=caller.actor
    )
    await wake(house.engine, row)
    return InstanceRead.of(row)


async def _own(house: House, caller: Caller, instance_id: UUID) -> None:
    async with house.desk.database.read() as session:
        await _seen(session, instance_id, caller)


async def _seen(session: AsyncSession, instance_id: UUID, caller: Caller) -> WorkflowInstance:
    """What another core system began is not told, not even that it is there."""
    row, kind = await queries.instance_by_id(session, instance_id), "workflow instance"
    await require_within(session, caller, kind, WorkflowInstance, instance_id)
    if not caller.sees(row.system_code):
        raise HiddenError(kind, row.id, "It belongs to another core system.")
    return row


def _face(row: WorkflowInstance) -> dict[str, Any]:
    names = InstanceRead.model_fields.keys() - {"process", "system", "person", "account", "run"}
    return {
        **row.model_dump(include=set(names)),
        "process": row.code,
        "system": row.system_code,
        "person": row.person_key,
        "account": row.account_key,
        "run": run_id(row.code, row.system_code, row.key),
    }


def _step(row: InstanceStep) -> VisitRead:
    return VisitRead.model_validate(row, from_attributes=True)


def _heard(row: InstanceEvent) -> HeardRead:
    return HeardRead.model_validate(row, from_attributes=True)
