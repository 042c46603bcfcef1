"""Reminders: promises to look again, each of which becomes exactly one to-do on its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.contacts.card import Card, opened
from openccm.contacts.lifecycles import REMINDER
from openccm.contacts.tables import Reminder
from openccm.errors import ConflictError, InvalidError, NotFoundError, OpenCCMError
from openccm.language.calendar import CalendarDefinition
from openccm.language.scalars import TimeSpan
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.parties.tables import Person
from openccm.platform import outbox
from openccm.platform.columns import new_id
from openccm.repository.versions import Repository
from openccm.rules.business_time import BusinessCalendar
from openccm.work.lifecycle import TO_DO
from openccm.work.owners import finish_for, hand_to
from openccm.work.raising import NewToDo, cancel_todos_of, raise_todo
from openccm.work.tables import ToDo

MOST_SNOOZES = 3
_AGAIN = timedelta(minutes=10)
"""When a to-do that could not be raised is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What is promised: when, and whose work it will be."""

    due: datetime
    to_do: str
    """The type of the to-do that it becomes."""
    note: str = ""
    role: str | None = None
    agent: str | None = None
    """Whoever reminds themselves."""
    calendar: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])


async def promise(card: Card, entry_id: UUID, promised: Promise) -> Reminder:
    """Attach a reminder to an entry of an open card's log."""
    reminder = Reminder(
        id=new_id(),
        contact_id=card.contact.id,
        entry_id=entry_id,
        due_at=promised.due,
        note=promised.note,
        todo_type=promised.to_do,
        role=promised.role,
        agent=promised.agent,
        calendar=promised.calendar,
        context=dict(promised.context),
        created_by=card.actor,
        created_at=card.now,
        updated_at=card.now,
    )
    await card.write()
    card.session.add(reminder)
    due = reminder.due_at.isoformat()
    card.note("reminder.pending", None, reminder=str(reminder.id), due_at=due)
    card.log("reminder.pending", None, reminder=str(reminder.id), due_at=due)
    await outbox.put(card.session, "reminder", [reminder.id], card.now)
    return reminder


async def check_promise(session: AsyncSession, repository: Repository, promised: Promise) -> None:
    """Refuse a promise that could not be kept.

    Raises:
        NotFoundError: There is no such type of to-do.
        InvalidError: It is not for the role.
    """
    definition, _ = await repository.newest(session, ToDoTypeDefinition, promised.to_do)
    if promised.role is not None and promised.role not in definition.roles:
        known = ", ".join(definition.roles)
        raise InvalidError("role", f"A {promised.to_do} is for {known} only.")


def due_after(
    start: datetime, span: TimeSpan, calendar: BusinessCalendar | None, zone: ZoneInfo | None
) -> datetime:
    """When a reminder so long after a moment is due: at the beginning of its day.

    Hours and less are counted to the minute. A day without business moves to the next with.

    Raises:
        RuleError: The calendar has no such day, or there is none to count business time by.
    """
    if span.unit == "business hour" and calendar is not None:
        return calendar.add_business_time(start, timedelta(hours=span.count))
    if span.unit == "business day" and calendar is not None:
        day = calendar.business_day_after(start.astimezone(calendar.zone).date(), span.count)
        return due_on(day, calendar, zone)
    if span.unit in ("second", "minute", "hour"):
        return start + timedelta(seconds=span.seconds)
    there = zone or (calendar.zone if calendar else UTC)
    day = start.astimezone(there).date() + timedelta(seconds=span.seconds)
    return due_on(day, calendar, zone)


def due_on(day: date, calendar: BusinessCalendar | None, zone: ZoneInfo | None) -> datetime:
    """The beginning of a day, or of the next with business by the calendar.

    Raises:
        RuleError: The calendar has no such day.
    """
    if calendar is not None:
        day = calendar.business_day_after(day, 0)
    there = calendar.zone if calendar is not None else zone or UTC
    return datetime.combine(day, time(), there).astimezone(UTC)


async def calendar_of(
    session: AsyncSession, repository: Repository, code: str | None
) -> BusinessCalendar | None:
    """The live calendar of this code; None for no code.

    Raises:
        NotFoundError: It is not published.
    """
    if code is None:
        return None
    return (await repository.newest(session, CalendarDefinition, code))[0].calendar


