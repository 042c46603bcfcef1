"""What people do with to-dos: one by one, and many at once."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.denials import note_denial
from api.dependencies import Agent, House, HouseDep, Purger, Supervisor
from api.routes.todos import Body, ClaimRead, Form, Name, ToDoRead, carried_out
from openccm.access.caller import Caller
from openccm.errors import DeniedError, HiddenError
from openccm.work import bulk, commands
from openccm.work.commands import Claimed, Done, Hand
from openccm.work.tables import ToDo

router = APIRouter(prefix="/v1/todos", tags=["to-dos"])

Actor = Annotated[str, Field(pattern=r"^[a-z]+:[A-Za-z0-9._-]+$", max_length=80)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Command = Callable[[AsyncSession, Hand, UUID], Awaitable[ToDo]]


class ReleaseBody(Body):
    """Why it is given back."""

    reason: Reason | None = None


class DeferBody(Body):
    """Until when it is put off."""

    follow_up_at: AwareDatetime
    reason: Reason | None = None


class ForwardBody(Body):
    """To whom it is passed on."""

    role: Name | None = None
    agent: Annotated[Actor | None, Field(description="As the trail names them.")] = None
    reason: Reason | None = None


class PriorityBody(Body):
    """How urgent it is, and why."""

    priority: Annotated[int, Field(ge=1, le=9, description="1 is the most urgent.")]
    reason: Reason


class CompleteBody(Body):
    """How it ended."""

    outcome: Annotated[str, Field(max_length=60, description="One of the type's outcomes.")]
    form: Form = Field(default_factory=dict, description="What the agent filled in.")
    reason: Reason | None = None
    on: Annotated[
        date | None, Field(description="The day that belongs to the outcome's disposition.")
    ] = None


class CancelBody(Body):
    """Why nobody need do it."""

    reason: Reason


class ManyRelease(ReleaseBody):
    """Give them back."""

    command: Literal["release"]


class ManyForward(ForwardBody):
    """Pass them on."""

    command: Literal["forward"]


class ManyDeal(Body):
    """Deal them out: each agent gets as many as the others."""

    command: Literal["deal"]
    agents: Annotated[list[Actor], Field(min_length=1, max_length=100)]
    reason: Reason | None = None


class ManyPriority(PriorityBody):
    """Set their priority."""

    command: Literal["priority"]


class ManyComplete(CompleteBody):
    """Finish them all alike."""

    command: Literal["complete"]


class ManyCancel(CancelBody):
    """Cancel them."""

    command: Literal["cancel"]


class BulkCreate(Body):
    """One command for many."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    do: Annotated[
        ManyRelease | ManyForward | ManyDeal | ManyPriority | ManyComplete | ManyCancel,
        Field(discriminator="command"),
    ]


class VerdictRead(BaseModel):
    """What became of one of them."""

    id: UUID
    state: Annotated[str | None, Field(description="After the command; null where refused.")]
    code: str | None
    message: str | None


