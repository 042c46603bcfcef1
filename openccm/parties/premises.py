"""Premises: where they are, and who is, was and will be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import InvalidError
from openccm.parties.codes import check_open
from openccm.parties.objects import Name, claimed, needed, note, put_names, standing
from openccm.parties.search.documents import index_premise
from openccm.parties.tables import Account, Occupancy, Person, Premise


@dataclass(frozen=True, slots=True)
class Stay:
    """Who is at a premise, by account, by person or by both, and how long."""

    account: str | None = None
    person: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class PremiseFacts:
    """A premise as told."""

    lines: tuple[str, ...]
    service_point: str = ""
    division: str = ""
    identifiers: tuple[Name, ...] | None = None
    """None leaves them as they are."""
    stays: tuple[Stay, ...] | None = None
    """None leaves them as they are."""


async def put_premise(
    session: AsyncSession,
    key: str,
    facts: PremiseFacts,
    *,
    actor: str,
    now: datetime,
    **detail: Any,
) -> Premise:
    """Make a premise known, or bring what is known up to date.

    Raises:
        InvalidError: The division is closed to premises that are not in it yet, or a stay is wrong.
        NotFoundError: Nothing bears a key that a stay names.
        ConflictError: Another premise bears one of the identifiers.
    """
    premise = await claimed(session, Premise, key)
    action = "changed"
    if premise is None or premise.division != facts.division:
        await check_open(session, "division", facts.division, "division")
    if premise is None:
        premise = Premise(key=key, created_at=now, updated_at=now)
        session.add(premise)
        action = "created"
    premise.lines, premise.service_point = list(facts.lines), facts.service_point
    premise.division, premise.updated_at = facts.division, now
    await session.flush()
    if facts.identifiers is not None:
        await put_names(session, premise, facts.identifiers)
    if facts.stays is not None:
        await _put_stays(session, premise, facts.stays)
    await note(session, premise, action, actor=actor, now=now, **detail)
    await index_premise(session, premise)
    return premise


async def stays_at(session: AsyncSession, premise_id: UUID) -> list[Stay]:
    """Who is, was and will be there, the latest first."""
    found = await session.execute(
        select(Occupancy, Account, Person)
        .outerjoin(Account, col(Account.id) == col(Occupancy.account_id))
        .outerjoin(Person, col(Person.id) == col(Occupancy.person_id))
        .where(Occupancy.premise_id == premise_id)
    )
    stays = [
        Stay(
            account.key if account else None,
            person.key if person else None,
            stay.valid_from,
            stay.valid_until,
        )
        for stay, account, person in found
    ]
    return sorted(stays, key=lambda stay: stay.valid_from or date.min, reverse=True)


async def premises_of(session: AsyncSession, person: Person, today: date) -> Sequence[Premise]:
    """Where a person is on a day: by name, or by an account they hold."""
    held = select(Account.id).where(Account.holder_id == person.id)
    there = select(Occupancy.premise_id).where(
        or_(col(Occupancy.person_id) == person.id, col(Occupancy.account_id).in_(held)),
        standing(Occupancy, today),
    )
    wanted = select(Premise).where(col(Premise.id).in_(there)).order_by(col(Premise.key))
    return (await session.scalars(wanted)).all()


async def _put_stays(session: AsyncSession, premise: Premise, stays: Sequence[Stay]) -> None:
    await session.execute(delete(Occupancy).where(col(Occupancy.premise_id) == premise.id))
    for place, stay in enumerate(dict.fromkeys(stays)):
        if stay.account is None and stay.person is None:
            raise InvalidError(f"occupants.{place}", "Name the account or the person who is there.")
        account = await needed(session, Account, stay.account) if stay.account else None
        person = await needed(session, Person, stay.person) if stay.person else None
        session.add(
            Occupancy(
                premise_id=premise.id,
                account_id=account.id if account else None,
                person_id=person.id if person else None,
                valid_from=stay.valid_from,
                valid_until=stay.valid_until,
            )
        )
    await session.flush()
