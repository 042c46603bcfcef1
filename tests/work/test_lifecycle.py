"""Every way of a to-do's life cycle is walked by a command; every other is refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import product
from uuid import UUID

import pytest

from openccm.errors import ConflictError
from openccm.work import commands
from openccm.work.commands import Done
from openccm.work.lifecycle import TO_DO
from tests.work.office import Office

D5 = {
    "open": {"assigned", "deferred", "cancelled", "completed"},
    "assigned": {"in_progress", "open", "deferred", "completed", "cancelled"},
    "in_progress": {"completed", "deferred", "open"},
    "deferred": {"open"},
    "completed": set[str](),
    "cancelled": set[str](),
}
"""The requirements' table, without what is routed to other tools."""

BEYOND_D5 = {("in_progress", "cancelled"), ("deferred", "cancelled")}

Step = Callable[[Office, UUID], Awaitable[object]]


def agent(office: Office):
    return office.agent("AG1", "collections", supervises=True)


async def claim(office: Office, todo: UUID) -> None:
    await office.do(commands.claim, agent(office), todo)


async def start(office: Office, todo: UUID) -> None:
    await office.do(commands.start, agent(office), todo)


async def defer(office: Office, todo: UUID) -> None:
    until = office.clock() + timedelta(hours=1)
    await office.do(commands.defer, agent(office), todo, until, "customer asked")


async def release(office: Office, todo: UUID) -> None:
    await office.do(commands.release, agent(office), todo, "not mine")


async def complete(office: Office, todo: UUID) -> None:
    await office.do(commands.complete, agent(office), todo, Done("not-reached"))


async def cancel(office: Office, todo: UUID) -> None:
    await office.do(commands.cancel, agent(office), todo, "paid")


async def raised(office: Office, todo: UUID) -> None:
    """It is open as it stands."""


LEADS_TO: dict[str, Step] = {
    "open": release,
    "assigned": claim,
    "in_progress": start,
    "deferred": defer,
    "completed": complete,
    "cancelled": cancel,
}
BEGINNINGS: dict[str, tuple[Step, ...]] = {
    "open": (raised,),
    "assigned": (claim,),
    "in_progress": (claim, start),
    "deferred": (defer,),
    "completed": (complete,),
    "cancelled": (cancel,),
}
KEEPS_THE_LEASE = {("assigned", "assigned"), ("in_progress", "assigned")}
"""Whoever has it and claims it again keeps it for another lease."""


async def in_state(office: Office, state: str) -> UUID:
    todo = await office.raised()
    for step in BEGINNINGS[state]:
        await step(office, todo)
    assert (await office.todo(todo)).state == state
    return todo


def test_the_life_cycle_is_the_one_required() -> None:
    ways = {state: set(targets) for state, targets in TO_DO.ways.items()}
    for state, target in BEYOND_D5:
        ways[state].remove(target)

    assert ways == D5


WAYS = [(state, target) for state in TO_DO.states for target in TO_DO.ways[state]]


@pytest.mark.parametrize(("state", "target"), sorted(WAYS))
async def test_every_way_is_walked_and_on_the_trail(
    office: Office, state: str, target: str
) -> None:
    todo = await in_state(office, state)

    await LEADS_TO[target](office, todo)

    assert (await office.todo(todo)).state == target
    last = (await office.trail(todo))[-1]
    assert (last.from_state, last.to_state, last.actor) == (state, target, "system:AG1")
    assert await office.whole(todo)


NO_WAYS = set(product(TO_DO.states, TO_DO.states)) - set(WAYS) - KEEPS_THE_LEASE


@pytest.mark.parametrize(("state", "target"), sorted(NO_WAYS))
async def test_every_other_way_is_refused_and_changes_nothing(
    office: Office, state: str, target: str
) -> None:
    todo = await in_state(office, state)
    before = await office.todo(todo)

    with pytest.raises(ConflictError):
        await LEADS_TO[target](office, todo)

    assert await office.todo(todo) == before
    assert await office.whole(todo)


@pytest.mark.parametrize(("state", "target"), sorted(KEEPS_THE_LEASE))
async def test_claiming_again_renews_the_lease(office: Office, state: str, target: str) -> None:
    todo = await in_state(office, state)
    office.clock.go(minutes=20)

    await LEADS_TO[target](office, todo)

    row = await office.todo(todo)
    assert (row.state, row.lease_until) == (state, office.clock() + timedelta(minutes=30))
