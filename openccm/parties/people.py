"""Persons and accounts as core systems tell them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.audit import Fact, record


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person can be reached, as told; the order told is the order preferred."""

    channel: str
    value: str
    lines: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """A person as told."""

    name: str
    given_name: str = ""
    family_name: str = ""
    salutation: str = ""
    language: str = "en"
    time_zone: str = "Europe/London"
    division: str = ""
    restricted: bool = False
    deceased: bool = False
    contact_points: tuple[Reach, ...] = field(default_factory=tuple[Reach, ...])


async def person_by_key(session: AsyncSession, key: str) -> Person:
    """The person.

    Raises:
        NotFoundError: Nobody bears this key.
    """
    found = await session.scalar(select(Person).where(Person.key == key))
    if found is None:
        raise NotFoundError("person", key)
    return found


async def contact_points_of(session: AsyncSession, person_id: UUID) -> Sequence[ContactPoint]:
    """A person's contact points, preferred first."""
    statement = (
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id)
        .order_by(col(ContactPoint.channel), col(ContactPoint.rank), col(ContactPoint.id))
    )
    return (await session.scalars(statement)).all()


async def put_person(
    session: AsyncSession, key: str, facts: PersonFacts, *, actor: str, now: datetime
) -> Person:
    """Make a person known, or bring what is known up to date.

    Contact points that are told stay or come; those no longer told go invalid, because
    communications point at them. One that had bounced becomes active again only when told as
    verified.
    """
    person = await session.scalar(select(Person).where(Person.key == key).with_for_update())
    action = "person.changed"
    if person is None:
        person = Person(key=key, name=facts.name, created_at=now, updated_at=now)
        session.add(person)
        action = "person.created"
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.updated_at = now
    await session.flush()
    await _put_contact_points(session, person.id, facts.contact_points, now)
    await record(session, [_fact(person, action, actor, now)])
    return person


async def put_account(
    session: AsyncSession, key: str, holder_key: str, account_class: str, *, now: datetime
) -> Account:
    """Make an account known, or give it another holder.

    Raises:
        NotFoundError: Nobody bears the holder's key.
    """
    holder = await person_by_key(session, holder_key)
    account = await session.scalar(select(Account).where(Account.key == key))
    if account is None:
        account = Account(key=key, holder_id=holder.id, created_at=now)
        session.add(account)
    account.holder_id, account.account_class = holder.id, account_class
    await session.flush()
    return account


_UNTOLD = "no_longer_told"
_PLAIN = (
    "name",
    "given_name",
    "family_name",
    "salutation",
    "language",
    "time_zone",
    "division",
    "restricted",
    "deceased",
)


async def _put_contact_points(
    session: AsyncSession, person_id: UUID, told: Sequence[Reach], now: datetime
) -> None:
    known = {
        (point.channel, point.value): point for point in await contact_points_of(session, person_id)
    }
    once = {(reach.channel, reach.value): reach for reach in reversed(told)}
    for rank, reach in enumerate(reversed(once.values())):
        point = known.pop((reach.channel, reach.value), None)
        if point is None:
            point = ContactPoint(
                person_id=person_id, channel=reach.channel, value=reach.value, updated_at=now
            )
            session.add(point)
        elif point.state == "invalid" and (reach.verified or point.reason == _UNTOLD):
            point.state, point.reason = "active", None
        point.rank, point.verified, point.updated_at = rank, reach.verified, now
        point.address = _address(reach)
    for gone in known.values():
        if gone.state == "active":
            gone.state, gone.reason, gone.updated_at = "invalid", _UNTOLD, now
    await session.flush()


def _address(reach: Reach) -> dict[str, Any]:
    return {"lines": list(reach.lines)} if reach.lines else {}


def _fact(person: Person, action: str, actor: str, now: datetime) -> Fact:
    return Fact(
        chain=f"person:{person.id}",
        at=now,
        actor=actor,
        action=action,
        object_kind="person",
        object_id=str(person.id),
    )