def _release(body: ReleaseBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.release(session, hand, todo_id, body.reason)

    return command


def _defer(body: DeferBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.defer(session, hand, todo_id, body.follow_up_at, body.reason)

    return command


def _forward(body: ForwardBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.forward(
            session, hand, todo_id, role=body.role, agent=body.agent, reason=body.reason
        )

    return command


def _priority(body: PriorityBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.set_priority(session, hand, todo_id, body.priority, body.reason)

    return command


def _complete(body: CompleteBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        done = Done(body.outcome, body.form, body.reason, body.on)
        return await commands.complete(session, hand, todo_id, done)

    return command


def _cancel(body: CancelBody) -> Command:
    async def command(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.cancel(session, hand, todo_id, body.reason)

    return command


def _for_many(body: BulkCreate) -> Command:
    match body.do:
        case ManyRelease() as do:
            return _release(do)
        case ManyForward() as do:
            return _forward(do)
        case ManyDeal() as do:
            return bulk.dealt_out(do.agents, do.reason)
        case ManyPriority() as do:
            return _priority(do)
        case ManyComplete() as do:
            return _complete(do)
        case ManyCancel() as do:
            return _cancel(do)


async def _one(house: House, caller: Caller, todo_id: UUID, command: Command) -> ToDoRead:
    async def do(session: AsyncSession, hand: Hand) -> ToDo:
        return await command(session, hand, todo_id)

    todo = await carried_out(house, caller, do)
    return ToDoRead.of(todo, house.desk.clock())


@router.post("/bulk")
async def command_many(body: BulkCreate, house: HouseDep, caller: Supervisor) -> list[VerdictRead]:
    """Carry out one command on many; what is refused for one keeps none of the others from it."""
    hand = Hand(house.desk.repository, caller, house.desk.clock())
    verdicts = await bulk.for_each(house.desk.database, hand, body.ids, _for_many(body))
    for each in verdicts:
        if isinstance(each.refusal, DeniedError | HiddenError):
            await note_denial(house, caller, f"to-do {each.todo_id}", each.refusal)
    return [
        VerdictRead(
            id=each.todo_id,
            state=each.state,
            code=each.refusal.code if each.refusal else None,
            message=str(each.refusal) if each.refusal else None,
        )
        for each in verdicts
    ]


@router.post("/{todo_id}/claim")
async def claim_todo(todo_id: UUID, house: HouseDep, caller: Agent) -> ClaimRead:
    """Take it; whoever has it keeps it for another lease."""

    async def do(session: AsyncSession, hand: Hand) -> Claimed:
        return await commands.claim(session, hand, todo_id)

    claimed = await carried_out(house, caller, do)
    return ClaimRead.of(claimed, house.desk.clock())


@router.post("/{todo_id}/start")
async def start_todo(todo_id: UUID, house: HouseDep, caller: Agent) -> ToDoRead:
    """Say that the work has begun."""
    return await _one(house, caller, todo_id, commands.start)


@router.post("/{todo_id}/release")
async def release_todo(
    todo_id: UUID, body: ReleaseBody, house: HouseDep, caller: Agent
) -> ToDoRead:
    """Give it back to its role, or take up one that was put off."""
    return await _one(house, caller, todo_id, _release(body))


@router.post("/{todo_id}/defer")
async def defer_todo(todo_id: UUID, body: DeferBody, house: HouseDep, caller: Agent) -> ToDoRead:
    """Put it off; beyond the time it is due only with `todo:manage`."""
    return await _one(house, caller, todo_id, _defer(body))


@router.post("/{todo_id}/forward")
async def forward_todo(
    todo_id: UUID, body: ForwardBody, house: HouseDep, caller: Agent
) -> ToDoRead:
    """Pass it on to another role, or into the hands of an agent."""
    return await _one(house, caller, todo_id, _forward(body))


@router.post("/{todo_id}/complete")
async def complete_todo(
    todo_id: UUID, body: CompleteBody, house: HouseDep, caller: Agent
) -> ToDoRead:
    """Finish it; whoever waits for it goes on."""
    return await _one(house, caller, todo_id, _complete(body))


@router.post("/{todo_id}/priority")
async def prioritise_todo(
    todo_id: UUID, body: PriorityBody, house: HouseDep, caller: Supervisor
) -> ToDoRead:
    """Say how urgent it is; from then on nothing calculates it."""
    return await _one(house, caller, todo_id, _priority(body))


@router.post("/{todo_id}/cancel")
async def cancel_todo(
    todo_id: UUID, body: CancelBody, house: HouseDep, caller: Supervisor
) -> ToDoRead:
    """Take it away because nobody need do it; whoever waits for it goes on."""
    return await _one(house, caller, todo_id, _cancel(body))


@router.post("/{todo_id}/purge")
async def purge_todo(todo_id: UUID, body: CancelBody, house: HouseDep, caller: Purger) -> ToDoRead:
    """Destroy what a closed to-do holds, for good; that it was there stays, with its trail."""

    async def do(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        return await commands.purge(session, hand, todo_id, body.reason)

    return await _one(house, caller, todo_id, do)
