"""One event with a list: each entry has deeds of its own, once, and a bad one blocks none."""

from typing import Any

import pytest
from sqlalchemy import true

from openccm.access.caller import OPENCCM
from openccm.access.keys import register_system
from openccm.cases.opening import NewCase, advance, open_case
from openccm.errors import InvalidError
from openccm.events.of_cases import tell_entered
from openccm.events.tables import SystemEvent
from openccm.platform.columns import new_id
from openccm.platform.outbox import OutboxEntry
from openccm.processes import queries as instances
from tests.core.making import rows
from tests.core.telling import Teller, binding, incoming

LIST = {"type": "list", "fields": {"ref": {"type": "text"}, "number": {"type": "text"}}}


def process(code: str) -> dict[str, Any]:
    return {
        "kind": "process",
        "code": code,
        "title": code,
        "recipient": "nobody",
        "data": {"number": {"type": "text", "from": "payload"}},
        "steps": {"a-week": {"do": "wait", "for": "7 days"}},
    }


def going_through(code: str, event_type: str, chain: str, **more: Any) -> dict[str, Any]:
    deed = {
        "process": chain,
        "key": '"K/" + each.ref',
        "person": "each.ref",
        "payload": {"number": "each.number"},
    }
    data = {"bookings": LIST, "flight": {"type": "text"}}
    return binding(
        code, event_type, request=None, process=deed, data=data, **{"for-each": "bookings"}, **more
    )


def entry(ref: str, number: str = "1") -> dict[str, Any]:
    return {"ref": ref, "number": number}


def data(*bookings: Any) -> dict[str, Any]:
    return {"flight": "GA482", "bookings": list(bookings)}


async def started(teller: Teller, code: str) -> dict[str, tuple[str | None, dict[str, Any]]]:
    async with teller.station.database.read() as session:
        found = await instances.instances(session, within=true(), code=code)
    return {each.key: (each.person_key, each.payload) for each in found}


async def test_each_entry_starts_an_instance_of_its_own(teller: Teller) -> None:
    await teller.bind(process("EACH-A"), going_through("TO-A", "each.a", "EACH-A"))
    event_id = await teller.told("each.a", data=data(entry("X", "7"), entry("Y", "8")))

    assert await started(teller, "EACH-A") == {
        "K/X": ("X", {"number": "7"}),
        "K/Y": ("Y", {"number": "8"}),
    }
    found = await teller.rows(event_id)
    assert [(each.entry, each.number, each.state) for each in found] == [
        ("bookings[0]", 2, "done"),
        ("bookings[1]", 7, "done"),
    ]
    assert await teller.stands(event_id) == ("bound", None)


async def test_the_same_facts_by_another_event_add_nothing(teller: Teller) -> None:
    await teller.bind(process("EACH-B"), going_through("TO-B", "each.b", "EACH-B"))
    facts = data(entry("X"), entry("Y"))
    first, again = [await teller.told("each.b", data=facts) for _ in range(2)]

    made = [[each.created_id for each in await teller.rows(event)] for event in (first, again)]
    assert made[0] == made[1]
    assert len(await started(teller, "EACH-B")) == 2


async def test_a_bad_entry_blocks_no_other_and_is_seen(teller: Teller) -> None:
    await teller.bind(process("EACH-C"), going_through("TO-C", "each.c", "EACH-C"))
    facts = data(entry("X"), {"ref": "Y"}, "nonsense", {**entry("Z"), "extra": 1}, entry("W"))
    event_id = await teller.told("each.c", data=facts)

    assert list(await started(teller, "EACH-C")) == ["K/W", "K/X"]
    assert await teller.stands(event_id) == ("error", "invalid")
    assert [(each.entry, each.state, each.says) for each in await teller.rows(event_id)] == [
        ("bookings[0]", "done", None),
        ("bookings[1]", "error", "$.bookings[1]: number is missing."),
        ("bookings[2]", "error", "$.bookings[2]: This has no named parts."),
        ("bookings[3]", "error", "$.bookings[3].extra: extra is not declared."),
        ("bookings[4]", "done", None),
    ]


async def test_an_entry_whose_key_was_used_otherwise_is_an_error_of_its_own(teller: Teller) -> None:
    await teller.bind(process("EACH-D"), going_through("TO-D", "each.d", "EACH-D"))
    await teller.told("each.d", data=data(entry("X", "1")))
    event_id = await teller.told("each.d", data=data(entry("X", "2"), entry("Y")))

    assert [(each.state, each.reason) for each in await teller.rows(event_id)] == [
        ("error", "conflict"),
        ("done", None),
    ]


