"""Questions about customer contacts and reminders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.contacts.tables import ContactLogEntry, CustomerContact, Reminder
from openccm.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which contacts are wanted; None for all."""

    person_id: UUID | None = None
    account: str | None = None
    premise: str | None = None
    class_code: str | None = None
    type: str | None = None
    method: str | None = None
    direction: str | None = None
    state: str | None = None
    origin: str | None = None
    since: datetime | None = None
    """They took place then or later."""
    until: datetime | None = None
    """They took place before."""


async def contact_by_id(session: AsyncSession, contact_id: UUID) -> CustomerContact:
    """The contact.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(CustomerContact, contact_id)
    if found is None:
        raise NotFoundError("customer contact", contact_id)
    return found


async def contacts(
    session: AsyncSession,
    wanted: Filter,
    *,
    within: ColumnElement[bool] | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[CustomerContact]:
    """Newest first; ids are time-ordered, so the last id of a page is its cursor."""
    row = CustomerContact
    conditions = conditions_of(wanted)
    if after is not None:
        conditions.append(col(row.id) < after)
    if within is not None:
        conditions.append(within)
    statement = select(row).where(*conditions).order_by(col(row.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def count(session: AsyncSession, wanted: Filter) -> int:
    """How many contacts there are of these."""
    statement = select(func.count()).select_from(CustomerContact).where(*conditions_of(wanted))
    return await session.scalar(statement) or 0


def conditions_of(wanted: Filter) -> list[ColumnElement[bool]]:
    """A filter as conditions."""
    row = CustomerContact
    equal: Mapping[Any, Any] = {
        row.person_id: wanted.person_id,
        row.account_key: wanted.account,
        row.premise_key: wanted.premise,
        row.class_code: wanted.class_code,
        row.type: wanted.type,
        row.method: wanted.method,
        row.direction: wanted.direction,
        row.state: wanted.state,
        row.origin: wanted.origin,
    }
    conditions = [col(column) == value for column, value in equal.items() if value is not None]
    if wanted.since is not None:
        conditions.append(col(row.occurred_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(row.occurred_at) < wanted.until)
    return conditions


async def log_of(session: AsyncSession, contact_id: UUID) -> Sequence[ContactLogEntry]:
    """A contact's log, first to last."""
    statement = (
        select(ContactLogEntry)
        .where(ContactLogEntry.contact_id == contact_id)
        .order_by(col(ContactLogEntry.id))
    )
    return (await session.scalars(statement)).all()


async def reminders_of(session: AsyncSession, contact_id: UUID) -> Sequence[Reminder]:
    """A contact's reminders, first to last."""
    statement = select(Reminder).where(Reminder.contact_id == contact_id).order_by(col(Reminder.id))
    return (await session.scalars(statement)).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderFilter:
    """Which reminders are wanted; None for all."""

    states: Sequence[str] = ()
    due_before: datetime | None = None
    role: str | None = None
    agent: str | None = None
    person_id: UUID | None = None


async def reminders(
    session: AsyncSession,
    wanted: ReminderFilter,
    *,
    within: ColumnElement[bool],
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[Reminder]:
    """Oldest first; ids are time-ordered, so the last id of a page is its cursor."""
    row, contact = Reminder, CustomerContact
    statement = (
        select(row)
        .join(contact, col(contact.id) == col(row.contact_id))
        .where(*_reminder_conditions(wanted), within)
        .order_by(col(row.id))
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(col(row.id) > after)
    return (await session.scalars(statement)).all()


def _reminder_conditions(wanted: ReminderFilter) -> list[ColumnElement[bool]]:
    row = Reminder
    equal: Mapping[Any, Any] = {
        row.role: wanted.role,
        row.agent: wanted.agent,
        CustomerContact.person_id: wanted.person_id,
    }
    conditions = [col(column) == value for column, value in equal.items() if value is not None]
    if wanted.states:
        conditions.append(col(row.state).in_(wanted.states))
    if wanted.due_before is not None:
        conditions.append(col(row.due_at) < wanted.due_before)
    return conditions
