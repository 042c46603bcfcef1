"""The timeline: contacts, communications, to-dos, reminders and events on one line.

Every kind gives its newest rows before the cursor; ids are time-ordered, so putting them together
is a merge, and the last id of a page is the cursor of the next.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.tables import Communication
from openccm.contacts import queries
from openccm.contacts.queries import Filter
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.events.tables import SystemEvent
from openccm.parties.tables import Person
from openccm.work.tables import ToDo

Kind = Literal["contact", "communication", "to-do", "reminder", "event"]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose timeline it is: a person, an account, or a premise."""

    person: Person | None = None
    account: str | None = None
    premise: str | None = None

    @property
    def wanted(self) -> Filter:
        """The contacts of the subject."""
        if self.person is not None:
            return Filter(person_id=self.person.id)
        return Filter(account=self.account, premise=self.premise)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, and where to find more about it."""

    id: UUID
    kind: Kind
    at: datetime
    title: str
    """A code or a title, never words of a customer."""
    state: str
    drill: str
    """The address of the thing itself."""
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the line is wanted."""

    after: UUID | None
    limit: int

    def before(self, column: Any) -> list[ColumnElement[bool]]:
        """Rows beyond the cursor."""
        return [] if self.after is None else [col(column) < self.after]


async def timeline(
    session: AsyncSession, subject: Subject, kinds: Collection[Kind], page: Page
) -> list[Entry]:
    """Newest first."""
    found = [await _READERS[kind](session, subject, page) for kind in kinds]
    line = merge(*found, key=lambda entry: entry.id, reverse=True)
    return list(islice(line, page.limit))


async def _contacts(session: AsyncSession, subject: Subject, page: Page) -> list[Entry]:
    """Contacts, but for those of communications, which have entries of their own."""
    row = CustomerContact
    statement = (
        select(row)
        .where(*queries.conditions_of(subject.wanted), col(row.communication_id).is_(None))
        .where(*page.before(row.id))
        .order_by(col(row.id).desc())
        .limit(page.limit)
    )
    return [
        Entry(
            each.id,
            "contact",
            each.occurred_at,
            each.title,
            each.state,
            f"/v1/customer-contacts/{each.id}",
            {
                "type": each.type,
                "class": each.class_code,
                "direction": each.direction,
                "method": each.method,
            },
        )
        for each in await session.scalars(statement)
    ]


async def _communications(session: AsyncSession, subject: Subject, page: Page) -> list[Entry]:
    row, contact = Communication, CustomerContact
    statement = select(row).where(*page.before(row.id)).order_by(col(row.id).desc())
    if subject.person is not None:
        statement = statement.where(col(row.person_id) == subject.person.id)
    else:
        mine = queries.conditions_of(subject.wanted)
        statement = statement.join(
            contact,
            (col(contact.id) == col(row.contact_id))
            & (col(contact.request_id) == col(row.request_id)),
        ).where(*mine)
    return [
        Entry(
            each.id,
            "communication",
            each.created_at,
            each.definition,
            each.state,
            f"/v1/communications/{each.id}",
            {"channel": each.channel, "contact": str(each.contact_id or "")},
        )
        for each in await session.scalars(statement.limit(page.limit))
    ]


async def _todos(session: AsyncSession, subject: Subject, page: Page) -> list[Entry]:
    row = ToDo
    statement = (
        select(row)
        .where(_of(subject, row.person_key, row.account_key), *page.before(row.id))
        .order_by(col(row.id).desc())
        .limit(page.limit)
    )
    return [
        Entry(
            each.id,
            "to-do",
            each.created_at,
            each.type,
            each.state,
            f"/v1/todos/{each.id}",
            {"role": each.role, "due_at": each.due_at.isoformat() if each.due_at else None},
        )
        for each in await session.scalars(statement)
    ]


async def _reminders(session: AsyncSession, subject: Subject, page: Page) -> list[Entry]:
    row, contact = Reminder, CustomerContact
    statement = (
        select(row)
        .join(contact, col(contact.id) == col(row.contact_id))
        .where(*queries.conditions_of(subject.wanted), *page.before(row.id))
        .order_by(col(row.id).desc())
        .limit(page.limit)
    )
    return [
        Entry(
            each.id,
            "reminder",
            each.created_at,
            each.todo_type,
            each.state,
            f"/v1/reminders/{each.id}",
            {"due_at": each.due_at.isoformat(), "contact": str(each.contact_id)},
        )
        for each in await session.scalars(statement)
    ]


async def _events(session: AsyncSession, subject: Subject, page: Page) -> list[Entry]:
    row = SystemEvent
    mine = _of(subject, row.person_key, row.account_key)
    if subject.premise is not None:
        mine = col(row.premise_key) == subject.premise
    statement = (
        select(row).where(mine, *page.before(row.id)).order_by(col(row.id).desc()).limit(page.limit)
    )
    return [
        Entry(
            each.id,
            "event",
            each.occurred_at,
            each.type,
            each.state,
            f"/v1/events/{each.id}",
            {"source": each.source},
        )
        for each in await session.scalars(statement)
    ]


def _of(subject: Subject, person: Any, account: Any) -> ColumnElement[bool]:
    if subject.person is not None:
        return col(person) == subject.person.key
    return col(account) == subject.account if subject.account is not None else false()


Reader = Callable[[AsyncSession, Subject, Page], Awaitable[list[Entry]]]

_READERS: Mapping[Kind, Reader] = {
    "contact": _contacts,
    "communication": _communications,
    "to-do": _todos,
    "reminder": _reminders,
    "event": _events,
}

KINDS: Sequence[Kind] = tuple(_READERS)
"""All kinds of entries."""
