"""Reminders: each becomes exactly one to-do on its day, and they end together."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from openccm.contacts import reminders
from openccm.errors import ConflictError, IllegalTransitionError
from openccm.language.scalars import TimeSpan
from tests.contacts.counter import Counter

DUE = datetime(2026, 5, 7, 23, tzinfo=UTC)
"""Seven days after the beginning, when the day begins in London."""


async def test_it_waits_for_the_beginning_of_its_day(counter: Counter) -> None:
    _, reminder = await counter.reminded()

    assert (reminder.state, reminder.due_at) == ("pending", DUE)
    assert await counter.owed(reminder.id) == {"reminder"}
    assert await counter.look(reminder.id) == DUE


async def test_on_its_day_it_becomes_one_to_do_however_often_anything_runs(
    counter: Counter,
) -> None:
    contact, reminder = await counter.reminded()
    counter.station.clock.now = datetime(2026, 5, 8, 5, tzinfo=UTC)
    await asyncio.gather(*(counter.look(reminder.id) for _ in range(4)), counter.run())
    await counter.run()
    (todo,) = await counter.todos(reminder.id)

    assert (await counter.reminder(reminder.id)).state == "todo_created"
    assert (todo.type, todo.role, todo.state) == ("CALL-BACK", "collections", "open")
    assert todo.context["bill"] == "B-417"
    assert todo.context["contact"] == {"title": "Reminded of a bill"}
    assert todo.due_at == datetime(2026, 5, 12, 16, tzinfo=UTC)
    assert await counter.codes(contact.id) == [
        "logged",
        "reminder.pending",
        "reminder.due",
        "reminder.todo_created",
    ]


async def test_a_run_tells_how_many_it_turned_into_work(counter: Counter) -> None:
    await counter.run()
    for _ in range(3):
        await counter.reminded()
    counter.station.clock.now = DUE
    first, second = await counter.run(), await counter.run()

    assert (first.state, first.read, first.processed, first.failed) == ("completed", 3, 3, 0)
    assert (second.state, second.read) == ("completed", 0)


async def test_the_end_of_the_to_do_is_the_end_of_the_reminder(counter: Counter) -> None:
    _, reminder = await counter.reminded()
    counter.station.clock.now = DUE
    await counter.look(reminder.id)
    (todo,) = await counter.todos(reminder.id)
    await counter.done(todo.id, "promised")
    await counter.look(reminder.id)
    row = await counter.reminder(reminder.id)

    assert "reminder" in await counter.owed(reminder.id)
    assert (row.state, row.outcome, row.todo_id) == ("resolved", "promised", todo.id)


async def test_the_end_of_the_reminder_is_the_end_of_the_to_do(counter: Counter) -> None:
    contact, reminder = await counter.reminded()
    counter.station.clock.now = DUE
    await counter.look(reminder.id)
    repository = counter.station.desk.repository

    async def resolve(card: Any) -> None:
        mine = await reminders.reminder_by_id(card.session, reminder.id)
        await reminders.resolve(card, repository, mine, "promised", "called in")

    await counter.on_card(contact.id, resolve)
    (todo,) = await counter.todos(reminder.id)

    assert (todo.state, todo.outcome, todo.reason) == ("completed", "promised", "called in")
    with pytest.raises(IllegalTransitionError):
        await counter.on_card(contact.id, resolve)


async def test_resolved_early_it_becomes_no_to_do(counter: Counter) -> None:
    contact, reminder = await counter.reminded()
    repository = counter.station.desk.repository

    async def resolve(card: Any) -> None:
        mine = await reminders.reminder_by_id(card.session, reminder.id)
        await reminders.resolve(card, repository, mine, "settled", None)

    await counter.on_card(contact.id, resolve)
    counter.station.clock.now = DUE
    await counter.run()

    assert await counter.look(reminder.id) is None
    assert await counter.todos(reminder.id) == []


async def test_it_is_put_off_three_times_with_a_reason(counter: Counter) -> None:
    contact, reminder = await counter.reminded()

    async def snooze(card: Any, days: int) -> None:
        mine = await reminders.reminder_by_id(card.session, reminder.id)
        await reminders.snooze(card, mine, DUE + timedelta(days=days), "on holiday")

    for days in (1, 2, 3):
        await counter.on_card(contact.id, snooze, days)
    with pytest.raises(ConflictError, match="3 times at most"):
        await counter.on_card(contact.id, snooze, 4)
    row = await counter.reminder(reminder.id)

    assert (row.state, row.snoozes, row.reason) == ("snoozed", 3, "on holiday")
    assert await counter.look(reminder.id) == DUE + timedelta(days=3)
    counter.station.clock.now = DUE + timedelta(days=3)
    assert await counter.look(reminder.id) is None
    assert (await counter.reminder(reminder.id)).state == "todo_created"


async def test_cancelled_it_takes_its_to_do_along(counter: Counter) -> None:
    contact, reminder = await counter.reminded()
    counter.station.clock.now = DUE
    await counter.look(reminder.id)
    repository = counter.station.desk.repository

    async def cancel(card: Any) -> None:
        mine = await reminders.reminder_by_id(card.session, reminder.id)
        await reminders.cancel(card, repository, mine, "moved away")

    await counter.on_card(contact.id, cancel)
    (todo,) = await counter.todos(reminder.id)

    assert (await counter.reminder(reminder.id)).state == "cancelled"
    assert (todo.state, todo.reason) == ("cancelled", "moved away")


async def test_a_reminder_of_ones_own_comes_to_oneself(counter: Counter) -> None:
    someone = await counter.station.person("email")
    contact = await counter.log("COLLECT-CALL", someone)
    promised = reminders.Promise(due=DUE, to_do="CALL-BACK", agent="user:ag1", note="ask again")

    async def promise(card: Any) -> None:
        await reminders.promise(card, card.log("note", "ask again"), promised)

    await counter.on_card(contact.id, promise)
    (reminder,) = await counter.reminders(contact.id)
    counter.station.clock.now = DUE
    await counter.look(reminder.id)
    (todo,) = await counter.todos(reminder.id)

    assert (todo.state, todo.assigned_to) == ("assigned", "user:ag1")
    assert todo.context["reminder"] == {"note": "ask again"}


async def test_a_to_do_that_cannot_be_raised_is_tried_again(counter: Counter) -> None:
    someone = await counter.station.person("email")
    contact = await counter.log("COLLECT-CALL", someone)
    promised = reminders.Promise(due=DUE, to_do="NO-SUCH-TYPE")

    async def promise(card: Any) -> None:
        await reminders.promise(card, card.log("note", "ask again"), promised)

    await counter.on_card(contact.id, promise)
    (reminder,) = await counter.reminders(contact.id)
    counter.station.clock.now = DUE
    kept = await counter.run()
    until = await counter.look(reminder.id)
    row = await counter.reminder(reminder.id)

    assert (kept.state, kept.failed) == ("completed_with_errors", 1)
    assert until is not None
    assert until > DUE
    assert row.state == "due"
    assert "NO-SUCH-TYPE" in (row.reason or "")
    await cancel_quietly(counter, contact.id)


async def cancel_quietly(counter: Counter, contact_id: Any) -> None:
    """Leave nothing due to the tests that follow."""
    repository = counter.station.desk.repository
    await counter.on_card(contact_id, reminders.withdraw, repository, "over")


LONDON = ZoneInfo("Europe/London")
THURSDAY = datetime(2026, 4, 30, 10, tzinfo=UTC)


async def test_a_day_without_business_moves_to_the_next_with(counter: Counter) -> None:
    async with counter.station.database.read() as session:
        calendar = await reminders.calendar_of(
            session, counter.station.desk.repository, "UK-OFFICE"
        )

    def day(count: int, unit: Any, by: Any = calendar) -> datetime:
        return reminders.due_after(THURSDAY, TimeSpan(count, unit), by, LONDON)

    def begins(month: int, day: int) -> datetime:
        return datetime(2026, month, day, tzinfo=LONDON)

    assert day(2, "day", None) == begins(5, 2)
    assert day(2, "day") == begins(5, 5)  # past a weekend and the holiday on Monday
    assert day(1, "business day") == begins(5, 1)
    assert day(2, "business day") == begins(5, 5)
    assert day(3, "hour", None) == THURSDAY + timedelta(hours=3)
    assert reminders.due_on(date(2026, 12, 25), calendar, LONDON) == begins(12, 29)