async def test_a_retry_does_what_was_not_done(teller: Teller) -> None:
    await teller.bind(going_through("TO-E", "each.e", "EACH-E"))
    event_id = await teller.told("each.e", data=data(entry("X"), entry("Y")))
    before = {each.state for each in await teller.rows(event_id)}
    await teller.bind(process("EACH-E"))
    await teller.command(event_id, "retry")
    await teller.work()

    assert before == {"error"}
    assert await teller.stands(event_id) == ("bound", None)
    assert len(await started(teller, "EACH-E")) == 2


async def test_entries_may_wait_for_the_resolution(teller: Teller) -> None:
    waits = going_through("TO-F", "each.f", "EACH-F", create="on-resolve")
    await teller.bind(process("EACH-F"), waits)
    event_id = await teller.told("each.f", data=data(entry("X"), entry("Y")))
    before = await started(teller, "EACH-F")
    await teller.command(event_id, "resolve")
    await teller.work()

    assert before == {}
    assert sorted(await started(teller, "EACH-F")) == ["K/X", "K/Y"]


@pytest.mark.parametrize(
    "facts", [{"flight": "GA482"}, {"flight": "GA482", "bookings": "X"}, {"bookings": []}]
)
async def test_without_its_list_an_event_is_refused(teller: Teller, facts: dict[str, Any]) -> None:
    await teller.bind(process("EACH-G"), going_through("TO-G", "each.g", "EACH-G"))
    (taken,) = await teller.take(incoming("each.g", data=facts))

    assert isinstance(taken.refusal, InvalidError)


async def test_an_empty_list_leads_to_nothing(teller: Teller) -> None:
    await teller.bind(process("EACH-H"), going_through("TO-H", "each.h", "EACH-H"))
    event_id = await teller.told("each.h", data=data())

    assert await teller.effects(event_id) == [("TO-H", "not_matched", "empty_list")]


async def test_requests_go_to_the_person_of_each_entry(teller: Teller) -> None:
    deed = {
        "communication": "BILL-READY",
        "person": "each.ref",
        "payload": {"bill.number": "each.number"},
    }
    data = {"bookings": LIST}
    bound = binding("TO-I", "each.i", request=deed, data=data, **{"for-each": "bookings"})
    await teller.bind(bound)
    event_id = await teller.told("each.i", data={"bookings": [entry("X", "7"), entry("Y", "8")]})

    made = [(each.person_key, each.account_key) for each in await teller.requests(event_id)]
    assert sorted(made) == [("X", None), ("Y", None)]


CASE_TYPE = {
    "kind": "case-type",
    "code": "TOLD-CASE",
    "title": "Told",
    "statuses": {
        "new": {"state": "new"},
        "busy": {"state": "in_progress", "tells": True},
        "quiet": {"state": "waiting"},
        "closed": {"state": "closed"},
    },
}


async def test_a_case_that_enters_a_status_tells_an_event_once(teller: Teller) -> None:
    heard = binding(
        "ON-BUSY",
        "case.entered",
        source=OPENCCM,
        data={"case.status": {"type": "text"}, "case.number": {"type": "text"}},
        when='case.status == "busy"',
        once={"by": ["case.number"], "within": "1 day"},
        request={"communication": "BILL-READY", "payload": {"bill.number": "case.number"}},
    )
    await teller.bind(CASE_TYPE, heard)
    station = teller.station
    new = NewCase(type="TOLD-CASE", raised_as=f"test/{new_id()}", system_code="X", person_key="P-1")
    async with station.database.begin() as session:
        case = await open_case(
            session, station.desk.repository, new, actor="test", now=station.clock()
        )
    for status in ("busy", "quiet", "busy"):
        async with station.database.begin() as session:
            await advance(
                session,
                station.desk.repository,
                case.id,
                status,
                actor="test",
                now=station.clock(),
            )
    owed = [each for each in await rows(station.database, OutboxEntry) if each.subject == case.id]
    for _ in range(2):
        await tell_entered(station.desk, case.id)
    await teller.work()
    told = [
        each
        for each in await rows(station.database, SystemEvent)
        if each.source == OPENCCM and each.data["case"]["number"] == case.number
    ]

    assert [each.deed for each in owed] == ["case", "case"]
    assert [each.data["case"]["status"] for each in told] == ["busy", "busy"]
    states = [await teller.effects(each.id) for each in told]
    assert states == [[("ON-BUSY", "done", None)], [("ON-BUSY", "repeated", "told_before")]]
    (request,) = await teller.requests(told[0].id)
    assert (request.system_code, request.person_key) == (OPENCCM, "P-1")


async def test_no_core_system_bears_our_name(teller: Teller) -> None:
    with pytest.raises(InvalidError):
        async with teller.station.database.begin() as session:
            await register_system(session, OPENCCM, "Me", actor="test", now=teller.station.clock())