async def reminder_by_id(session: AsyncSession, reminder_id: UUID) -> Reminder:
    """The reminder.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(Reminder, reminder_id)
    if found is None:
        raise NotFoundError("reminder", reminder_id)
    return found


async def snooze(card: Card, reminder: Reminder, due: datetime, reason: str) -> None:
    """Put a reminder off that is not due yet.

    Raises:
        IllegalTransitionError: It is due, or over.
        ConflictError: It was put off as often as allowed.
    """
    if reminder.snoozes >= MOST_SNOOZES and reminder.state in ("pending", "snoozed"):
        raise ConflictError(f"A reminder is put off {MOST_SNOOZES} times at most.")
    if reminder.state == "snoozed":
        await card.move_reminder(reminder, "pending")
    await card.move_reminder(reminder, "snoozed", reason, due_at=due.isoformat())
    reminder.due_at, reminder.snoozes = due, reminder.snoozes + 1


async def cancel(card: Card, repository: Repository, reminder: Reminder, reason: str) -> None:
    """Take a reminder away, and the to-do that it became.

    Raises:
        IllegalTransitionError: It is over.
    """
    await card.move_reminder(reminder, "cancelled", reason)
    await _cancel_todo(card, repository, reminder, reason)


async def resolve(
    card: Card, repository: Repository, reminder: Reminder, outcome: str, reason: str | None
) -> None:
    """Say that it was looked at again, early or not; the to-do that it became is done with it.

    Raises:
        IllegalTransitionError: It is over.
    """
    if reminder.state == "snoozed":
        await card.move_reminder(reminder, "pending")
    await card.move_reminder(reminder, "resolved", reason, outcome=outcome)
    reminder.outcome = outcome
    if reminder.todo_id is None:
        return
    if await finish_for(
        card.session, repository, reminder.todo_id, outcome, reason, actor=card.actor, now=card.now
    ):
        card.log("to-do.completed", reason, todo=str(reminder.todo_id), outcome=outcome)


async def withdraw(card: Card, repository: Repository, reason: str) -> None:
    """Their cause has gone: what is a to-do already is resolved, what was still to come cancelled.

    Both stand in the log of the contact.
    """
    mine = select(Reminder).where(
        Reminder.contact_id == card.contact.id, col(Reminder.state).not_in(REMINDER.terminal)
    )
    for reminder in (await card.session.scalars(mine.order_by(col(Reminder.id)))).all():
        if reminder.state == "todo_created":
            await _cancel_todo(card, repository, reminder, reason)
            await card.move_reminder(reminder, "resolved", reason)
        else:
            await cancel(card, repository, reminder, reason)
    owner = card.contact.id
    cancelled = await cancel_todos_of(
        card.session, repository, "contact", owner, reason, card.now, actor=card.actor
    )
    for todo_id in cancelled:
        card.log("to-do.cancelled", reason, todo=str(todo_id))


class Kept(NamedTuple):
    """What came of looking at a reminder."""

    until: datetime | None = None
    """When to look again; None while nothing comes by itself."""
    raised: bool = False
    """Whether it became its to-do just now."""
    fault: OpenCCMError | None = None
    """Why it could not."""


async def keep(
    session: AsyncSession, repository: Repository, reminder_id: UUID, *, actor: str, now: datetime
) -> Kept:
    """Do what is due of a reminder.

    Doing it twice, or late, or by two at once, does everything once.

    Raises:
        NotFoundError: There is no such reminder.
    """
    found = await reminder_by_id(session, reminder_id)
    async with opened(session, found.contact_id, actor=actor, now=now) as card:
        await session.refresh(found)
        if found.state == "todo_created":
            await _follow_todo(card, found)
        elif found.state not in REMINDER.terminal:
            return await _come_due(card, repository, found)
    return Kept()


async def _come_due(card: Card, repository: Repository, reminder: Reminder) -> Kept:
    if reminder.due_at > card.now:
        return Kept(reminder.due_at)
    if reminder.state == "snoozed":
        await card.move_reminder(reminder, "pending")
    if reminder.state == "pending":
        await card.move_reminder(reminder, "due")
    try:
        async with card.session.begin_nested():
            todo = await _raise(card, repository, reminder)
    except OpenCCMError as error:
        reminder.reason = f"{error.code}: {error}"
        return Kept(card.now + _AGAIN, fault=error)
    reminder.todo_id = todo.id
    await card.move_reminder(reminder, "todo_created", todo=str(todo.id), type=todo.type)
    return Kept(raised=True)


async def _raise(card: Card, repository: Repository, reminder: Reminder) -> ToDo:
    session, contact = card.session, card.contact
    definition, version = await repository.newest(session, ToDoTypeDefinition, reminder.todo_type)
    person = await session.get(Person, contact.person_id) if contact.person_id else None
    offered = {
        "contact.id": str(contact.id),
        "contact.type": contact.type,
        "contact.title": contact.title,
        "reminder.note": reminder.note,
    }
    known = {name: value for name, value in offered.items() if name in definition.context}
    new = NewToDo(
        type=reminder.todo_type,
        version=version,
        owner_kind="reminder",
        owner_id=reminder.id,
        owner_step="due",
        raised_by=reminder.created_by,
        role=reminder.role,
        context=known | reminder.context,
        not_by=frozenset({reminder.created_by}),
        person_id=contact.person_id,
        person_key=person.key if person else None,
        account_key=contact.account_key or None,
    )
    todo = await raise_todo(session, repository, new, card.now)
    if reminder.agent is not None:
        await hand_to(session, repository, todo, reminder.agent, card.now)
    return todo


async def _follow_todo(card: Card, reminder: Reminder) -> None:
    """What became of the to-do became of the reminder."""
    assert reminder.todo_id is not None
    todo = await card.session.get_one(ToDo, reminder.todo_id, populate_existing=True)
    if todo.state not in TO_DO.terminal:
        return
    outcome = todo.outcome or todo.state
    await card.move_reminder(reminder, "resolved", todo.reason, outcome=outcome)
    reminder.outcome = outcome


async def _cancel_todo(card: Card, repository: Repository, reminder: Reminder, reason: str) -> None:
    cancelled = await cancel_todos_of(
        card.session, repository, "reminder", reminder.id, reason, card.now, actor=card.actor
    )
    for todo_id in cancelled:
        card.log("to-do.cancelled", reason, todo=str(todo_id))


async def due_reminders(
    session: AsyncSession, now: datetime, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Those whose day has come, by id."""
    statement = select(Reminder.id).where(
        col(Reminder.state).in_(("pending", "snoozed", "due")), Reminder.due_at <= now
    )
    if after is not None:
        statement = statement.where(col(Reminder.id) > after)
    return (await session.scalars(statement.order_by(col(Reminder.id)).limit(limit))).all()
