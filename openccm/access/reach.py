"""Which objects a caller may see: those about persons, accounts and premises of their divisions.

What an object is about stands in columns that all rooms name alike. Whoever is narrowed to
divisions sees no object about anybody of another one; what is about nobody is seen by all.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, not_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.access.caller import Caller
from openccm.errors import HiddenError
from openccm.parties.tables import Account, Person, Premise
from openccm.platform.columns import Row

ELSEWHERE = "It belongs to another division."


def persons_within(caller: Caller) -> ColumnElement[bool]:
    """The condition that narrows any question over persons to those the caller may see.

    A person without a division is seen by those alone who are not narrowed to some.
    """
    if caller.divisions is None:
        return true()
    return col(Person.division).in_(sorted(caller.divisions))


def within(caller: Caller, *tables: type[Row]) -> ColumnElement[bool]:
    """The condition that narrows a question over these tables to what the caller may see."""
    if caller.divisions is None:
        return true()
    divisions = sorted(caller.divisions)
    return and_(*(not_(each.exists()) for table in tables for each in _foreign(table, divisions)))


def _foreign(table: Any, divisions: Iterable[str]) -> Iterator[Select[Any]]:
    """Whom or what of other divisions a row is about, by each of its columns that may tell."""
    columns = table.model_fields.keys()
    persons = select(col(Person.id)).where(col(Person.division).not_in(divisions))
    places = select(col(Premise.id)).where(col(Premise.division).not_in(divisions))
    if "person_id" in columns:
        yield persons.where(col(Person.id) == col(table.person_id))
    if "person_key" in columns:
        yield persons.where(col(Person.key) == col(table.person_key))
    if "account_key" in columns:
        holder = col(Account.holder_id) == col(Person.id)
        yield persons.join(Account, holder).where(col(Account.key) == col(table.account_key))
    if "premise_key" in columns:
        yield places.where(col(Premise.key) == col(table.premise_key))


async def require_within(
    session: AsyncSession, caller: Caller, kind: str, table: Any, object_id: UUID
) -> None:
    """Let a caller pass to an object that is there; ``kind`` is what people call it.

    Raises:
        HiddenError: It is about somebody of another division.
    """
    if caller.divisions is None:
        return
    seen = select(table.id).where(col(table.id) == object_id, within(caller, table))
    if await session.scalar(seen) is None:
        raise HiddenError(kind, object_id, ELSEWHERE)


def sees_person(caller: Caller, person: Person) -> bool:
    """Whether a person at hand is this caller's to see."""
    return caller.sees_division(person.division)


def require_person(caller: Caller, person: Person) -> None:
    """Let a caller pass to a person at hand.

    Raises:
        HiddenError: They belong to another division.
    """
    if not sees_person(caller, person):
        raise HiddenError("person", person.key, ELSEWHERE)
