"""The next to-do: the most urgent that nobody has, never one for two."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from openccm.errors import DeniedError
from openccm.work import commands
from openccm.work.commands import Claimed, Hand
from openccm.work.queue import take_next
from tests.work.office import Office

AGENTS = 50


async def taken(office: Office, hand: Hand, role: str | None = None) -> UUID | None:
    claimed = await office.do(take_next, hand, role=role)
    assert claimed is None or isinstance(claimed, Claimed)
    return claimed.todo.id if claimed else None


async def test_fifty_agents_at_once_never_get_the_same_to_do(alone: Office) -> None:
    raised = [await alone.raised() for _ in range(AGENTS + 10)]
    hands = [alone.agent(f"AG{number}") for number in range(AGENTS)]

    got = await asyncio.gather(*(taken(alone, hand) for hand in hands))

    doubles = [each for each, times in Counter(got).items() if times > 1]
    assert (doubles, len(set(got))) == ([], AGENTS)
    assert set(got) <= set(raised)


async def test_when_there_are_fewer_to_dos_than_agents_some_get_none(alone: Office) -> None:
    raised = {await alone.raised() for _ in range(5)}
    hands = [alone.agent(f"AG{number}") for number in range(20)]

    got = await asyncio.gather(*(taken(alone, hand) for hand in hands))

    assert {each for each in got if each} == raised
    assert got.count(None) == 15


async def test_the_most_urgent_comes_first_then_the_one_due_first(alone: Office) -> None:
    later = alone.clock() + timedelta(days=2)
    usual = await alone.raised(due_at=later)
    due_first = await alone.raised(due_at=later - timedelta(days=1))
    urgent = await alone.raised(priority=1, due_at=later + timedelta(days=9))
    oldest_never_due = await alone.raised(type="FRENCH-LETTER", context={})
    await alone.skilled("system:AG1", french=9, law=9)
    hand = alone.agent("AG1", "collections", "letters")

    got = [await taken(alone, hand) for _ in range(5)]

    assert got == [urgent, due_first, usual, oldest_never_due, None]


async def test_what_another_let_go_is_next_again(alone: Office) -> None:
    todo = await alone.raised()
    assert await taken(alone, alone.agent("AG1")) == todo
    assert await taken(alone, alone.agent("AG2")) is None

    alone.clock.go(minutes=30)

    assert await taken(alone, alone.agent("AG2")) == todo


async def test_what_is_put_off_is_next_on_its_day(alone: Office) -> None:
    todo = await alone.raised()
    until = alone.clock() + timedelta(hours=1)
    await alone.do(commands.defer, alone.agent(), todo, until, None)
    assert await taken(alone, alone.agent()) is None

    alone.clock.go(hours=1)

    assert await taken(alone, alone.agent()) == todo


async def test_only_work_of_ones_own_roles_comes_next(alone: Office) -> None:
    await alone.raised()

    assert await taken(alone, alone.agent("AG1", "printers")) is None
    with pytest.raises(DeniedError):
        await taken(alone, alone.agent("AG1", "printers"), "collections")


async def test_work_beyond_ones_skills_is_passed_over(alone: Office) -> None:
    for level in (5, 6, 5):
        await alone.raised(type="FRENCH-LETTER", context={}, skills={"french": level})
    fit = await alone.raised(type="FRENCH-LETTER", context={}, priority=9)
    await alone.skilled("system:AG1", french=2)
    hand = alone.agent("AG1", "letters")

    assert [await taken(alone, hand), await taken(alone, hand)] == [fit, None]


async def test_what_one_asked_for_oneself_is_passed_over(alone: Office) -> None:
    todo = await alone.approval()

    assert await taken(alone, alone.agent("FLIGHTS", "supervisor")) is None
    assert await taken(alone, alone.agent("SU1", "supervisor")) == todo
