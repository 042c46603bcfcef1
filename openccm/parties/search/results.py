"""What a page of hits shows: names and places, and what hangs on each, read for all at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.parties.objects import standing
from openccm.parties.search.finding import Hit
from openccm.parties.tables import Account, Occupancy, Person, Premise


@dataclass(frozen=True, slots=True)
class Near:
    """An object that a hit leads to."""

    kind: str
    key: str
    title: str


@dataclass(slots=True)
class Result:
    """A hit as it is shown."""

    hit: Hit
    title: str
    division: str
    person: Person | None = None
    """Whose flags are shown: the person, or the account's holder."""
    near: list[Near] = field(default_factory=list[Near])


async def shown(
    session: AsyncSession, hits: Sequence[Hit], today: date, name_of: Callable[[Person], str]
) -> list[Result]:
    """The hits as they stand, in their order; ``name_of`` says whom one may see."""
    ids = [hit.object_id for hit in hits]
    found: dict[UUID, Result] = {}
    by_id = {hit.object_id: hit for hit in hits}
    for person in await session.scalars(select(Person).where(col(Person.id).in_(ids))):
        found[person.id] = Result(by_id[person.id], name_of(person), person.division, person)
    accounts = await session.execute(
        select(Account, Person)
        .join(Person, col(Person.id) == col(Account.holder_id))
        .where(col(Account.id).in_(ids))
    )
    for account, holder in accounts:
        result = Result(by_id[account.id], name_of(holder), holder.division, holder)
        result.near.append(Near("person", holder.key, name_of(holder)))
        found[account.id] = result
    for premise in await session.scalars(select(Premise).where(col(Premise.id).in_(ids))):
        found[premise.id] = Result(by_id[premise.id], place_of(premise), premise.division)
    await _add_accounts(session, found)
    await _add_places(session, found, today, name_of)
    return [found[each] for each in ids if each in found]


def place_of(premise: Premise) -> str:
    """An address in one line."""
    return ", ".join(premise.lines)


async def _add_accounts(session: AsyncSession, found: dict[UUID, Result]) -> None:
    held = select(Account).where(col(Account.holder_id).in_(_of(found, "person")))
    for account in await session.scalars(held.order_by(col(Account.key))):
        near = Near("account", account.key, account.account_class)
        found[account.holder_id].near.append(near)


async def _add_places(
    session: AsyncSession,
    found: dict[UUID, Result],
    today: date,
    name_of: Callable[[Person], str],
) -> None:
    """Who is at the premises found, and where the persons found are."""
    holders = (
        select(Occupancy, Premise, Account, Person)
        .join(Premise, col(Premise.id) == col(Occupancy.premise_id))
        .outerjoin(Account, col(Account.id) == col(Occupancy.account_id))
        .outerjoin(
            Person,
            (col(Person.id) == col(Occupancy.person_id))
            | (col(Person.id) == col(Account.holder_id)),
        )
        .where(standing(Occupancy, today))
        .order_by(col(Premise.key), col(Occupancy.id))
    )
    here = holders.where(col(Premise.id).in_(_of(found, "premise")))
    for row in await session.execute(here):
        # An outer join may miss either.
        account, person = cast("tuple[Account | None, Person | None]", tuple(row)[2:])
        near = found[row[1].id].near
        if account is not None:
            near.append(Near("account", account.key, account.account_class))
        if person is not None:
            near.append(Near("person", person.key, name_of(person)))
    persons = _of(found, "person")
    for condition in (col(Occupancy.person_id).in_(persons), col(Account.holder_id).in_(persons)):
        for _, premise, _, who in await session.execute(holders.where(condition)):
            place = Near("premise", premise.key, place_of(premise))
            if who.id in found and place not in found[who.id].near:
                found[who.id].near.append(place)


def _of(found: dict[UUID, Result], kind: str) -> Iterable[UUID]:
    return [each for each, result in found.items() if result.hit.kind == kind]
