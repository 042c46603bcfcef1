"""By which words persons, accounts and premises are found."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.parties.phones import CHANNELS, national_part
from openccm.parties.search.folding import (
    address_words,
    code_words,
    mail_words,
    name_words,
    phone_words,
)
from openccm.parties.search.index import Entry, keep, words_in
from openccm.parties.tables import (
    Account,
    AccountLink,
    ContactPoint,
    Identifier,
    Person,
    Premise,
)


async def index_person(session: AsyncSession, person: Person) -> None:
    """Let a person be found as they stand, and their accounts by their name."""
    points = await session.scalars(select(ContactPoint).where(ContactPoint.person_id == person.id))
    words = person_words(person, points.all())
    words["identifier"] = await _identifiers(session, person.id)
    entry = Entry("person", person.id, person.key, person.division, words)
    terms, division = await keep(session, entry)
    if words_in(terms).get("name") != words["name"] or division != person.division:
        for account in await _accounts_of(session, person.id):
            await index_account(session, account)


async def index_account(session: AsyncSession, account: Account) -> None:
    """Let an account be found by its key, and by the names of those who have a part in it."""
    holder = await session.get_one(Person, account.holder_id)
    linked = await session.scalars(
        select(Person)
        .join(AccountLink, col(AccountLink.person_id) == col(Person.id))
        .where(AccountLink.account_id == account.id)
        .order_by(col(Person.key))
    )
    words = {
        "key": code_words(account.key),
        "identifier": await _identifiers(session, account.id),
        "name": name_words(*_names([holder, *linked])),
    }
    await keep(session, Entry("account", account.id, account.key, holder.division, words))


async def index_premise(session: AsyncSession, premise: Premise) -> None:
    """Let a premise be found by its address and by the references of others."""
    identifiers = await _identifiers(session, premise.id)
    words = {
        "key": code_words(premise.key),
        "identifier": [*code_words(premise.service_point), *identifiers],
        "address": address_words(premise.lines),
    }
    await keep(session, Entry("premise", premise.id, premise.key, premise.division, words))


async def index_party(session: AsyncSession, party: Person | Account | Premise) -> None:
    """Let an object of any kind be found as it stands."""
    match party:
        case Person():
            await index_person(session, party)
        case Account():
            await index_account(session, party)
        case Premise():
            await index_premise(session, party)


def person_words(person: Person, points: Iterable[ContactPoint]) -> dict[str, list[str]]:
    """By which words a person is found, but those of identifiers."""
    words: dict[str, list[str]] = {
        "key": code_words(person.key),
        "name": name_words(*_names([person])),
        "phone": [],
        "email": [],
        "address": [],
    }
    for point in points:
        if point.channel == "email":
            words["email"] += mail_words(point.value)
        elif point.channel in CHANNELS:
            words["phone"] += phone_words(point.value, national_part(point.value))
        elif lines := point.address.get("lines"):
            words["address"] += address_words(lines)
    return words


def _names(persons: Iterable[Person]) -> list[str]:
    return [
        name for each in persons for name in (each.name, each.given_name, each.family_name) if name
    ]


async def _identifiers(session: AsyncSession, object_id: UUID) -> list[str]:
    values = await session.scalars(
        select(Identifier.value)
        .where(Identifier.object_id == object_id)
        .order_by(col(Identifier.value))
    )
    return [word for value in values for word in code_words(value)]


async def _accounts_of(session: AsyncSession, person_id: UUID) -> Sequence[Account]:
    linked = select(AccountLink.account_id).where(AccountLink.person_id == person_id)
    statement = select(Account).where(
        or_(col(Account.holder_id) == person_id, col(Account.id).in_(linked))
    )
    return (await session.scalars(statement.order_by(col(Account.key)))).all()
