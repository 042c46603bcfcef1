"""The dossier: what is decided is written at once, by one hand at a time, or not at all."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from openccm.access.keys import register_system
from openccm.communications.dossier import Verdict, chain_of, opened
from openccm.communications.tables import Communication
from openccm.errors import IllegalTransitionError, NotFoundError
from openccm.platform.audit import first_fault
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.publishing.tables import CallbackSubscription
from tests.core.making import (
    ADDRESS,
    NAME,
    NOW,
    Given,
    communication,
    given,
    owed,
    request,
    trail,
    verdicts,
)

LATER = NOW + timedelta(minutes=3)


async def subscribed(house: Database) -> str:
    """The code of a core system that wants to hear of everything."""
    code = f"S-{new_id()}"
    async with house.begin() as session:
        await register_system(session, code, "Billing", actor="test", now=NOW)
        session.add(
            CallbackSubscription(
                system_code=code,
                url="http://127.0.0.1:9/",
                events=["*"],
                secret="sealed",
                created_at=NOW,
            )
        )
    return code


async def written(house: Database, case: Given) -> list[Any]:
    """Everything that can be written of a request."""
    return [
        [row.model_dump() for row in await trail(house, case)],
        [row.model_dump() for row in await verdicts(house, case)],
        [row.model_dump() for row in await owed(house, case)],
        (await communication(house, case.communication_id)).model_dump(),
        (await request(house, case.request_id)).model_dump(),
    ]


async def decide(house: Database, case: Given, *states: str, **words: Any) -> None:
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="lab", now=LATER) as dossier,
    ):
        row = dossier.communications[case.communication_id]
        dossier.explain(Verdict(19, "pass", None, {"attempt": 1}), row.id)
        dossier.move(row, *states, **words)


async def test_a_move_is_written_as_state_trail_verdict_and_callback(house: Database) -> None:
    case = await given(house, "prepared", "sending", system_code=await subscribed(house))
    await decide(house, case, "bounced", reason="bad_recipient", detail={"source": "dsn"})

    moved = await communication(house, case.communication_id)
    assert (moved.state, moved.reason, moved.final) == ("bounced", "bad_recipient", True)
    assert moved.updated_at == LATER
    entry = (await trail(house, case))[-1]
    assert (entry.chain, entry.sequence) == (chain_of(case.request_id), 3)
    assert (entry.actor, entry.action, entry.at) == ("lab", "communication.bounced", LATER)
    assert (entry.from_state, entry.to_state) == ("sending", "bounced")
    assert (entry.object_id, entry.reason) == (str(case.communication_id), "bad_recipient")
    verdict = (await verdicts(house, case))[-1]
    assert (verdict.step, verdict.name, verdict.verdict) == (19, "hand-over", "pass")
    assert (verdict.communication_id, verdict.inputs) == (case.communication_id, {"attempt": 1})
    callback = (await owed(house, case))[-1]
    assert (callback.lane, callback.place, callback.state) == (
        case.request_id,
        entry.sequence,
        "pending",
    )
    assert callback.body == {
        "type": "communication.bounced",
        "timestamp": LATER.isoformat(),
        "data": {
            "request_id": str(case.request_id),
            "communication_id": str(case.communication_id),
            "idempotency_key": (await request(house, case.request_id)).idempotency_key,
            "definition": "BILL-READY",
            "correlation": {"case": "C-9"},
            "state": "bounced",
            "reason": "bad_recipient",
            "channel": "email",
            "source": "dsn",
            "sequence": 3,
        },
    }


async def test_a_move_through_several_states_leaves_none_out(house: Database) -> None:
    case = await given(house, "prepared", "pending", system_code=await subscribed(house))
    await decide(house, case, "composed", "rendered", "queued", "sending")

    steps = [(entry.from_state, entry.to_state) for entry in (await trail(house, case))[-4:]]
    assert steps == [
        ("pending", "composed"),
        ("composed", "rendered"),
        ("rendered", "queued"),
        ("queued", "sending"),
    ]
    places = [each.place for each in await owed(house, case)]
    assert places == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("how", ["the block raises", "the way is not declared"])
async def test_nothing_is_written_when_a_dossier_is_left_by_an_error(
    house: Database, how: str
) -> None:
    case = await given(house, "prepared", "queued", system_code=await subscribed(house))
    before = await written(house, case)

    async def work() -> None:
        async with (
            house.begin() as session,
            opened(session, case.request_id, actor="lab", now=LATER) as dossier,
        ):
            row = dossier.communications[case.communication_id]
            dossier.explain(Verdict(18, "pass"), row.id)
            dossier.move(row, "sending", "sent")
            dossier.note("document.viewed", "communication", row.id, {})
            if how == "the block raises":
                raise LookupError
            dossier.move_request("gathering")

    with pytest.raises((LookupError, IllegalTransitionError)):
        await work()

    assert await written(house, case) == before
    assert (await communication(house, case.communication_id)).state == "queued"


async def test_two_dossiers_of_one_request_are_open_one_after_the_other(
    house: Database,
) -> None:
    case = await given(house, "accepted")
    log: list[str] = []

    async def work(name: str) -> None:
        async with (
            house.begin() as session,
            opened(session, case.request_id, actor=name, now=LATER) as dossier,
        ):
            log.append(f"{name} in")
            await asyncio.sleep(0.05)
            dossier.note("document.viewed", "request", case.request_id, {})
            log.append(f"{name} out")

    await asyncio.gather(work("a"), work("b"), work("c"))

    names = [line.split()[0] for line in log]
    assert names[0::2] == names[1::2]
    async with house.read() as session:
        assert await first_fault(session, chain_of(case.request_id)) is None


async def test_of_two_hands_the_second_sees_what_the_first_did(house: Database) -> None:
    case = await given(house, "accepted")
    seen: list[str] = []

    async def work(target: str) -> None:
        async with (
            house.begin() as session,
            opened(session, case.request_id, actor="test", now=LATER) as dossier,
        ):
            seen.append(dossier.request.state)
            await asyncio.sleep(0.02)
            dossier.move_request(target)

    results = await asyncio.gather(work("cancelled"), work("cancelled"), return_exceptions=True)

    assert seen == ["accepted", "cancelled"]
    assert [type(result) for result in results].count(IllegalTransitionError) == 1


async def test_what_was_read_before_the_lock_is_read_again_behind_it(house: Database) -> None:
    case = await given(house, "prepared", "sending")
    locked, looked = asyncio.Event(), asyncio.Event()
    found: list[str] = []

    async def first() -> None:
        async with (
            house.begin() as session,
            opened(session, case.request_id, actor="test", now=LATER) as dossier,
        ):
            locked.set()
            if not house.is_sqlite:
                await looked.wait()
            await asyncio.sleep(0.05)
            dossier.move(dossier.communications[case.communication_id], "sent")

    async def second() -> None:
        await locked.wait()
        async with house.begin() as session:
            await session.get_one(Communication, case.communication_id)
            looked.set()
            async with opened(session, case.request_id, actor="test", now=LATER) as dossier:
                found.append(dossier.communications[case.communication_id].state)

    await asyncio.gather(first(), second())

    assert found == ["sent"]


async def test_dossiers_of_different_requests_do_not_wait_for_each_other(
    house: Database,
) -> None:
    if house.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    one, other = await given(house, "accepted"), await given(house, "accepted")
    async with asyncio.timeout(5):
        async with (
            house.begin() as session,
            opened(session, one.request_id, actor="test", now=LATER) as dossier,
        ):
            async with (
                house.begin() as aside,
                opened(aside, other.request_id, actor="test", now=LATER) as another,
            ):
                another.move_request("gathering")
            dossier.move_request("held")

    assert (await request(house, other.request_id)).state == "gathering"


@pytest.mark.parametrize(
    ("children", "state"),
    [
        (("delivered", "bounced"), "prepared"),
        (("bounced", "cancelled"), "completed"),
        (("read", "sent"), "prepared"),
        (("suppressed",), "completed"),
        (("error", "failed"), "prepared"),
        (("retry_wait",), "prepared"),
    ],
)
async def test_a_request_is_complete_when_nothing_more_is_expected_of_any_child(
    house: Database, children: tuple[str, ...], state: str
) -> None:
    case = await given(house, "prepared", *children)
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        dossier.complete()

    assert (await request(house, case.request_id)).state == state


async def test_a_final_mark_is_enough_to_complete(house: Database) -> None:
    case = await given(house, "prepared", "sent", fields={"final": True})
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        dossier.complete()
        dossier.complete()

    completed = [entry for entry in await trail(house, case) if entry.to_state == "completed"]
    assert len(completed) == 1


@pytest.mark.parametrize("state", ["accepted", "gathering", "held", "error", "cancelled"])
async def test_only_a_prepared_request_is_completed(house: Database, state: str) -> None:
    case = await given(house, state)
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        dossier.complete()

    assert (await request(house, case.request_id)).state == state


async def test_a_dossier_of_nothing_is_not_found(house: Database) -> None:
    with pytest.raises(NotFoundError, match="request"):
        async with (
            house.begin() as session,
            opened(session, new_id(), actor="engine", now=LATER),
        ):
            pytest.fail("there is nothing to open")


async def test_a_new_communication_is_told_with_what_it_falls_back_from(
    house: Database,
) -> None:
    case = await given(house, "prepared", "bounced", system_code=await subscribed(house))
    failed = await communication(house, case.communication_id)
    heir = Communication(
        **failed.model_dump(exclude={"id", "state", "final", "fallback_of", "channel"}),
        id=new_id(),
        channel="letter",
        fallback_of=failed.id,
    )
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        dossier.add(heir)
        dossier.complete()

    entry = (await trail(house, case))[-1]
    assert (entry.action, entry.from_state, entry.to_state) == (
        "communication.created",
        None,
        "pending",
    )
    assert entry.detail == {"channel": "letter", "fallback_of": str(failed.id)}
    assert (await owed(house, case))[-1].event == "communication.pending"
    assert (await request(house, case.request_id)).state == "prepared"


async def test_trail_verdicts_and_callbacks_hold_no_personal_data(house: Database) -> None:
    case = await given(house, "prepared", "queued", "bounced", system_code=await subscribed(house))
    await decide(house, case, "sending", "sent", "delivered")
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        dossier.complete()

    told = [row.model_dump(mode="json") for row in await trail(house, case)]
    told += [row.model_dump(mode="json") for row in await verdicts(house, case)]
    told += [row.model_dump(mode="json") for row in await owed(house, case)]
    text = json.dumps(told, ensure_ascii=False)
    assert len(told) > 9
    assert NAME not in text
    assert ADDRESS not in text


async def test_every_state_that_stands_in_a_row_stands_on_the_trail(house: Database) -> None:
    case = await given(house, "prepared", "queued", "pending")
    await decide(house, case, "sending", "retry_wait", reason="provider_unwell")

    shown = {str(row): (await communication(house, row)).state for row in case.communications}
    last = {entry.object_id: entry.to_state for entry in await trail(house, case)}
    assert last == {str(case.request_id): "prepared", **shown}
