"""Reading requests back: one's own, by what one knows of them, page by page."""

from typing import Any

import pytest

from openccm.communications import queries
from openccm.errors import NotFoundError
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import Given, given


@pytest.fixture
async def system() -> str:
    return f"S-{new_id()}"


async def found(house: Database, system: str | None, **wanted: Any) -> list[object]:
    async with house.read() as session:
        rows = await queries.requests(session, system_code=system, **wanted)
    return [row.id for row in rows]


async def test_the_newest_come_first_and_pages_do_not_overlap(house: Database, system: str) -> None:
    made = [(await given(house, system_code=system)).request_id for _ in range(5)]
    first = await found(house, system, limit=2)
    second = await found(house, system, limit=2, after=first[-1])
    third = await found(house, system, limit=2, after=second[-1])

    assert [*first, *second, *third] == made[::-1]


async def test_requests_are_found_by_what_is_known_of_them(house: Database, system: str) -> None:
    held = await given(house, "held", system_code=system)
    other = await given(house, "accepted", system_code=system, definition="OVERDUE-L1")
    async with house.read() as session:
        known = await queries.request_by_id(session, held.request_id)

    assert await found(house, system, state="held") == [held.request_id]
    assert await found(house, system, definition="OVERDUE-L1") == [other.request_id]
    assert await found(house, system, person=known.person_key) == [held.request_id]
    assert await found(house, system, idempotency_key=known.idempotency_key) == [held.request_id]
    assert await found(house, system, state="held", definition="OVERDUE-L1") == []
    assert await found(house, "NOBODY") == []
    assert held.request_id in await found(house, None, limit=1000)


async def test_a_communications_own_steps_stand_among_its_requests(house: Database) -> None:
    case = await given(house, "prepared", "sent", "sent")
    async with house.read() as session:
        both = await queries.communications_of(session, case.request_id)

    assert tuple(row.id for row in both) == case.communications


async def test_what_is_not_there_is_not_found(house: Database) -> None:
    nothing = Given(new_id(), new_id(), new_id(), (new_id(),))
    async with house.read() as session:
        with pytest.raises(NotFoundError, match="request"):
            await queries.request_by_id(session, nothing.request_id)
        with pytest.raises(NotFoundError, match="communication"):
            await queries.communication_by_id(session, nothing.communication_id)
        assert await queries.communications_of(session, nothing.request_id) == []
