"""Events that start processes, and those that processes wait for."""

from typing import Any
from uuid import UUID

from openccm.platform.outbox import OutboxEntry
from openccm.processes import queries as instances
from openccm.processes.tables import WorkflowInstance
from tests.core.making import rows
from tests.core.telling import Teller, binding


def process(code: str, paid: str) -> dict[str, Any]:
    """A process about a bill that ends when the bill is paid."""
    return {
        "kind": "process",
        "code": code,
        "title": code,
        "recipient": "nobody",
        "data": {"bill.number": {"type": "text", "from": "payload"}},
        "events": {"paid": {"type": paid, "match": {"bill.number": "bill.number"}}},
        "stops": {"settled": {"event": "paid"}},
        "steps": {"a-week": {"do": "wait", "for": "7 days"}},
    }


def starting(code: str, event_type: str, chain: str, **more: Any) -> dict[str, Any]:
    deed = {"process": chain, "payload": {"bill.number": "bill.number"}, **more.pop("deed", {})}
    return binding(code, event_type, request=None, process=deed, **more)


async def instance(teller: Teller, instance_id: UUID | None) -> WorkflowInstance:
    assert instance_id is not None
    async with teller.station.database.read() as session:
        return await instances.instance_by_id(session, instance_id)


async def test_an_event_starts_a_process_for_its_source(teller: Teller) -> None:
    await teller.bind(process("CHAIN-A", "paid.a"), starting("BEGIN-A", "begin.a", "CHAIN-A"))
    event = await teller.tell("begin.a", event_id="E-1")
    await teller.work()

    (effect,) = await teller.rows(event.id)
    began = await instance(teller, effect.created_id)
    assert (effect.deed, effect.state) == ("process", "done")
    assert (began.code, began.system_code) == ("CHAIN-A", teller.caller.system_code)
    assert (began.key, began.payload) == ("event/E-1/BEGIN-A/2", {"bill.number": "B-417"})
    owed = await rows(teller.station.database, OutboxEntry)
    assert (began.id, "start-instance") in [(each.subject, each.deed) for each in owed]


async def test_an_instance_that_bears_a_name_is_started_once(teller: Teller) -> None:
    named = starting("BEGIN-B", "begin.b", "CHAIN-B", deed={"key": "bill.number"})
    await teller.bind(process("CHAIN-B", "paid.b"), named)
    first, again = await teller.told("begin.b"), await teller.told("begin.b")

    made = [(await teller.rows(each))[0].created_id for each in (first, again)]
    assert made[0] == made[1]
    assert (await instance(teller, made[0])).key == "B-417"


async def test_an_event_reaches_the_instance_that_it_is_about(teller: Teller) -> None:
    await teller.bind(process("CHAIN-C", "paid.c"), starting("BEGIN-C", "begin.c", "CHAIN-C"))
    begun = await teller.told("begin.c")
    (effect,) = await teller.rows(begun)
    paid = await teller.told("paid.c")
    other = await teller.told("paid.c", data={"bill.number": "B-other"})

    (reached,) = await teller.rows(paid)
    assert (reached.deed, reached.binding) == ("deliver", "CHAIN-C")
    assert reached.created_id == effect.created_id
    assert await teller.stands(paid) == ("bound", None)
    assert await teller.stands(other) == ("ignored_no_binding", "no_binding")
    assert (await instance(teller, effect.created_id)).stopping == "settled"


async def test_a_process_may_wait_for_the_resolution_of_its_trigger(teller: Teller) -> None:
    waits = starting("BEGIN-D", "begin.d", "CHAIN-D", create="on-resolve")
    await teller.bind(process("CHAIN-D", "paid.d"), waits)
    resolved, cancelled = await teller.told("begin.d"), await teller.told("begin.d")
    before = await teller.effects(resolved)
    await teller.command(resolved, "resolve")
    await teller.command(cancelled, "cancel")
    await teller.work()

    (done,), (dropped,) = await teller.rows(resolved), await teller.rows(cancelled)
    assert before == [("BEGIN-D", "awaiting_resolution", None)]
    assert (done.state, (await instance(teller, done.created_id)).code) == ("done", "CHAIN-D")
    assert (dropped.state, dropped.created_id) == ("cancelled", None)


async def test_what_cannot_be_started_late_is_an_error_and_can_be_retried(teller: Teller) -> None:
    waits = starting("BEGIN-E", "begin.e", "CHAIN-E", create="on-resolve")
    await teller.bind(waits)
    event_id = await teller.told("begin.e")
    await teller.command(event_id, "resolve")
    await teller.work()
    before = await teller.stands(event_id)
    await teller.bind(process("CHAIN-E", "paid.e"))
    await teller.command(event_id, "retry")
    await teller.work()

    assert before == ("error", "not_found")
    assert await teller.stands(event_id) == ("bound", None)
    assert await teller.effects(event_id) == [("BEGIN-E", "done", None)]
