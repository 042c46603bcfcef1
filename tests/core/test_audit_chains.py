"""The audit trail under many hands, odd details and foreign clocks."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from openccm.platform.audit import AuditEntry, Fact, entries, first_fault, record
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import NOW


def fact(chain: str, action: str = "a", at: datetime = NOW, **detail: Any) -> Fact:
    return Fact(chain, at, "engine", action, "request", chain, detail=detail)


async def write(house: Database, *facts: Fact) -> list[int]:
    async with house.begin() as session:
        return await record(session, facts)


async def fault(house: Database, chain: str) -> int | None:
    async with house.read() as session:
        return await first_fault(session, chain)


async def test_each_chain_counts_for_itself(house: Database) -> None:
    one, other = f"request:{new_id()}", f"request:{new_id()}"

    assert await write(house, fact(one), fact(other), fact(one)) == [1, 1, 2]
    assert await write(house, fact(other), fact(one)) == [2, 3]
    assert (await fault(house, one), await fault(house, other)) == (None, None)


async def test_nothing_to_write_is_nothing_written(house: Database) -> None:
    assert await write(house) == []


async def test_many_hands_may_write_to_one_chain_at_once(house: Database) -> None:
    chain = f"system:{new_id()}"
    places = await asyncio.gather(*(write(house, fact(chain)) for _ in range(8)))

    assert sorted(place for (place,) in places) == list(range(1, 9))
    assert await fault(house, chain) is None


async def test_a_time_told_in_another_zone_is_the_same_time(house: Database) -> None:
    chain = f"request:{new_id()}"
    await write(house, fact(chain, at=NOW.astimezone(timezone(timedelta(hours=2)))))
    async with house.read() as session:
        (entry,) = await entries(session, chain=chain)

    assert entry.at == NOW
    assert entry.at.tzinfo is UTC
    assert await fault(house, chain) is None


PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
DETAILS = st.recursive(
    PLAIN | st.floats(-1e6, 1e6).map(lambda number: round(number, 3) + 0),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def storable(value: Any) -> bool:
    """PostgreSQL keeps no NUL and no half characters in a text."""
    text = repr(value)
    return not any(escape in text for escape in ("\\x00", "\\ud", "\\u0000"))


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(detail=DETAILS.filter(storable))
async def test_any_detail_leaves_the_chain_whole(house: Database, detail: Any) -> None:
    chain = f"request:{new_id()}"
    await write(house, fact(chain, value=detail), fact(chain))

    assert await fault(house, chain) is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "b"),
        ("object_kind", "person"),
        ("object_id", "2"),
        ("from_state", "sent"),
        ("to_state", "sent"),
        ("sequence", 7),
        ("hash", "0" * 64),
        ("previous_hash", "0" * 64),
        ("chain", "request:elsewhere"),
    ],
)
async def test_nothing_of_an_entry_can_be_changed_unseen(
    house: Database, column: str, value: object
) -> None:
    chain = f"request:{new_id()}"
    await write(house, fact(chain), fact(chain), fact(chain))
    async with house.begin() as session:
        entry = update(AuditEntry).where(
            col(AuditEntry.chain) == chain, col(AuditEntry.sequence) == 2
        )
        given_value = f"{value}:{new_id()}" if column == "chain" else value
        await session.execute(entry.values({column: given_value}))

    assert await fault(house, chain) == 2


async def test_an_entry_that_was_forged_with_the_right_hash_breaks_the_next(
    house: Database,
) -> None:
    chain, other = f"request:{new_id()}", f"request:{new_id()}"
    await write(house, fact(chain), fact(chain), fact(chain))
    await write(house, fact(other, "forged"))
    async with house.begin() as session:
        (forged,) = await entries(session, chain=other)
        entry = update(AuditEntry).where(
            col(AuditEntry.chain) == chain, col(AuditEntry.sequence) == 1
        )
        await session.execute(entry.values(action="forged", hash=forged.hash))

    assert await fault(house, chain) in (1, 2)


async def test_the_trail_is_read_page_by_page(house: Database) -> None:
    chain = f"request:{new_id()}"
    await write(house, *(fact(chain, action) for action in "abcde"))
    async with house.read() as session:
        first = await entries(session, chain=chain, limit=2)
        second = await entries(session, chain=chain, after=first[-1].id, limit=2)
        only = await entries(session, object_id=chain, action="c", actor="engine")

    assert [entry.action for entry in (*first, *second)] == ["a", "b", "c", "d"]
    assert [entry.action for entry in only] == ["c"]
