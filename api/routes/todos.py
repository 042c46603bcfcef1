"""To-dos: raise, find, take, finish."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Agent, House, HouseDep, Reading, Writing
from api.models import Listed, Page
from openccm.access.caller import Caller
from openccm.access.reach import require_person, require_within, within
from openccm.language.scalars import KEBAB
from openccm.parties import people
from openccm.platform import audit
from openccm.repository.audience import permit
from openccm.work import queries
from openccm.work.commands import Claimed, Hand
from openccm.work.lifecycle import TO_DO
from openccm.work.queue import take_next
from openccm.work.raising import NewToDo, raise_todo
from openccm.work.rights import require_sight, supervises
from openccm.work.tables import ToDo
from openccm.work.worksheet import chain_of

router = APIRouter(prefix="/v1/todos", tags=["to-dos"])

T = TypeVar("T")

Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:/-]+$")]
Name = Annotated[str, Field(pattern=KEBAB, max_length=60)]
Form = dict[str, JsonValue]


DRILLS = {
    "case": "/v1/cases",
    "contact": "/v1/customer-contacts",
    "event": "/v1/events",
    "instance": "/v1/instances",
    "reminder": "/v1/reminders",
    "request": "/v1/requests",
}
"""Where the owners of to-dos are found."""


class Body(BaseModel):
    """What all bodies have in common: nothing in them is overlooked."""

    model_config = ConfigDict(extra="forbid")


class ToDoCreate(Body):
    """What is to be done, for nobody but whoever asks."""

    type: Annotated[str, Field(max_length=60, description="Code of the to-do type.")]
    idempotency_key: Annotated[
        Key,
        Field(max_length=120, description="The same key again gets the same to-do."),
    ]
    role: Annotated[Name | None, Field(description="One of the type's roles.")] = None
    priority: Annotated[
        int | None, Field(ge=1, le=9, description="Instead of the calculated one.")
    ] = None
    due_at: Annotated[AwareDatetime | None, Field(description="Instead of what the type says.")] = (
        None
    )
    person: Annotated[Key | None, Field(description="Key of the person it is about.")] = None
    account: Annotated[Key | None, Field(description="Key of the account it is about.")] = None
    context: Annotated[Form, Field(description="What the agent reads.")] = {}
    skills: Annotated[
        dict[Name, Annotated[int, Field(ge=1, le=9)]],
        Field(max_length=20, description="Levels it needs instead of those of its type."),
    ] = {}


class ToDoRead(Listed):
    """A to-do as it stands."""

    type: str
    version: int
    title: str
    state: str
    sla: str
    escalation_level: int
    role: str
    priority: int
    priority_by: str | None
    owner_kind: str
    owner_id: UUID | None
    owner_step: str
    raised_by: str
    person_key: str | None
    account_key: str | None
    context: dict[str, Any]
    form: dict[str, Any]
    outcome: str | None
    disposition: Annotated[
        str | None, Field(description="What the outcome is counted as, in all types alike.")
    ]
    outcome_on: Annotated[date | None, Field(description="The day named with the disposition.")]
    tries: Annotated[
        dict[str, int],
        Field(description="How often it came out as each outcome that is tried again."),
    ]
    reason: str | None
    assigned_to: str | None
    lease_until: datetime | None
    follow_up_at: datetime | None
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    purged_at: datetime | None
    purged_by: str | None
    drill: Annotated[str | None, Field(description="Where what it is for is found, if anywhere.")]

    @classmethod
    def of(cls, todo: ToDo, now: datetime) -> "ToDoRead":
        """The public face of a row, as it is at this time."""
        place = DRILLS.get(todo.owner_kind)
        drill = f"{place}/{todo.owner_id}" if place and todo.owner_id else None
        read = cls.model_validate(todo.model_dump() | {"drill": drill})
        read.state = queries.state_at(todo, now)
        if read.state == "open":
            read.assigned_to = read.lease_until = read.follow_up_at = None
        return read


class ShortfallRead(BaseModel):
    """A skill that its taker lacks, although they may take it."""

    skill: str
    level: int


class ClaimRead(BaseModel):
    """What was taken; no to-do where there was none to take."""

    todo: ToDoRead | None
    short_of: list[ShortfallRead] = []

    @classmethod
    def of(cls, claimed: Claimed | None, now: datetime) -> "ClaimRead":
        """The public face of a claim."""
        if claimed is None:
            return cls(todo=None)
        short_of = [ShortfallRead(skill=each.skill, level=each.level) for each in claimed.short_of]
        return cls(todo=ToDoRead.of(claimed.todo, now), short_of=short_of)


class LogEntry(Listed):
    """Something that was done to a to-do."""

    at: datetime
    actor: str
    action: str
    from_state: str | None
    to_state: str | None
    reason: str | None
    detail: dict[str, Any]


class NextCreate(Body):
    """Of which role; of all the caller's by default."""

    role: Name | None = None


