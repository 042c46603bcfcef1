"""Reminders: promise, review, put off, resolve, take away."""

from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import ContactReader, ContactWriter, House, HouseDep, Reading, Writing
from api.models import Listed, Page
from api.routes.contacts import Body, visible_contact, visible_person
from openccm.access.caller import Caller
from openccm.access.reach import within
from openccm.contacts import queries, reminders
from openccm.contacts.card import Card, opened
from openccm.contacts.lifecycles import REMINDER
from openccm.contacts.queries import ReminderFilter
from openccm.contacts.reminders import Promise
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.errors import InvalidError
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.scalars import CODE, KEBAB
from openccm.parties.tables import Person

router = APIRouter(prefix="/v1", tags=["reminders"])

State = Literal["pending", "snoozed", "due", "todo_created", "resolved", "cancelled"]
assert REMINDER.states == set(State.__args__)
Name = Annotated[str, Field(pattern=KEBAB, max_length=60)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class DueBody(Body):
    """When: a day, from its beginning, or a moment."""

    due_on: date | None = None
    due_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.due_on is None) == (self.due_at is None):
            raise ValueError("give either due_on or due_at")
        return self


class ReminderCreate(DueBody):
    """What is promised."""

    note: Annotated[str, Field(max_length=2_000, description="What is to be looked at.")] = ""
    role: Annotated[Name | None, Field(description="Whose work it will be.")] = None
    mine: Annotated[bool, Field(description="It comes to whoever promises it.")] = False
    to_do: Annotated[
        str | None,
        Field(
            pattern=CODE,
            max_length=60,
            description="The type of the to-do; that of the contact's type, else of the settings.",
        ),
    ] = None
    calendar: Annotated[
        str | None,
        Field(
            pattern=CODE,
            max_length=60,
            description="Moves it off days without business; by default as for `to_do`.",
        ),
    ] = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.mine and self.role:
            raise ValueError("give either role or mine")
        return self


class SnoozeCreate(DueBody):
    """Until when, and why."""

    reason: Reason


class ResolveCreate(Body):
    """What came of it."""

    outcome: Annotated[
        str, Field(min_length=1, max_length=60, description="Where it is a to-do: one of its own.")
    ]
    reason: Reason | None = None


class CancelCreate(Body):
    """Why."""

    reason: Reason


class ReminderRead(Listed):
    """A reminder as it stands."""

    contact_id: UUID
    entry_id: UUID
    state: str
    due_at: datetime
    note: str
    todo_type: str
    role: str | None
    agent: str | None
    calendar: str | None
    context: dict[str, Any]
    snoozes: int
    todo_id: UUID | None
    outcome: str | None
    reason: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_by: str | None

    @classmethod
    def of(cls, reminder: Reminder) -> "ReminderRead":
        """The public face of a row."""
        return cls(**reminder.model_dump())


@router.post(
    "/customer-contacts/{contact_id}/reminders",
    status_code=HTTPStatus.CREATED,
)
async def promise_reminder(
    contact_id: UUID,
    body: ReminderCreate,
    house: HouseDep,
    caller: ContactWriter,
    session: Writing,
) -> ReminderRead:
    """Promise to look at a contact again: a line in its log, with a reminder."""
    contact = await visible_contact(caller, session, contact_id)
    promised = await _promised(house, caller, session, contact, body)
    await reminders.check_promise(session, house.desk.repository, promised)
    now = house.desk.clock()
    async with opened(session, contact_id, actor=caller.actor, now=now) as card:
        entry_id = card.log("note", body.note or None)
        reminder = await reminders.promise(card, entry_id, promised)
    return ReminderRead.of(reminder)


@router.get("/customer-contacts/{contact_id}/reminders")
async def list_contact_reminders(
    contact_id: UUID, house: HouseDep, caller: ContactReader, session: Reading
) -> list[ReminderRead]:
    """A contact's reminders, first to last."""
    await visible_contact(caller, session, contact_id)
    found = await queries.reminders_of(session, contact_id)
    return [ReminderRead.of(each) for each in found]


