"""What people do to requests under way, in every state they can be in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from openccm.communications.commands import Command, command, copy
from openccm.communications.gather import gather
from openccm.communications.lifecycles import COMMUNICATION, REQUEST
from openccm.communications.tables import CommunicationRequest
from openccm.contracts import WAIT
from openccm.errors import IllegalTransitionError, NotFoundError
from openccm.platform.columns import new_id
from openccm.platform.outbox import OutboxEntry
from openccm.platform.temporal import Engine
from tests.core.making import NOW, Given, communication, given, request, trail
from tests.core.station import Station, children, step

GOES: dict[Command, dict[str, str]] = {
    "cancel": dict.fromkeys(
        ("accepted", "awaiting_resolution", "scheduled", "held", "gathering", "error"), "cancelled"
    ),
    "hold": dict.fromkeys(("accepted", "scheduled"), "held"),
    "release": {"held": "accepted"},
    "retry": {"error": "gathering"},
}
"""What each command makes of a request; whatever is not named refuses it."""


async def carry_out(
    station: Station, case: Given, name: Command, reason: str = "as asked"
) -> CommunicationRequest:
    """Temporal is away, as it may be: the outbox remembers."""
    engine = await Engine.connect("127.0.0.1:1", "default", lazy=True)
    return await command(
        station.desk, engine, case.request_id, name, reason, actor="system:BILLING"
    )


async def wakes(station: Station, case: Given) -> int:
    mine = select(OutboxEntry).where(
        OutboxEntry.subject == case.request_id, OutboxEntry.deed == "wake"
    )
    async with station.database.read() as session:
        return len((await session.scalars(mine)).all())


@pytest.mark.parametrize("state", sorted(REQUEST.states - {"prepared"}))
@pytest.mark.parametrize("name", GOES)
async def test_a_command_does_what_the_state_allows_or_names_the_state(
    station: Station, name: Command, state: str
) -> None:
    case = await given(station.database, state)
    target = GOES[name].get(state)
    if target is None:
        with pytest.raises(IllegalTransitionError) as refused:
            await carry_out(station, case, name)
        assert refused.value.state == state
    else:
        answered = await carry_out(station, case, name)
        assert (answered.state, answered.reason) == (target, "as asked")

    row = await request(station.database, case.request_id)
    assert row.state == (target or state)
    moves = [entry for entry in await trail(station.database, case) if entry.from_state]
    assert [(move.to_state, move.actor, move.reason) for move in moves] == (
        [(target, "system:BILLING", "as asked")] if target else []
    )
    assert await wakes(station, case) == bool(target)


@pytest.mark.parametrize("state", sorted(COMMUNICATION.states))
async def test_a_prepared_request_is_cancelled_by_what_has_not_left(
    station: Station, state: str
) -> None:
    case = await given(station.database, "prepared", state)
    if not COMMUNICATION.allows(state, "cancelled"):
        with pytest.raises(IllegalTransitionError) as refused:
            await carry_out(station, case, "cancel")
        assert refused.value.state == state
        assert (await communication(station.database, case.communication_id)).state == state
        return
    await carry_out(station, case, "cancel", "paid already")

    row = await communication(station.database, case.communication_id)
    assert (row.state, row.reason, row.final) == ("cancelled", "paid already", True)
    assert (await request(station.database, case.request_id)).state == "completed"


async def test_cancelling_leaves_what_has_left_to_its_fate(station: Station) -> None:
    case = await given(station.database, "prepared", "bounced", "sent", "retry_wait", "error")
    await carry_out(station, case, "cancel")

    states = [(await communication(station.database, each)).state for each in case.communications]
    assert states == ["bounced", "sent", "cancelled", "cancelled"]
    assert (await request(station.database, case.request_id)).state == "prepared"


@pytest.mark.parametrize(
    ("document", "target"), [(None, "pending"), ("0" * 64, "queued")], ids=["none", "fixed"]
)
async def test_a_retry_goes_on_where_it_stopped(
    station: Station, document: str | None, target: str
) -> None:
    """What was composed once is not composed anew: its hash is fixed."""
    case = await given(station.database, "prepared", "error", fields={"document_hash": document})
    await carry_out(station, case, "retry", "mended")

    row = await communication(station.database, case.communication_id)
    assert (row.state, row.reason) == (target, "mended")
    assert (await request(station.database, case.request_id)).state == "prepared"
    assert await wakes(station, case) == 1


async def test_a_retry_takes_all_that_failed_and_nothing_else(station: Station) -> None:
    case = await given(station.database, "prepared", "error", "sent", "error", "bounced")
    await carry_out(station, case, "retry")

    states = [(await communication(station.database, each)).state for each in case.communications]
    assert states == ["pending", "sent", "pending", "bounced"]


@pytest.mark.parametrize("name", ["hold", "release", "retry"])
async def test_a_prepared_request_without_faults_refuses_the_rest(
    station: Station, name: Command
) -> None:
    case = await given(station.database, "prepared", "sent", "queued")
    with pytest.raises(IllegalTransitionError):
        await carry_out(station, case, name)

    assert await wakes(station, case) == 0


async def test_what_is_retried_twice_is_retried_once(station: Station) -> None:
    case = await given(station.database, "error")
    await carry_out(station, case, "retry")
    with pytest.raises(IllegalTransitionError, match="gathering"):
        await carry_out(station, case, "retry")


@pytest.mark.parametrize(
    ("hours", "outcome"), [(3, WAIT), (-3, "prepared")], ids=["before its time", "after it"]
)
async def test_what_was_held_and_released_still_waits_for_its_time(
    station: Station, hours: int, outcome: str
) -> None:
    asked = await station.ask(
        await station.person("email"), send_after=NOW + timedelta(hours=hours)
    )
    case = Given(asked.id, new_id(), new_id(), ())
    await carry_out(station, case, "hold")
    assert (await gather(station.desk, step(asked))).outcome == WAIT
    await carry_out(station, case, "release")
    result = await gather(station.desk, step(asked))

    assert result.outcome == outcome
    assert len(await children(station, asked)) == (outcome == "prepared")


async def test_a_command_on_nothing_is_not_found(station: Station) -> None:
    nothing = Given(new_id(), new_id(), new_id(), ())
    with pytest.raises(NotFoundError, match="request"):
        await carry_out(station, nothing, "cancel")


@pytest.mark.parametrize(
    ("override", "channel", "expected"),
    [
        (None, None, None),
        ("letter", None, "letter"),
        (None, "email", "email"),
        ("letter", "email", "email"),
    ],
)
def test_a_copy_asks_for_the_same_once_more(
    override: str | None, channel: str | None, expected: str | None
) -> None:
    facts: dict[str, Any] = {
        "id": new_id(),
        "system_code": "BILLING",
        "idempotency_key": "K-1",
        "body_hash": "-",
        "definition": "BILL-READY",
        "version": 2,
        "priority": 1,
        "person_key": "P-1001",
        "account_key": "A-5001",
        "payload": {"bill.number": "B-1"},
        "correlation": {"case": "C-9"},
        "channel_override": override,
        "send_after": NOW,
        "received_at": NOW,
        "updated_at": NOW,
    }
    original = CommunicationRequest(**facts)
    asked = copy(original, "K-2", channel)

    assert (asked.idempotency_key, asked.copy_of, asked.channel) == ("K-2", original.id, expected)
    assert (asked.definition, asked.person, asked.account) == ("BILL-READY", "P-1001", "A-5001")
    assert (asked.payload, asked.correlation, asked.priority) == (
        original.payload,
        original.correlation,
        1,
    )
    assert asked.send_after is None
