"""Persons and accounts as core systems tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.parties.accounts import Member, put_members
from openccm.parties.codes import check_open
from openccm.parties.contact_points import Reach, contact_points_of, put_contact_points
from openccm.parties.objects import Name, claimed, needed, note, put_names
from openccm.parties.search.documents import index_account, index_person
from openccm.parties.tables import Account, Person

__all__ = [
    "PersonFacts",
    "Reach",
    "contact_points_of",
    "person_by_key",
    "put_account",
    "put_person",
]


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
    kind: str = "individual"
    vip: bool = False
    needs: tuple[str, ...] = ()
    contact_points: tuple[Reach, ...] | None = None
    """All there are; None leaves them as they are."""
    identifiers: tuple[Name, ...] | None = None
    """What others call them; None leaves that as it is."""


async def person_by_key(session: AsyncSession, key: str) -> Person:
    """The person.

    Raises:
        NotFoundError: Nobody bears this key.
    """
    return await needed(session, Person, key)


async def put_person(
    session: AsyncSession,
    key: str,
    facts: PersonFacts,
    *,
    actor: str,
    now: datetime,
    **detail: Any,
) -> Person:
    """Make a person known, or bring what is known up to date.

    Where contact points are told, these stay or come; those no longer told go invalid, because
    communications point at them. One that had bounced becomes active again only when told as
    verified. ``detail`` goes on the trail.

    Raises:
        InvalidError: The division is closed to persons who are not in it yet.
        ConflictError: Somebody else bears one of the identifiers.
    """
    person = await claimed(session, Person, key)
    action = "changed"
    if person is None or person.division != facts.division:
        await check_open(session, "division", facts.division, "division")
    if person is None:
        person = Person(key=key, name=facts.name, created_at=now, updated_at=now)
        session.add(person)
        action = "created"
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.needs, person.updated_at = list(facts.needs), now
    await session.flush()
    if facts.contact_points is not None:
        await put_contact_points(session, person.id, facts.contact_points, now)
    if facts.identifiers is not None:
        await put_names(session, person, facts.identifiers)
    await note(session, person, action, actor=actor, now=now, **detail)
    await index_person(session, person)
    return person


async def put_account(
    session: AsyncSession,
    key: str,
    holder_key: str,
    account_class: str,
    *,
    now: datetime,
    actor: str = "engine",
    identifiers: Sequence[Name] | None = None,
    members: Sequence[Member] | None = None,
    **detail: Any,
) -> Account:
    """Make an account known, or bring what is known up to date.

    Identifiers and members that are not told stay as they are.

    Raises:
        NotFoundError: Nobody bears the holder's key, or that of a member.
        InvalidError: The class is closed to accounts that are not of it yet.
        ConflictError: Another account bears one of the identifiers.
    """
    account = await claimed(session, Account, key)
    holder = await person_by_key(session, holder_key)
    action = "changed"
    if account is None or account.account_class != account_class:
        await check_open(session, "customer-class", account_class, "account_class")
    if account is None:
        account = Account(key=key, holder_id=holder.id, created_at=now)
        session.add(account)
        action = "created"
    account.holder_id, account.account_class = holder.id, account_class
    await session.flush()
    if identifiers is not None:
        await put_names(session, account, identifiers)
    if members is not None:
        await put_members(session, account, members)
    await note(session, account, action, actor=actor, now=now, **detail)
    await index_account(session, account)
    return account


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
    "kind",
    "vip",
)
