"""What persons, accounts and premises have in common: a key, a trail, names that others gave."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, NotFoundError
from openccm.parties.tables import Account, Identifier, Person, Premise
from openccm.platform.audit import Fact, lock_chain, record

ObjectKind = Literal["person", "account", "premise"]
Party = Person | Account | Premise

TABLES: Mapping[str, type[Person] | type[Account] | type[Premise]] = {
    "person": Person,
    "account": Account,
    "premise": Premise,
}
"""The table of each kind."""

_PREFIX = {"person": "P", "account": "A", "premise": "PR"}
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are misread over the telephone (Crockford's base 32)."""

_T = TypeVar("_T", bound=Person | Account | Premise)


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody else calls an object: whose name it is, and the name."""

    kind: str
    value: str


async def by_key(
    session: AsyncSession, table: type[_T], key: str, *, locked: bool = False
) -> _T | None:
    """The object that bears a key; locked, nobody else changes it meanwhile."""
    statement = select(table).where(col(table.key) == key)
    return await session.scalar(statement.with_for_update() if locked else statement)


async def claimed(session: AsyncSession, table: type[_T], key: str) -> _T | None:
    """The same, locked; where there is none, nobody else makes one before this transaction ends."""
    await lock_chain(session, f"{kind_of(table)}-key:{key}")
    return await by_key(session, table, key, locked=True)


async def needed(session: AsyncSession, table: type[_T], key: str) -> _T:
    """The object that bears a key.

    Raises:
        NotFoundError: None does.
    """
    found = await by_key(session, table, key)
    if found is None:
        raise NotFoundError(kind_of(table), key)
    return found


async def new_key(session: AsyncSession, table: type[_T]) -> str:
    """A key that nobody bears, short enough to be spelled out."""
    prefix = _PREFIX[kind_of(table)]
    while True:
        key = f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"
        if await claimed(session, table, key) is None:
            return key


def kind_of(table: type[Any]) -> str:
    """What a table's objects are called."""
    return table.__name__.lower()


async def names_of(session: AsyncSession, object_id: UUID) -> list[Name]:
    """What others call an object."""
    found = await session.scalars(
        select(Identifier)
        .where(Identifier.object_id == object_id)
        .order_by(col(Identifier.kind), col(Identifier.value))
    )
    return [Name(each.kind, each.value) for each in found]


async def put_names(session: AsyncSession, party: Party, names: Sequence[Name]) -> None:
    """Let an object be called so, and no longer otherwise.

    Raises:
        ConflictError: Another object of this kind bears one of the names; its key is told.
    """
    kind, before = kind_of(type(party)), await names_of(session, party.id)
    for name in dict.fromkeys(names):
        if name not in before:
            await add_name(session, party, name)
    for gone in set(before) - set(names):
        await session.execute(
            delete(Identifier).where(
                col(Identifier.object_kind) == kind,
                col(Identifier.kind) == gone.kind,
                col(Identifier.value) == gone.value,
            )
        )


async def add_name(session: AsyncSession, party: Party, name: Name) -> None:
    """Let an object be called so as well.

    Raises:
        ConflictError: Another object of this kind bears the name.
    """
    kind = kind_of(type(party))
    await lock_chain(session, f"{kind}-name:{name.kind}:{name.value}")
    owner = await session.scalar(
        select(Identifier.object_id).where(
            Identifier.object_kind == kind,
            Identifier.kind == name.kind,
            Identifier.value == name.value,
        )
    )
    if owner == party.id:
        return
    if owner is not None:
        raise ConflictError(f"Another {kind} bears this identifier of the kind {name.kind}.")
    session.add(Identifier(object_kind=kind, object_id=party.id, kind=name.kind, value=name.value))
    await session.flush()


async def note(
    session: AsyncSession,
    party: Party,
    action: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Put what happened to an object on its trail."""
    kind = kind_of(type(party))
    fact = Fact(
        chain=f"{kind}:{party.id}",
        at=now,
        actor=actor,
        action=f"{kind}.{action}",
        object_kind=kind,
        object_id=str(party.id),
        reason=reason,
        detail=detail,
    )
    await record(session, [fact])


def standing(table: Any, today: date) -> ColumnElement[bool]:
    """The condition that a row with ``valid_from`` and ``valid_until`` holds on a day."""
    begins, ends = col(table.valid_from), col(table.valid_until)
    return and_(or_(begins.is_(None), begins <= today), or_(ends.is_(None), ends >= today))


def stands(row: Any, today: date) -> bool:
    """The same of a row at hand."""
    begins, ends = row.valid_from, row.valid_until
    return (begins is None or begins <= today) and (ends is None or ends >= today)


async def division_of(session: AsyncSession, kind: ObjectKind, key: str) -> str | None:
    """The division an object belongs to, an account to that of its holder; None without it."""
    if kind == "account":
        return await session.scalar(
            select(Person.division)
            .join(Account, col(Account.holder_id) == col(Person.id))
            .where(Account.key == key)
        )
    table = Person if kind == "person" else Premise
    return await session.scalar(select(table.division).where(table.key == key))