@router.get("/reminders")
async def list_reminders(
    house: HouseDep,
    session: Reading,
    caller: ContactReader,
    state: Annotated[list[State] | None, Query(description="Several may be given.")] = None,
    due_before: Annotated[AwareDatetime | None, Query(description="Now: those overdue.")] = None,
    role: Annotated[str | None, Query(max_length=60)] = None,
    mine: Annotated[bool, Query(description="Those that come to the caller.")] = False,
    person: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[ReminderRead]:
    """Oldest first."""
    someone = await visible_person(caller, session, person) if person else None
    wanted = ReminderFilter(
        states=state or (),
        due_before=due_before,
        role=role,
        agent=caller.actor if mine else None,
        person_id=someone.id if someone else None,
    )
    rows = await queries.reminders(
        session, wanted, within=within(caller, CustomerContact), after=after, limit=limit
    )
    return Page[ReminderRead].of([ReminderRead.of(row) for row in rows], limit)


@router.get("/reminders/{reminder_id}")
async def read_reminder(
    reminder_id: UUID, house: HouseDep, caller: ContactReader, session: Reading
) -> ReminderRead:
    """One reminder as it stands."""
    reminder = await reminders.reminder_by_id(session, reminder_id)
    await visible_contact(caller, session, reminder.contact_id)
    return ReminderRead.of(reminder)


@router.post("/reminders/{reminder_id}/snooze")
async def snooze_reminder(
    reminder_id: UUID, body: SnoozeCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> ReminderRead:
    """Put a reminder off, three times at most."""
    reminder, contact = await _mine(caller, session, reminder_id)
    due = await _due(house, session, contact, body, reminder.calendar)
    async with _card(house, caller, session, reminder) as card:
        await session.refresh(reminder)
        await reminders.snooze(card, reminder, due, body.reason)
    return ReminderRead.of(reminder)


@router.post("/reminders/{reminder_id}/resolve")
async def resolve_reminder(
    reminder_id: UUID, body: ResolveCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> ReminderRead:
    """Say that it was looked at, early or not; the to-do that it became is done with it."""
    reminder, _ = await _mine(caller, session, reminder_id)
    repository = house.desk.repository
    async with _card(house, caller, session, reminder) as card:
        await session.refresh(reminder)
        await reminders.resolve(card, repository, reminder, body.outcome, body.reason)
    return ReminderRead.of(reminder)


@router.post("/reminders/{reminder_id}/cancel")
async def cancel_reminder(
    reminder_id: UUID, body: CancelCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> ReminderRead:
    """Take a reminder away, and the to-do that it became."""
    reminder, _ = await _mine(caller, session, reminder_id)
    async with _card(house, caller, session, reminder) as card:
        await session.refresh(reminder)
        await reminders.cancel(card, house.desk.repository, reminder, body.reason)
    return ReminderRead.of(reminder)


async def _mine(
    caller: Caller, session: AsyncSession, reminder_id: UUID
) -> tuple[Reminder, CustomerContact]:
    reminder = await reminders.reminder_by_id(session, reminder_id)
    return reminder, await visible_contact(caller, session, reminder.contact_id)


def _card(
    house: House, caller: Caller, session: AsyncSession, reminder: Reminder
) -> AbstractAsyncContextManager[Card]:
    now = house.desk.clock()
    return opened(session, reminder.contact_id, actor=caller.actor, now=now)


async def _promised(
    house: House,
    caller: Caller,
    session: AsyncSession,
    contact: CustomerContact,
    body: ReminderCreate,
) -> Promise:
    """What is promised, completed by the contact's type and the settings."""
    usual = None
    if contact.type is not None and contact.version is not None:
        kept = house.desk.repository.kept
        definition = await kept(session, ContactTypeDefinition, contact.type, contact.version)
        usual = definition.reminder
    calendar = body.calendar or (usual.calendar if usual else house.settings.reminder_calendar)
    return Promise(
        due=await _due(house, session, contact, body, calendar),
        note=body.note,
        to_do=body.to_do or (usual.to_do if usual else house.settings.reminder_to_do),
        role=body.role,
        agent=caller.actor if body.mine else None,
        calendar=calendar,
    )


async def _due(
    house: House,
    session: AsyncSession,
    contact: CustomerContact,
    body: DueBody,
    calendar: str | None,
) -> datetime:
    """When a reminder is due; a day without business moves to the next with.

    Raises:
        InvalidError: It lies in the past.
    """
    now = house.desk.clock()
    if body.due_at is not None:
        if body.due_at <= now:
            raise InvalidError("due_at", "Name a time that is still to come.")
        return body.due_at
    assert body.due_on is not None
    person = await session.get(Person, contact.person_id) if contact.person_id else None
    zone = ZoneInfo(person.time_zone if person else "UTC")
    if body.due_on < now.astimezone(zone).date():
        raise InvalidError("due_on", "Name a day that has not passed.")
    known = await reminders.calendar_of(session, house.desk.repository, calendar)
    return reminders.due_on(body.due_on, known, zone)
