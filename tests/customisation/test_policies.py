"""What stands in for an answer, by policy; every call in the book; failures on the trail."""

from collections.abc import AsyncIterator

import pytest
from sqlmodel import select

from openccm.customisation.book import standings
from openccm.customisation.desk import HookDesk
from openccm.customisation.tables import HookCall
from openccm.errors import HookError, HookUnavailable
from openccm.platform.audit import entries, first_fault
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from tests.customisation.hooks import GOOD, NAME, Endpoint, hook, request


@pytest.fixture
async def keeping(database: Database) -> AsyncIterator[HookDesk]:
    """A desk that keeps the book."""
    desk = HookDesk(utc_now, database=database)
    yield desk
    await desk.close()


async def test_a_hook_that_stops_is_an_error(desk: HookDesk, endpoint: Endpoint) -> None:
    endpoint.says(GOOD, 500)
    with pytest.raises(HookUnavailable):
        await desk.call(endpoint.hook(fails="stop"), request())


async def test_a_default_stands_in_and_says_so(desk: HookDesk, endpoint: Endpoint) -> None:
    endpoint.says({"values": {"risk": 5}, "outcome": "ok"})
    cautious = endpoint.hook(
        fails="default", default={"risk": "unknown"}, **{"default-outcome": "refused"}
    )
    settled = await desk.call(cautious, request())

    assert settled.values == {"risk": "unknown"}
    assert (settled.outcome, settled.settled_by) == ("refused", "default")
    assert settled.fault is not None
    assert "risk" in settled.fault


async def test_a_hook_that_may_be_skipped_gives_nothing(desk: HookDesk, endpoint: Endpoint) -> None:
    endpoint.says(b"?")
    settled = await desk.call(endpoint.hook(fails="skip"), request())

    assert (settled.values, settled.outcome, settled.settled_by) == ({}, None, "skip")


async def test_a_question_that_does_not_fit_is_settled_by_the_policy_too(
    desk: HookDesk, endpoint: Endpoint
) -> None:
    settled = await desk.call(endpoint.hook(fails="skip"), request(iban="DE02"))

    assert settled.settled_by == "skip"
    assert endpoint.asked == []


async def test_several_are_asked_by_their_sequence_until_one_stops(
    desk: HookDesk, endpoint: Endpoint
) -> None:
    first = endpoint.hook(code="FIRST", sequence=10)
    second = endpoint.hook(code="SECOND", sequence=20)
    settled = await desk.call_in_sequence([second, first], request())
    asked = [body for _, body in endpoint.asked]
    endpoint.says(b"?")

    assert [b"FIRST" in body for body in asked] == [True, False]
    assert len(settled) == 2
    with pytest.raises(HookError, match="FIRST"):
        await desk.call_in_sequence([second, first], request())
    assert len(endpoint.asked) == 3


async def test_what_came_through_a_queue_is_held_to_the_same_word(desk: HookDesk) -> None:
    queued = hook(queue={"task-queue": "risk", "activity": "rate"})
    settled = await desk.take(queued, request(), GOOD)

    assert (settled.outcome, settled.settled_by) == ("ok", "hook")
    with pytest.raises(HookError, match="no risk"):
        await desk.take(queued, request(), {"outcome": "ok"})
    with pytest.raises(HookUnavailable, match="30 seconds"):
        await desk.take(queued, request(), None, fault="timeout")
    with pytest.raises(HookError, match="failed in its worker"):
        await desk.take(queued, request(), None, fault="failed")


async def test_a_queue_hook_is_not_asked_from_here(desk: HookDesk) -> None:
    with pytest.raises(HookError, match="by a process alone"):
        await desk.call(hook(queue={"task-queue": "risk", "activity": "rate"}), request())


async def test_every_call_is_in_the_book_and_failures_are_on_the_trail(
    keeping: HookDesk, endpoint: Endpoint, database: Database
) -> None:
    await keeping.call(endpoint.hook(), request(), version=3)
    endpoint.says({"values": {"risk": "low"}, "outcome": "ok", "reason": NAME})
    with pytest.raises(HookError):
        await keeping.call(endpoint.hook(), request(), version=4)
    await keeping.call(endpoint.hook(fails="skip"), request(), version=5)

    async with database.read() as session:
        calls = (await session.scalars(select(HookCall).order_by(HookCall.id))).all()
        trail = await entries(session, chain="hook:RISK-CHECK")
        assert await first_fault(session, "hook:RISK-CHECK") is None
    assert [(each.version, each.settled_by, each.failed) for each in calls] == [
        (3, "hook", False),
        (4, "stop", True),
        (5, "skip", True),
    ]
    assert [entry.action for entry in trail] == ["hook.failed", "hook.failed"]
    assert trail[0].detail["version"] == 4
    assert "Moreno" not in f"{calls}{trail}"


async def test_a_hook_is_unwell_until_it_answers_again(
    keeping: HookDesk, endpoint: Endpoint, database: Database
) -> None:
    async def standing() -> tuple[str, int, int]:
        async with database.read() as session:
            found = (await standings(session))["RISK-CHECK"]
        return found.health, found.calls, found.failures

    await keeping.call(endpoint.hook(), request())
    assert await standing() == ("well", 1, 0)
    endpoint.says(GOOD, 503)
    await keeping.call(endpoint.hook(fails="skip"), request())
    assert await standing() == ("unwell", 2, 1)
    endpoint.says(GOOD)
    await keeping.call(endpoint.hook(), request())
    assert await standing() == ("well", 3, 1)
