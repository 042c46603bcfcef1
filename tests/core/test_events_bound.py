"""What events lead to: once, in sequence, as the bindings say; and nothing is ever dropped."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import true

from openccm.communications import commands as requests
from openccm.errors import DeniedError, IllegalTransitionError, NotFoundError
from openccm.events import queries
from openccm.events.handling import Handler
from openccm.platform import audit
from openccm.platform.outbox import OutboxEntry
from openccm.platform.temporal import Engine
from tests.core.making import NOW, rows
from tests.core.station import Station
from tests.core.telling import Teller, binding, incoming, open_teller


async def starts_owed(teller: Teller) -> set[Any]:
    entries = await rows(teller.station.database, OutboxEntry)
    return {each.subject for each in entries if each.deed == "start" and each.due_at <= NOW}


async def test_an_event_becomes_a_request_of_its_source(teller: Teller) -> None:
    await teller.bind(binding("PLAIN", "plain.fact"))
    event = await teller.tell("plain.fact", event_id="OE-1")
    await teller.work()

    (request,) = await teller.requests(event.id)
    assert (request.system_code, request.state) == (teller.caller.system_code, "accepted")
    assert request.idempotency_key == "event/OE-1/PLAIN/1"
    assert request.correlation == {"event_id": "OE-1"}
    assert (request.account_key, request.payload) == ("A-5001", {"bill.number": "B-417"})
    assert request.id in await starts_owed(teller)
    assert await teller.stands(event.id) == ("bound", None)
    assert [each.created_id for each in await teller.rows(event.id)] == [request.id]


async def test_one_event_may_lead_to_several_requests(teller: Teller) -> None:
    await teller.bind(binding("FIRST-OF-2", "two.fact"), binding("SECOND-OF-2", "two.fact"))
    event_id = await teller.told("two.fact")

    assert len(await teller.requests(event_id)) == 2


async def test_working_twice_does_nothing_twice(teller: Teller) -> None:
    await teller.bind(binding("ONLY-ONCE", "worked.fact"))
    event = await teller.tell("worked.fact")
    handlers = [Handler(teller.station.desk).round() for _ in range(4)]
    await asyncio.gather(*handlers)
    await teller.work()

    assert len(await teller.requests(event.id)) == 1
    assert len(await teller.rows(event.id)) == 1


async def test_work_that_broke_off_halfway_left_nothing_and_is_done_again(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.bind(binding("HALF-1", "half.fact"), binding("HALF-2", "half.fact"))
    event = await teller.tell("half.fact")

    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr("openccm.events.handling.insert_entries", dies)
        with pytest.raises(asyncio.CancelledError):
            await Handler(teller.station.desk).round()
    before = await teller.requests(event.id)
    await teller.work()

    assert before == []
    assert len(await teller.requests(event.id)) == 2


async def test_one_event_with_a_fault_holds_up_no_other(
    teller: Teller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await teller.bind(binding("FAULTY", "faulty.fact"))
    bad, good = await teller.tell("faulty.fact"), await teller.tell("faulty.fact")

    def odd(event: Any, *_: Any) -> str:
        if event.id == bad.id:
            raise ValueError("odd")
        return f"event/{event.id}"

    with monkeypatch.context() as patched:
        patched.setattr("openccm.events.deeds.ask_key", odd)
        until = await Handler(teller.station.desk).round()

    assert await teller.stands(good.id) == ("bound", None)
    assert await teller.stands(bad.id) == ("received", None)
    assert until is not None
    assert until > NOW
    teller.station.clock.go(60)
    await teller.work()
    assert await teller.stands(bad.id) == ("bound", None)


async def test_an_event_that_nothing_hears_is_listed(teller: Teller) -> None:
    event_ids = [await teller.told("unknown.fact") for _ in range(3)]
    async with teller.station.database.read() as session:
        found = await queries.unmapped(session, teller.caller.system_code, true())

    assert await teller.stands(event_ids[0]) == ("ignored_no_binding", "no_binding")
    assert [(each.type, each.reason, each.count) for each in found] == [
        ("unknown.fact", "no_binding", 3)
    ]


async def test_once_it_is_bound_an_unmapped_event_can_be_retried(teller: Teller) -> None:
    event_id = await teller.told("late.fact")
    await teller.bind(binding("LATE", "late.fact"))
    await teller.command(event_id, "retry")
    await teller.work()

    assert await teller.stands(event_id) == ("bound", None)
    assert len(await teller.requests(event_id)) == 1


async def test_a_condition_decides(teller: Teller) -> None:
    fields = {"level": {"type": "text"}, "bill.number": {"type": "text"}}
    await teller.bind(binding("LEVEL-1", "level.fact", data=fields, when='level == "L1"'))
    first = await teller.told("level.fact", data={"level": "L1", "bill.number": "B-1"})
    second = await teller.told("level.fact", data={"level": "L2", "bill.number": "B-1"})

    assert await teller.effects(first) == [("LEVEL-1", "done", None)]
    assert await teller.effects(second) == [("LEVEL-1", "not_matched", "condition")]
    assert await teller.stands(second) == ("ignored_no_binding", "condition")


async def test_a_binding_hears_its_source_alone(teller: Teller, station: Station) -> None:
    other = await open_teller(station, teller.folder)
    await teller.bind(binding("MINE", "sourced.fact", source=teller.caller.system_code))

    assert (await teller.stands(await teller.told("sourced.fact")))[0] == "bound"
    assert (await other.stands(await other.told("sourced.fact")))[0] == "ignored_no_binding"


async def test_an_event_that_meets_only_what_is_off_is_counted_there(teller: Teller) -> None:
    await teller.bind(binding("SWITCHED", "switched.fact"))
    await teller.switch("SWITCHED", False)
    event_id = await teller.told("switched.fact")
    async with teller.station.database.read() as session:
        (trigger,) = [
            each
            for each in await queries.triggers(
                session, teller.station.desk.repository, teller.station.clock()
            )
            if each.binding.definition.code == "SWITCHED"
        ]
        trail = await audit.entries(session, chain="definition:SWITCHED", action="trigger.disabled")

    assert await teller.stands(event_id) == ("ignored_disabled", "disabled")
    assert await teller.effects(event_id) == [("SWITCHED", "ignored_disabled", "disabled")]
    assert (trigger.enabled, trigger.volume["ignored_disabled"]) == (False, 1)
    assert [(each.actor, each.reason) for each in trail] == [("test", "asked")]

    await teller.switch("SWITCHED", True)
    await teller.command(event_id, "retry")
    await teller.work()
    assert await teller.effects(event_id) == [("SWITCHED", "done", None)]


async def test_a_binding_that_its_author_left_off_can_be_switched_on(teller: Teller) -> None:
    await teller.bind(binding("BORN-OFF", "born.fact", enabled=False))
    before = await teller.told("born.fact")
    await teller.switch("BORN-OFF", True)
    after = await teller.told("born.fact")

    assert (await teller.stands(before))[0] == "ignored_disabled"
    assert (await teller.stands(after))[0] == "bound"


async def test_what_no_one_knows_cannot_be_switched(teller: Teller) -> None:
    with pytest.raises(NotFoundError):
        await teller.switch("BILL-READY", False)


async def test_a_binding_binds_on_its_days(teller: Teller) -> None:
    days = {"from": "2026-05-02", "until": "2026-05-04"}
    await teller.bind(binding("MAY", "may.fact", effective=days))
    found = list[str | None]()
    for _ in range(4):
        event_id = await teller.told("may.fact")
        found.append((await teller.effects(event_id))[0][2])
        teller.station.clock.go(86_400)

    assert found == ["not_in_effect", None, None, "not_in_effect"]


async def test_a_fact_that_is_told_again_takes_effect_once(teller: Teller) -> None:
    once = {"by": ["bill.number"], "within": "30 days"}
    await teller.bind(binding("ONCE", "once.fact", once=once))
    first = await teller.told("once.fact")
    again = await teller.told("once.fact")
    other = await teller.told("once.fact", data={"bill.number": "B-other"})
    someone_else = await teller.told("once.fact", account="A-else")
    teller.station.clock.go(timedelta(days=31).total_seconds())
    later = await teller.told("once.fact")

    told = [(await teller.effects(each))[0][1] for each in (first, again, other, someone_else)]
    assert told == ["done", "repeated", "done", "done"]
    assert await teller.stands(again) == ("bound", None)
    assert (await teller.effects(later))[0][1] == "done"


BROKEN = {"communication": "NO-SUCH-LETTER", "payload": {}}


async def test_where_one_fails_those_after_it_wait_until_it_is_mended(teller: Teller) -> None:
    await teller.bind(
        binding("S-10", "sequence.fact", sequence=10),
        binding("S-20", "sequence.fact", sequence=20, request=BROKEN),
        binding("S-20-TOO", "sequence.fact", sequence=20),
        binding("S-30", "sequence.fact", sequence=30),
    )
    event_id = await teller.told("sequence.fact")

    assert await teller.stands(event_id) == ("error", "not_found")
    assert await teller.effects(event_id) == [
        ("S-10", "done", None),
        ("S-20", "error", "not_found"),
        ("S-20-TOO", "done", None),
        ("S-30", "waiting", "earlier_binding_failed"),
    ]
    (_, failed, *_) = await teller.rows(event_id)
    assert failed.says == "There is no communication definition NO-SUCH-LETTER."
    await teller.bind(binding("S-20", "sequence.fact", sequence=20))
    await teller.command(event_id, "retry")
    await teller.work()
    assert await teller.stands(event_id) == ("bound", None)
    assert {state for _, state, _ in await teller.effects(event_id)} == {"done"}
    assert len(await teller.requests(event_id)) == 4


async def test_a_system_can_lead_to_nothing_that_its_key_may_not_use(
    station: Station, teller: Teller
) -> None:
    bound = await open_teller(station, teller.folder, definitions=["SPRING-OFFER"])
    await bound.bind(binding("FORBIDDEN", "forbidden.fact"))
    event_id = await bound.told("forbidden.fact")

    assert await bound.stands(event_id) == ("error", DeniedError.code)
    assert await bound.requests(event_id) == []


async def test_a_process_that_is_not_there_is_said_so(teller: Teller) -> None:
    process = {"process": "NO-SUCH-CHAIN"}
    await teller.bind(binding("CHAIN", "chain.fact", request=None, process=process))
    event_id = await teller.told("chain.fact")

    (effect,) = await teller.rows(event_id)
    assert (effect.deed, effect.number, effect.state) == ("process", 2, "error")
    assert effect.says == "There is no process NO-SUCH-CHAIN."


async def test_a_request_waits_visibly_until_its_trigger_is_resolved(teller: Teller) -> None:
    await teller.bind(binding("WAITS", "waiting.fact", create="on-resolve"))
    event_id = await teller.told("waiting.fact")
    (request,) = await teller.requests(event_id)
    assert request.state == "awaiting_resolution"
    assert request.id not in await starts_owed(teller)
    assert await teller.effects(event_id) == [("WAITS", "awaiting_resolution", None)]

    event = await teller.command(event_id, "resolve")
    await teller.work()

    assert (event.trigger, event.resolved_at) == ("resolved", NOW)
    (request,) = await teller.requests(event_id)
    assert (request.state, request.reason) == ("accepted", "trigger_resolved")
    assert request.id in await starts_owed(teller)
    assert await teller.effects(event_id) == [("WAITS", "done", None)]


async def test_a_request_whose_trigger_is_cancelled_is_cancelled(teller: Teller) -> None:
    await teller.bind(binding("UNDONE", "undone.fact", create="on-resolve"))
    event_id = await teller.told("undone.fact")
    await teller.command(event_id, "cancel")
    await teller.work()

    (request,) = await teller.requests(event_id)
    assert (request.state, request.reason) == ("cancelled", "trigger_cancelled")
    assert await teller.effects(event_id) == [("UNDONE", "cancelled", "trigger_cancelled")]
    assert request.id not in await starts_owed(teller)


@pytest.mark.parametrize(("command", "state"), [("resolve", "accepted"), ("cancel", "cancelled")])
async def test_a_trigger_may_be_settled_before_anything_was_done(
    teller: Teller, command: Any, state: str
) -> None:
    await teller.bind(binding(f"EARLY-{command}".upper(), f"early.{command}", create="on-resolve"))
    event = await teller.tell(f"early.{command}")
    await teller.command(event.id, command)
    await teller.work()

    assert [each.state for each in await teller.requests(event.id)] == [state]


async def test_settling_the_same_way_again_changes_nothing_and_otherwise_is_refused(
    teller: Teller,
) -> None:
    event_id = await teller.told("settled.fact")
    first = await teller.command(event_id, "resolve")
    teller.station.clock.go(60)
    again = await teller.command(event_id, "resolve")

    assert again.resolved_at == first.resolved_at
    with pytest.raises(IllegalTransitionError):
        await teller.command(event_id, "cancel")


async def test_a_request_that_an_agent_cancelled_stays_so(teller: Teller) -> None:
    await teller.bind(binding("AGENT", "agent.fact", create="on-resolve"))
    event_id = await teller.told("agent.fact")
    (request,) = await teller.requests(event_id)
    engine = await Engine.connect("127.0.0.1:1", "default", lazy=True)
    desk = teller.station.desk
    await requests.command(desk, engine, request.id, "cancel", "no need", actor="system:AGENTS")
    await teller.command(event_id, "resolve")
    await teller.work()

    (request,) = await teller.requests(event_id)
    assert (request.state, request.reason) == ("cancelled", "no need")


async def test_what_waits_is_released_though_another_binding_failed(teller: Teller) -> None:
    await teller.bind(
        binding("WAITS-FIRST", "both.fact", create="on-resolve"),
        binding("FAILS-LATER", "both.fact", sequence=20, request=BROKEN),
    )
    event_id = await teller.told("both.fact")
    await teller.command(event_id, "resolve")
    await teller.work()

    assert (await teller.stands(event_id))[0] == "error"
    assert [each.state for each in await teller.requests(event_id)] == ["accepted"]


async def test_an_id_that_cannot_stand_in_a_key_is_replaced_by_ours(teller: Teller) -> None:
    await teller.bind(binding("ODD-ID", "odd.fact"))
    event = await teller.tell("odd.fact", event_id="event no. 7 / März?")
    await teller.work()

    (request,) = await teller.requests(event.id)
    assert request.idempotency_key == f"event/{event.id}/ODD-ID/1"


async def test_bound_events_cannot_be_retried(teller: Teller) -> None:
    await teller.bind(binding("FINAL", "final.fact"))
    event_id = await teller.told("final.fact")

    with pytest.raises(IllegalTransitionError):
        await teller.command(event_id, "retry")


async def test_values_of_all_kinds_reach_the_request_exactly(teller: Teller) -> None:
    fields = {
        "bill.number": {"type": "text", "missing": {"default": "B-0"}},
        "note": {"type": "text", "missing": "hide"},
    }
    await teller.bind(binding("EXACT", "exact.fact", data=fields))
    (taken,) = await teller.take(incoming("exact.fact", data={"bill": {"number": None}}))
    await teller.work()

    assert taken.event is not None
    (request,) = await teller.requests(taken.event["id"])
    assert request.payload == {"bill.number": "B-0"}
