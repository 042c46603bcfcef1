"""Who belongs to an account: its holder, and its members with their roles."""

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
class Member:
    """A person with a role in an account."""

    person: str
    """Their key."""
    role: str
    scope: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


async def members_of(session: AsyncSession, account: Account) -> list[tuple[Person, Member]]:
    """Everybody who belongs, belonged or will belong to an account, its holder first."""
    holder = await session.get_one(Person, account.holder_id)
    linked = await session.execute(
        select(Person, AccountLink)
        .join(AccountLink, col(AccountLink.person_id) == col(Person.id))
        .where(AccountLink.account_id == account.id)
        .order_by(col(AccountLink.role), col(Person.key))
    )
    others = [(person, _member(person, link)) for person, link in linked]
    return [(holder, Member(holder.key, HOLDER)), *others]


async def put_members(session: AsyncSession, account: Account, members: Sequence[Member]) -> None:
    """Let these, beside the holder, belong to an account, and nobody else.

    Raises:
        NotFoundError: Nobody bears one of the keys.
    """
    await session.execute(delete(AccountLink).where(col(AccountLink.account_id) == account.id))
    once = {(member.person, member.role): member for member in members}
    for member in once.values():
        person = await needed(session, Person, member.person)
        session.add(
            AccountLink(
                account_id=account.id,
                person_id=person.id,
                role=member.role,
                scope=member.scope,
                valid_from=member.valid_from,
                valid_until=member.valid_until,
            )
        )
    await session.flush()


async def accounts_of(session: AsyncSession, person: Person) -> list[tuple[Account, Member]]:
    """The accounts that a person belongs to, those they hold first."""
    held = await session.scalars(
        select(Account).where(Account.holder_id == person.id).order_by(col(Account.key))
    )
    linked = await session.execute(
        select(Account, AccountLink)
        .join(AccountLink, col(AccountLink.account_id) == col(Account.id))
        .where(AccountLink.person_id == person.id)
        .order_by(col(Account.key), col(AccountLink.role))
    )
    others = [(account, _member(person, link)) for account, link in linked]
    return [*((each, Member(person.key, HOLDER)) for each in held), *others]


def _member(person: Person, link: AccountLink) -> Member:
    return Member(person.key, link.role, link.scope, link.valid_from, link.valid_until)
