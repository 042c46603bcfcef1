"""Events are taken in once each, however often and however many at a time they are told."""

import asyncio
from datetime import timedelta

from sqlmodel import select

from openccm.errors import ConflictError, InvalidError
from openccm.events import queries
from openccm.events.intake import MAX_BATCH, chain_of
from openccm.platform.audit import Head, first_fault
from openccm.platform.outbox import OutboxEntry
from tests.core.making import NOW
from tests.core.station import Station
from tests.core.telling import Teller, binding, incoming, open_teller


async def test_an_event_is_there_after_one_commit_and_work_on_it_is_owed(teller: Teller) -> None:
    event = await teller.tell("some.fact", person="P-1", premise="PR-1")

    assert (event.state, event.trigger, event.due_at) == ("received", "open", NOW)
    assert (event.person_key, event.account_key, event.premise_key) == ("P-1", "A-5001", "PR-1")
    async with teller.station.database.read() as session:
        owed = await session.scalars(select(OutboxEntry).where(OutboxEntry.deed == "events"))
        assert owed.first() is not None


async def test_the_same_event_again_is_the_first_one(teller: Teller) -> None:
    told = incoming("some.fact")
    (first,) = await teller.take(told)
    teller.station.clock.go(60)
    (again,) = await teller.take(told)

    assert first.event is not None
    assert again.event is not None
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.event["id"], again.event["received_at"]) == (first.event["id"], NOW)


async def test_another_event_of_the_same_id_is_refused(teller: Teller) -> None:
    first = incoming("some.fact")
    other = incoming("some.fact", event_id=first.event_id, account="A-6")
    await teller.take(first)
    (taken,) = await teller.take(other)

    assert isinstance(taken.refusal, ConflictError)
    assert first.event_id in str(taken.refusal)


async def test_the_same_event_at_the_same_moment_is_one_event(teller: Teller) -> None:
    told = incoming("some.fact")
    taken = await asyncio.gather(*(teller.take(told) for _ in range(6)))

    assert len({each[0].event["id"] for each in taken if each[0].event}) == 1
    assert sorted(each[0].replayed for each in taken) == [False, *[True] * 5]


async def test_each_source_has_its_own_ids(teller: Teller, station: Station) -> None:
    other = await open_teller(station, teller.folder)
    told = incoming("some.fact")
    (mine,) = await teller.take(told)
    (theirs,) = await other.take(told)
    (from_elsewhere,) = await teller.take(
        incoming("some.fact", event_id=told.event_id, origin="https://ledger.example")
    )

    taken = [each.event["id"] for each in (mine, theirs, from_elsewhere) if each.event]
    assert len(set(taken)) == 3


async def test_bad_ones_in_a_batch_keep_no_good_one_out(teller: Teller) -> None:
    await teller.bind(binding("TAKEN-IN-BATCH", "batch.fact"))
    before = incoming("batch.fact")
    await teller.take(before)
    twice = incoming("batch.fact")
    batch = [
        incoming("batch.fact"),
        incoming("batch.fact", data={}),
        before,
        twice,
        twice,
        incoming("batch.fact", event_id=twice.event_id, account="A-other"),
        incoming("batch.fact", data={"bill.number": 7}),
        incoming("other.fact", data={}),
    ]
    taken = await teller.take(*batch)

    assert [type(each.refusal) for each in taken] == [
        type(None),
        InvalidError,
        *[type(None)] * 3,
        ConflictError,
        InvalidError,
        type(None),
    ]
    assert [each.replayed for each in taken] == [False, False, True, False, True, *[False] * 3]
    assert isinstance(taken[1].refusal, InvalidError)
    assert taken[1].refusal.field == "data.bill.number"


async def test_a_thousand_events_are_taken_at_once(teller: Teller) -> None:
    batch = [incoming("mass.fact") for _ in range(MAX_BATCH)]
    taken = await teller.take(*batch)

    assert len({each.event["id"] for each in taken if each.event}) == MAX_BATCH
    assert not any(each.replayed for each in taken)


async def test_fields_may_be_nested_dotted_or_mixed_and_others_are_let_be(teller: Teller) -> None:
    fields = {"a.b.c": {"type": "text"}, "note": {"type": "text", "missing": "hide"}}
    await teller.bind(binding("NESTED", "nested.fact", data=fields, request=deed("a.b.c")))
    shapes = [
        {"a": {"b": {"c": "x"}}},
        {"a.b.c": "x"},
        {"a.b": {"c": "x"}},
        {"a": {"b.c": "x"}, "unknown": [1, 2]},
    ]
    taken = await teller.take(*(incoming("nested.fact", data=data) for data in shapes))
    await teller.work()

    assert [each.refusal for each in taken] == [None] * 4
    for each in taken:
        assert each.event is not None
        (request,) = await teller.requests(each.event["id"])
        assert request.payload == {"bill.number": "x"}


def deed(field: str) -> dict[str, object]:
    return {"communication": "BILL-READY", "payload": {"bill.number": field}}


async def test_data_is_checked_by_bindings_that_are_on_and_in_effect_alone(
    teller: Teller,
) -> None:
    await teller.bind(
        binding("STRICT-OFF", "checked.fact", enabled=False),
        binding("STRICT-LATER", "checked.fact", effective={"from": "2027-01-01"}),
        binding("STRICT-ELSEWHERE", "checked.fact", source="ELSEWHERE"),
    )
    (taken,) = await teller.take(incoming("checked.fact", data={}))

    assert taken.refusal is None


async def test_what_came_in_is_on_the_trail_and_in_the_accounts(teller: Teller) -> None:
    await teller.bind(binding("ACCOUNTED", "accounted.fact"))
    event_id = await teller.told("accounted.fact")
    await teller.tell("unheard.fact")
    async with teller.station.database.snapshot() as session:
        accounts = await queries.accounts(session)
        event = await queries.event_by_id(session, event_id)
        head = Head(event.trail_sequence, event.trail_hash)
        fault = await first_fault(session, chain_of(event_id), head)

    assert accounts.balanced
    assert accounts.came_in >= 2
    assert accounts.states["bound"] >= 1
    assert fault is None
    assert event.trail_sequence == 2
    await teller.work()


async def test_the_oldest_are_worked_on_first_and_the_later_ones_too(teller: Teller) -> None:
    await teller.bind(binding("ORDERED", "ordered.fact"))
    first = await teller.tell("ordered.fact")
    teller.station.clock.go(timedelta(seconds=5).total_seconds())
    second = await teller.tell("ordered.fact")
    await teller.work()

    made = [(await teller.requests(each.id))[0].id for each in (first, second)]
    assert made == sorted(made)
