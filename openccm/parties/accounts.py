"""Who has which part in an account: its holder, and those who are linked to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.parties.objects import needed
from openccm.parties.tables import Account, AccountLink, Person

HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a person in an account."""

    person: str
    """Their key."""
    role: str
    scope: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


async def parts_of(session: AsyncSession, account: Account) -> list[tuple[Person, Part]]:
    """Everybody who has, had or will have a part in an account, its holder first."""
    holder = await session.get_one(Person, account.holder_id)
    linked = await session.execute(
        select(Person, AccountLink)
        .join(AccountLink, col(AccountLink.person_id) == col(Person.id))
        .where(AccountLink.account_id == account.id)
        .order_by(col(AccountLink.role), col(Person.key))
    )
    others = [(person, _part(person, link)) for person, link in linked]
    return [(holder, Part(holder.key, HOLDER)), *others]


async def put_parts(session: AsyncSession, account: Account, parts: Sequence[Part]) -> None:
    """Let these, beside the holder, have a part in an account, and nobody else.

    Raises:
        NotFoundError: Nobody bears one of the keys.
    """
    await session.execute(delete(AccountLink).where(col(AccountLink.account_id) == account.id))
    once = {(part.person, part.role): part for part in parts}
    for part in once.values():
        person = await needed(session, Person, part.person)
        session.add(
            AccountLink(
                account_id=account.id,
                person_id=person.id,
                role=part.role,
                scope=part.scope,
                valid_from=part.valid_from,
                valid_until=part.valid_until,
            )
        )
    await session.flush()


async def accounts_of(session: AsyncSession, person: Person) -> list[tuple[Account, Part]]:
    """The accounts in which a person has a part, those they hold first."""
    held = await session.scalars(
        select(Account).where(Account.holder_id == person.id).order_by(col(Account.key))
    )
    linked = await session.execute(
        select(Account, AccountLink)
        .join(AccountLink, col(AccountLink.account_id) == col(Account.id))
        .where(AccountLink.person_id == person.id)
        .order_by(col(Account.key), col(AccountLink.role))
    )
    others = [(account, _part(person, link)) for account, link in linked]
    return [*((each, Part(person.key, HOLDER)) for each in held), *others]


def _part(person: Person, link: AccountLink) -> Part:
    return Part(person.key, link.role, link.scope, link.valid_from, link.valid_until)
