"""The life cycle of versions: the requirements' picture, and what commands do in each state."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from openccm.errors import ConflictError, IllegalTransitionError, NotFoundError
from openccm.repository import holds
from openccm.repository.approvals import withdraw
from openccm.repository.drafts import discard_draft
from openccm.repository.lifecycles import IN_FORCE, ON_THE_WAY, VERSION
from openccm.repository.moves import Deed, move
from openccm.repository.publication import unschedule
from openccm.repository.shelf import version_of
from tests.core.authors import BILL, DAY, Authors
from tests.core.making import NOW

D3 = {
    ("draft", "in_review"),
    ("in_review", "approved"),
    ("in_review", "draft"),
    ("approved", "scheduled"),
    ("approved", "live"),
    ("scheduled", "live"),
    ("live", "superseded"),
    ("live", "retired"),
    ("live", "suspended"),
    ("suspended", "live"),
    ("draft", "live"),
}
"""The requirements' picture, as it stands there."""

BEYOND_D3 = {
    # Rejected and written anew, or approved and overtaken: nobody publishes it any more.
    ("draft", "superseded"),
    ("approved", "superseded"),
    # A schedule can be taken back.
    ("scheduled", "approved"),
    # The kill switch keeps nobody from replacing what it stopped.
    ("suspended", "superseded"),
    ("suspended", "retired"),
}

STATES = sorted(VERSION.states)


def test_a_version_goes_where_the_picture_says() -> None:
    ways = {(state, target) for state in STATES for target in VERSION.ways[state]}

    assert ways == D3 | BEYOND_D3
    assert VERSION.terminal == {"superseded", "retired"}
    assert set(IN_FORCE) | set(ON_THE_WAY) | VERSION.terminal == VERSION.states


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("target", STATES)
async def test_no_version_leaves_the_declared_ways(
    authors: Authors, state: str, target: str
) -> None:
    number = await brought(authors, state)
    if target in VERSION.ways[state]:
        return
    async with authors.database.begin() as session:
        row = await version_of(session, BILL, number)
        with pytest.raises(IllegalTransitionError, match=f"version that is {state}"):
            await move(session, row, target, Deed("test"), authors.by())

    assert (await authors.states())[number] == state


async def brought(authors: Authors, state: str) -> int:
    """Version 2 in a state, by the way that people go."""
    ways: dict[str, Callable[[], Awaitable[Any]]] = {
        "draft": lambda: authors.save("second\n"),
        "in_review": lambda: _submitted(authors),
        "approved": lambda: authors.approved("second\n"),
        "scheduled": lambda: _scheduled(authors),
        "live": lambda: authors.live("second\n"),
        "suspended": lambda: _suspended(authors),
        "superseded": lambda: _superseded(authors),
        "retired": lambda: _retired(authors),
    }
    await ways[state]()
    assert (await authors.states())[2] == state
    return 2


async def _submitted(authors: Authors) -> None:
    await authors.save("second\n")
    await authors.submit()


async def _scheduled(authors: Authors) -> None:
    await authors.publish((await authors.approved("second\n")).version, NOW + DAY)


async def _suspended(authors: Authors) -> None:
    await authors.live("second\n")
    await _hold(authors)


async def _superseded(authors: Authors) -> None:
    await authors.live("second\n")
    await authors.roll_back(1)


async def _retired(authors: Authors) -> None:
    await authors.live("second\n")
    await authors.retire()


async def _hold(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await holds.hold(session, BILL, "wrong logo", actor="lab", now=authors.now)


async def _release(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await holds.release(session, BILL, "mended", actor="lab", now=authors.now)


async def _withdraw(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await withdraw(session, BILL, 2, "a typo", authors.by())


async def _unschedule(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await unschedule(session, BILL, 2, "not yet", authors.by())


async def _discard(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await discard_draft(session, BILL, None, authors.by())


async def _emergency(authors: Authors) -> None:
    await authors.ask_emergency()
    await authors.confirm_emergency()


COMMANDS: dict[str, tuple[Callable[[Authors], Awaitable[Any]], dict[str, str | None]]] = {
    "submit": (lambda authors: authors.submit(), {"draft": "in_review"}),
    "discard": (_discard, {"draft": None}),
    "emergency": (_emergency, {"draft": "live"}),
    "approve": (lambda authors: authors.judge(number=2), {"in_review": "approved"}),
    "reject": (lambda authors: authors.judge("reject", number=2), {"in_review": "draft"}),
    "withdraw": (_withdraw, {"in_review": "draft"}),
    "publish": (lambda authors: authors.publish(2), {"approved": "live"}),
    "schedule": (lambda authors: authors.publish(2, NOW + DAY), {"approved": "scheduled"}),
    "unschedule": (_unschedule, {"scheduled": "approved"}),
    "hold": (_hold, {"live": "suspended"}),
    "release": (_release, {"suspended": "live"}),
    "retire": (lambda authors: authors.retire(), {"live": "retired", "suspended": "retired"}),
    "roll back to it": (lambda authors: authors.roll_back(2), {}),
    "roll back from it": (
        lambda authors: authors.roll_back(1),
        {"live": "superseded", "suspended": "superseded"},
    ),
}
"""What people do, and where it brings version 2 from each state that allows it."""

ELSEWHERE = {
    # Version 1 is in force meanwhile, so these concern that one.
    *((command, state) for command in ("hold", "retire") for state in ON_THE_WAY),
    # What was in force once can be so again, as version 3; the one there was stays what it is.
    ("roll back to it", "superseded"),
    ("roll back to it", "retired"),
    ("roll back from it", "retired"),
    # Another version is in force, or work of an older one is under way.
    ("hold", "superseded"),
    ("hold", "retired"),
    ("retire", "superseded"),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_is_done_where_the_life_cycle_allows_it_and_nowhere_else(
    authors: Authors, command: str, state: str
) -> None:
    number = await brought(authors, state)
    act, ways = COMMANDS[command]
    if state in ways:
        await act(authors)
        assert (await authors.states()).get(number) == ways[state]
        return
    if (command, state) in ELSEWHERE:
        await act(authors)
    else:
        with pytest.raises((ConflictError, NotFoundError)):
            await act(authors)

    assert (await authors.states())[number] == state


async def test_every_change_is_on_the_trail_with_before_and_after(authors: Authors) -> None:
    await authors.save("second\n")
    await authors.submit()
    await authors.judge("reject", comment="a typo")
    await authors.submit()
    await authors.judge()
    await authors.publish(2, NOW + DAY)

    told = [
        (entry.action.partition(".")[2], entry.actor, entry.from_state, entry.to_state)
        for entry in await authors.trail()
        if entry.detail["version"] == 2
    ]
    assert told == [
        ("drafted", "system:ANN", "draft", "draft"),
        ("submitted", "system:ANN", "draft", "in_review"),
        ("rejected", "system:BEA", "in_review", "draft"),
        ("submitted", "system:ANN", "draft", "in_review"),
        ("approved", "system:BEA", "in_review", "approved"),
        ("scheduled", "system:ANN", "approved", "scheduled"),
    ]
    assert all(len(entry.detail["digest"]) == 64 for entry in await authors.trail())


async def test_the_database_itself_refuses_two_in_force(authors: Authors) -> None:
    await authors.live("second\n")
    async with authors.database.begin() as session:
        row = await version_of(session, BILL, 1)
        row.state = "live"
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()

    assert await authors.states() == {1: "superseded", 2: "live"}