State = Literal["open", "assigned", "in_progress", "deferred", "completed", "cancelled"]
assert TO_DO.states == set(State.__args__)


async def carried_out(
    house: House,
    caller: Caller,
    command: Callable[[AsyncSession, Hand], Awaitable[T]],
) -> T:
    """What a command answers, once it is committed."""
    hand = Hand(house.desk.repository, caller, house.desk.clock())
    async with house.desk.database.begin() as session:
        return await command(session, hand)


async def visible_todo(house: House, caller: Caller, todo_id: UUID) -> ToDo:
    """The to-do, if it is this caller's to see.

    Raises:
        DeniedError: It is for another role.
        HiddenError: It is about somebody of another division.
    """
    async with house.desk.database.read() as session:
        todo = await queries.todo_by_id(session, todo_id)
        await require_within(session, caller, "to-do", ToDo, todo_id)
    require_sight(caller, todo)
    return todo


@router.post("", status_code=HTTPStatus.CREATED)
async def create_todo(
    body: ToDoCreate, house: HouseDep, caller: Agent, session: Writing, response: Response
) -> ToDoRead:
    """Raise a to-do that no process waits for. The same idempotency key gets the same one."""
    now, step = house.desk.clock(), f"{caller.system_code}/{body.idempotency_key}"
    await permit(session, caller, body.type)
    person = await people.person_by_key(session, body.person) if body.person else None
    if person is not None:
        require_person(caller, person)
    if await queries.todo_of(session, "system", None, step) is not None:
        response.headers["Idempotent-Replayed"] = "true"
    new = NewToDo(
        owner_kind="system",
        owner_step=step,
        raised_by=caller.actor,
        not_by=frozenset({caller.actor}),
        person_id=person.id if person else None,
        person_key=body.person,
        account_key=body.account,
        **body.model_dump(include={"type", "role", "priority", "due_at", "context", "skills"}),
    )
    return ToDoRead.of(await raise_todo(session, house.desk.repository, new, now), now)


@router.get("")
async def list_todos(
    house: HouseDep,
    session: Reading,
    caller: Agent,
    state: Annotated[list[State] | None, Query(description="Several may be given.")] = None,
    sla: Literal["ok", "at_risk", "breached"] | None = None,
    type: Annotated[str | None, Query(max_length=60)] = None,  # noqa: A002
    role: Annotated[list[Name] | None, Query(description="Several may be given.")] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    account: Annotated[str | None, Query(max_length=80)] = None,
    owner: Annotated[UUID | None, Query(description="The instance or request it is for.")] = None,
    assigned_to: Annotated[str | None, Query(max_length=80)] = None,
    order: Annotated[
        Literal["age", "urgency"],
        Query(description="`urgency`: by priority and by when they are due, as they are taken."),
    ] = "age",
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[ToDoRead]:
    """Those of the caller's roles, oldest first by default; a supervisor sees all."""
    now = house.desk.clock()
    wanted = queries.Filter(
        states=state or (),
        sla=sla,
        type=type,
        roles=role or (),
        person=person,
        account=account,
        owner=owner,
        assigned_to=assigned_to,
        visible_to=None if supervises(caller) else (caller.actor, caller.roles),
        within=within(caller, ToDo),
    )
    rows = await queries.todos(
        session, wanted, now=now, after=after, limit=limit, urgent_first=order == "urgency"
    )
    return Page[ToDoRead].of([ToDoRead.of(row, now) for row in rows], limit)


@router.post("/next")
async def claim_next(body: NextCreate, house: HouseDep, caller: Agent) -> ClaimRead:
    """Take the most urgent to-do that nobody has; never the same one for two callers."""

    async def command(session: AsyncSession, hand: Hand) -> Claimed | None:
        return await take_next(session, hand, role=body.role)

    claimed = await carried_out(house, caller, command)
    return ClaimRead.of(claimed, house.desk.clock())


@router.get("/{todo_id}")
async def read_todo(todo_id: UUID, house: HouseDep, caller: Agent) -> ToDoRead:
    """One to-do as it stands."""
    return ToDoRead.of(await visible_todo(house, caller, todo_id), house.desk.clock())


@router.get("/{todo_id}/log")
async def read_log(
    todo_id: UUID, house: HouseDep, caller: Agent, session: Reading
) -> list[LogEntry]:
    """What was done to it, first to last: by whom, when and why."""
    await visible_todo(house, caller, todo_id)
    entries = await audit.entries(session, chain=chain_of(todo_id), limit=500)
    return [LogEntry.model_validate(each, from_attributes=True) for each in entries]
