"""What persons are to each other: who may be told what, and who answers for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from openccm.errors import InvalidError
from openccm.parties.objects import needed, note, standing
from openccm.parties.tables import Person, Relationship

GUARDIAN = "guardian"
"""Who answers for somebody, and is addressed in their place."""


@dataclass(frozen=True, slots=True)
class Tie:
    """``other`` is the ``relation`` of ``person``; both by their keys."""

    person: str
    other: str
    relation: str
    scope: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


async def ties_of(session: AsyncSession, person: Person) -> list[Tie]:
    """What others are to a person, and what this one is to others."""
    one, other = aliased(Person), aliased(Person)
    found = await session.execute(
        select(Relationship, one.key, other.key)
        .join(one, col(one.id) == col(Relationship.person_id))
        .join(other, col(other.id) == col(Relationship.other_id))
        .where(
            or_(col(Relationship.person_id) == person.id, col(Relationship.other_id) == person.id)
        )
        .order_by(col(Relationship.relation), col(one.key), col(other.key))
    )
    return [
        Tie(mine, theirs, row.relation, row.scope, row.valid_from, row.valid_until)
        for row, mine, theirs in found
    ]


async def put_ties(
    session: AsyncSession, person: Person, ties: Sequence[Tie], *, actor: str, now: datetime
) -> None:
    """Let these be what others are to a person; what the person is to others stays.

    Raises:
        NotFoundError: Nobody bears one of the keys.
        InvalidError: Nobody is anything to themselves.
    """
    await session.execute(delete(Relationship).where(col(Relationship.person_id) == person.id))
    once = {(tie.other, tie.relation): tie for tie in ties}
    for place, tie in enumerate(once.values()):
        other = await needed(session, Person, tie.other)
        if other.id == person.id:
            raise InvalidError(f"relationships.{place}.other", "Name somebody else.")
        session.add(
            Relationship(
                person_id=person.id,
                other_id=other.id,
                relation=tie.relation,
                scope=tie.scope,
                valid_from=tie.valid_from,
                valid_until=tie.valid_until,
            )
        )
    await session.flush()
    relations = sorted({relation for _, relation in once})
    await note(session, person, "relationships-changed", actor=actor, now=now, relations=relations)


async def related(
    session: AsyncSession, person: Person, relation: str, today: date, scope: str | None = None
) -> Sequence[Person]:
    """Who is something to a person on a day, by key.

    With a ``scope`` those alone who are so for it: for everything, or for just this.
    """
    ties = select(Relationship.other_id).where(
        Relationship.person_id == person.id,
        Relationship.relation == relation,
        standing(Relationship, today),
    )
    if scope is not None:
        ties = ties.where(col(Relationship.scope).in_(("", scope)))
    wanted = select(Person).where(col(Person.id).in_(ties)).order_by(col(Person.key))
    return (await session.scalars(wanted)).all()


async def guardian_of(session: AsyncSession, person: Person, today: date) -> Person | None:
    """Who is addressed in a person's place; None where nobody answers for them.

    Of several the first by key, so that asking again gives the same one.
    """
    found = await related(session, person, GUARDIAN, today)
    return found[0] if found else None
