"""The operations board: every figure is the length of the list that it leads to."""

from datetime import timedelta
from typing import Any

from openccm.access.keys import register_system
from openccm.communications import queries
from openccm.communications.lifecycles import COMMUNICATION, REQUEST, UNDELIVERED
from openccm.overview.board import HOURS, Board, board
from openccm.platform import outbox
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription
from tests.core.making import NOW, given

SOON = NOW + timedelta(minutes=1)


async def looked(database: Database) -> Board:
    async with database.snapshot() as session:
        return await board(session, SOON)


async def listed(database: Database, what: str, **wanted: Any) -> int:
    async with database.read() as session:
        if what == "request":
            return len(await queries.requests(session, system_code=None, **wanted))
        return len(await queries.communications(session, system_code=None, **wanted))


async def test_an_empty_house_has_an_empty_board(database: Database) -> None:
    shown = await looked(database)

    assert len(shown.hours) == HOURS
    assert sum(hour.received + hour.communications + hour.wrong for hour in shown.hours) == 0
    assert (shown.waiting, shown.channels, shown.failures, shown.callbacks) == ([], [], [], [])


async def test_every_figure_is_the_length_of_its_list(database: Database) -> None:
    for state in ("held", "gathering", "not_sent", "error", "opted_out"):
        await given(database, state)
    await given(database, "prepared", "queued", "failed", "error", "delivered")
    shown = await looked(database)

    hour = shown.hours[-1]
    assert hour.received == await listed(database, "request", since=hour.since) == 6
    assert hour.communications == await listed(database, "communication", since=hour.since) == 4
    wrong = UNDELIVERED | {"error"}
    assert hour.wrong == await listed(database, "communication", state=wrong) == 2
    for each in shown.waiting:
        going_on = {"final": False} if each.kind == "communication" else {}
        assert each.count == await listed(database, each.kind, state=each.state, **going_on)
    for each in shown.failures:
        filters = {"state": each.state, "reason": each.reason, "since": shown.since}
        assert each.count == await listed(database, each.kind, **filters)
    assert {each.state for each in shown.waiting} <= REQUEST.states | COMMUNICATION.states
    assert [(each.gone, each.wrong, each.others) for each in shown.channels] == [(1, 2, 1)]


async def test_what_is_over_does_not_wait(database: Database) -> None:
    await given(database, "completed", "delivered", "suppressed", fields={"final": True})

    assert (await looked(database)).waiting == []


async def test_what_core_systems_and_the_relay_are_owed_is_told(database: Database) -> None:
    system = f"S-{new_id()}"
    subscription = CallbackSubscription(
        id=new_id(), system_code=system, url="https://crm.example", secret="", created_at=NOW
    )
    async with database.begin() as session:
        await register_system(session, system, "CRM", actor="test", now=NOW)
        session.add(subscription)
        await session.flush()
        for place, state in enumerate(("delivered", "pending", "pending"), start=1):
            session.add(
                CallbackDelivery(
                    subscription_id=subscription.id,
                    lane=new_id(),
                    place=place,
                    event="request.completed",
                    state=state,
                    attempts=place,
                    next_attempt_at=NOW,
                    created_at=NOW + timedelta(seconds=place),
                )
            )
        await outbox.put(session, "wake", [new_id()], NOW)
        await outbox.put(session, "wake", [new_id()], NOW + timedelta(days=1))
    shown = await looked(database)

    behind = shown.callbacks[0]
    assert (behind.system, behind.count, behind.attempts) == (system, 2, 3)
    assert behind.since == NOW + timedelta(seconds=2)
    assert shown.overdue_deeds == 1
