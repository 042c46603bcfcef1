"""Alerts about a person, as their authors defined them: shown while what they are about holds."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.contacts import queries
from openccm.contacts.queries import Filter
from openccm.contacts.tables import CustomerContact, Reminder
from openccm.language.alert import AlertDefinition, ContactCount
from openccm.parties.tables import ContactPoint, Person
from openccm.privacy.tables import Suppression
from openccm.repository.versions import Repository
from openccm.work.queries import outstanding_of

_BACK = ("bounced", "returned")
"""Why a contact point is invalid of which a message came back."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning, and where to find what it is about."""

    code: str
    title: str
    severity: str
    count: int
    drill: str


async def alerts_of(
    session: AsyncSession,
    repository: Repository,
    person: Person,
    *,
    roles: Collection[str],
    now: datetime,
) -> list[Alert]:
    """Every alert about a person that is for somebody with these roles; the loudest first."""
    found: list[Alert] = []
    for definition, _ in await repository.live_of(session, AlertDefinition):
        if definition.roles and not set(definition.roles) & set(roles):
            continue
        alert = await _alert(session, definition, person, now)
        if alert is not None:
            found.append(alert)
    return sorted(found, key=lambda each: (_LOUDNESS[each.severity], each.code))


_LOUDNESS = {"danger": 0, "warning": 1, "info": 2}


async def _alert(
    session: AsyncSession, definition: AlertDefinition, person: Person, now: datetime
) -> Alert | None:
    key = quote(person.key, safe="")
    if definition.contacts is not None:
        count, drill = await _contacts(session, definition.contacts, person, now)
        at_least = definition.contacts.at_least
    elif definition.need is not None:
        count, drill, at_least = int(definition.need in person.needs), f"/v1/persons/{key}", 1
    else:
        assert definition.mark is not None
        count = await _MARKS[definition.mark](session, person, now)
        drill, at_least = _DRILLS.get(definition.mark, "/v1/persons/{}").format(key), 1
    if count < at_least:
        return None
    return Alert(definition.code, definition.title, definition.severity, count, drill)


async def _contacts(
    session: AsyncSession, counted: ContactCount, person: Person, now: datetime
) -> tuple[int, str]:
    since = now - timedelta(seconds=counted.within)
    wanted = Filter(person_id=person.id, class_code=counted.class_, type=counted.type, since=since)
    which = f"class={counted.class_}" if counted.class_ else f"type={counted.type}"
    key = quote(person.key, safe="")
    return await queries.count(session, wanted), f"/v1/customer-contacts?person={key}&{which}"


async def _todos(session: AsyncSession, person: Person, _now: datetime) -> int:
    return await outstanding_of(session, person.key)


async def _reminders(session: AsyncSession, person: Person, now: datetime) -> int:
    statement = (
        select(func.count())
        .select_from(Reminder)
        .join(CustomerContact, col(CustomerContact.id) == col(Reminder.contact_id))
        .where(
            col(CustomerContact.person_id) == person.id,
            col(Reminder.state).in_(("pending", "snoozed", "due")),
            col(Reminder.due_at) <= now,
        )
    )
    return await session.scalar(statement) or 0


async def _bad_points(session: AsyncSession, person: Person, _now: datetime) -> int:
    statement = select(func.count()).where(
        col(ContactPoint.person_id) == person.id,
        col(ContactPoint.state) == "invalid",
        col(ContactPoint.reason).in_(_BACK),
    )
    return await session.scalar(statement) or 0


async def _suppressions(session: AsyncSession, person: Person, _now: datetime) -> int:
    statement = select(func.count()).where(
        col(Suppression.person_id) == person.id, col(Suppression.lifted_at).is_(None)
    )
    return await session.scalar(statement) or 0


async def _restricted(_session: AsyncSession, person: Person, _now: datetime) -> int:
    return int(person.restricted)


async def _vip(_session: AsyncSession, person: Person, _now: datetime) -> int:
    return int(person.vip)


Count = Callable[[AsyncSession, Person, datetime], Awaitable[int]]

_MARKS: Mapping[str, Count] = {
    "open-to-dos": _todos,
    "due-reminders": _reminders,
    "bad-contact-point": _bad_points,
    "suppressed": _suppressions,
    "restricted": _restricted,
    "vip": _vip,
}

_DRILLS: Mapping[str, str] = {
    "open-to-dos": "/v1/todos?person={}",
    "due-reminders": "/v1/reminders?person={}",
}
"""Where a mark is looked into; the person's own page for the others."""
