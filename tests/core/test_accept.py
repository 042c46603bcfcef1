"""Taking a request in: checked, written once, and owed a run from then on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.communications.accept import Ask, accept, find_replay
from openccm.communications.dossier import chain_of
from openccm.communications.tables import CommunicationRequest, DecisionVerdict
from openccm.errors import ConflictError, InvalidError
from openccm.platform.audit import entries
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from tests.core.making import NOW, definition

BILL = definition(
    data={
        "bill.number": {"type": "text", "from": "payload"},
        "bill.copies": {"type": "number", "from": "payload", "missing": {"default": "1"}},
        "agent": {"type": "text", "from": "payload", "missing": "hide"},
        "bill.amount": {"type": "money", "from": "billing"},
    }
)


def caller(system: str = "BILLING") -> Caller:
    return Caller(system, frozenset({"request:create"}), None, new_id())


def ask(**changes: Any) -> Ask:
    facts: dict[str, Any] = {
        "definition": "BILL-READY",
        "idempotency_key": f"K-{new_id()}",
        "account": "A-5001",
        "payload": {"bill": {"number": "B-417"}},
        "correlation": {"case": "C-9"},
    }
    return Ask(**(facts | changes))


async def take(house: Database, what: Ask, system: str = "BILLING") -> CommunicationRequest:
    async with house.begin() as session:
        return await accept(session, what, BILL, 3, caller=caller(system), now=NOW)


async def replay(house: Database, what: Ask, system: str = "BILLING") -> object:
    async with house.read() as session:
        return await find_replay(session, what, system)


async def test_an_accepted_request_is_kept_as_it_was_asked(house: Database) -> None:
    what = ask(priority=1, channel="letter")
    taken = await take(house, what)
    async with house.read() as session:
        kept = await session.get_one(CommunicationRequest, taken.id)

    assert (kept.state, kept.version, kept.priority) == ("accepted", 3, 1)
    assert (kept.account_key, kept.person_key) == ("A-5001", None)
    assert (kept.payload, kept.correlation) == (what.payload, what.correlation)
    assert (kept.channel_override, kept.received_at) == ("letter", NOW)


async def test_it_is_on_the_trail_in_the_story_and_in_the_outbox(house: Database) -> None:
    taken = await take(house, ask())
    async with house.read() as session:
        trail = await entries(session, chain=chain_of(taken.id))
        story = await session.scalars(
            select(DecisionVerdict.step).where(DecisionVerdict.request_id == taken.id)
        )
        deeds = select(OutboxEntry).where(OutboxEntry.subject == taken.id)
        (start,) = (await session.scalars(deeds)).all()

        assert sorted(story) == [1, 2]
    assert [(entry.actor, entry.action) for entry in trail] == [
        ("system:BILLING", "request.received")
    ]
    assert start.deed == "start"
    assert NOW < start.due_at <= NOW + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("send_after", "state"),
    [
        (None, "accepted"),
        (NOW - timedelta(hours=1), "accepted"),
        (NOW, "accepted"),
        (NOW + timedelta(seconds=1), "scheduled"),
    ],
)
async def test_what_is_asked_for_later_is_scheduled(
    house: Database, send_after: datetime | None, state: str
) -> None:
    assert (await take(house, ask(send_after=send_after))).state == state


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"account": None}, "person"),
        ({"account": "", "person": ""}, "person"),
        ({"channel": "sms"}, "channel"),
        ({"payload": {}}, "payload.bill.number"),
        ({"payload": {"bill": {}}}, "payload.bill.number"),
        ({"payload": {"bill": {"number": None}}}, "payload.bill.number"),
        ({"payload": {"bill": {"number": 417}}}, "payload.bill.number"),
        ({"payload": {"bill": "B-417"}}, "payload.bill"),
        ({"payload": {"bill.number": "B-1", "bill": {"number": "B-2"}}}, "payload.bill.number"),
        ({"payload": {"bill": {"number": "B-1", "copies": "two"}}}, "payload.bill.copies"),
        ({"payload": {"bill": {"number": "B-1", "amount": "9.99"}}}, "payload.bill.amount"),
        ({"payload": {"bill": {"number": "B-1"}, "colour": "red"}}, "payload.colour"),
    ],
)
async def test_what_does_not_fit_the_definition_is_refused_by_its_field(
    house: Database, changes: dict[str, Any], field: str
) -> None:
    what = ask(**changes)
    with pytest.raises(InvalidError) as refused:
        await take(house, what)

    assert refused.value.field == field
    assert await replay(house, what) is None


async def test_a_refusal_repeats_no_value(house: Database) -> None:
    payload = {"bill": {"number": ["Ana Moreno"]}, "Ana": "Moreno"}
    with pytest.raises(InvalidError) as refused:
        await take(house, ask(payload=payload))

    assert "Moreno" not in str(refused.value)


@pytest.mark.parametrize(
    "payload",
    [
        {"bill": {"number": "B-417", "copies": 2}, "agent": "Jo"},
        {"bill.number": "B-417"},
        {"bill": {"number": "B-417", "copies": None}, "agent": None},
    ],
)
async def test_what_may_be_missing_may_be_missing(house: Database, payload: dict[str, Any]) -> None:
    assert (await take(house, ask(payload=payload))).payload == payload


async def test_the_same_ask_once_more_is_a_replay(house: Database) -> None:
    what = ask(send_after=NOW + timedelta(days=1))
    taken = await take(house, what)
    found = await replay(house, what)

    assert isinstance(found, CommunicationRequest)
    assert found.id == taken.id


async def test_a_key_is_its_systems_own(house: Database) -> None:
    what = ask()
    await take(house, what, "BILLING")

    assert await replay(house, what, "CRM") is None
    await take(house, what, "CRM")


@pytest.mark.parametrize(
    "changes",
    [
        {"definition": "OVERDUE-L1"},
        {"account": "A-5002"},
        {"person": "P-1001"},
        {"payload": {"bill": {"number": "B-418"}}},
        {"correlation": {"case": "C-10"}},
        {"channel": "letter"},
        {"send_after": NOW},
        {"priority": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_key_cannot_be_used_for_something_else(
    house: Database, changes: dict[str, Any]
) -> None:
    what = ask()
    await take(house, what)

    with pytest.raises(ConflictError, match=what.idempotency_key):
        await replay(house, ask(idempotency_key=what.idempotency_key, **changes))


def test_the_same_ask_in_another_spelling_is_the_same() -> None:
    payload = {"a": 1, "b": {"c": 2, "d": 3}}
    turned = {"b": {"d": 3, "c": 2}, "a": 1}
    moment = datetime(2026, 5, 1, 8, tzinfo=UTC)
    one = ask(payload=payload, send_after=moment)
    other = ask(payload=turned, send_after=moment)

    assert one.body_hash() == other.body_hash()


async def test_of_two_asks_with_one_key_at_once_one_is_accepted(house: Database) -> None:
    what = ask()
    results = await asyncio.gather(*(take(house, what) for _ in range(3)), return_exceptions=True)

    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == ["CommunicationRequest", IntegrityError.__name__, IntegrityError.__name__]
    assert await replay(house, what) is not None
