"""Clearances: whoever must see a person with the VIP flag asks, and somebody who may lets them.

They hold for a while, are never one's own to give, and stand on the person's trail.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.access.masking import VIP
from openccm.access.reach import persons_within, require_person
from openccm.access.tables import Clearance
from openccm.errors import ConflictError, DeniedError, NotFoundError
from openccm.parties.objects import note
from openccm.parties.tables import Person
from openccm.platform.lifecycle import LifeCycle, ways

CLEARANCE = LifeCycle(
    kind="clearance",
    initial=frozenset({"asked"}),
    ways=ways("""
        asked: granted refused
        granted: ended
        refused:
        ended:
    """),
)
LONGEST = timedelta(days=30)


async def ask(
    session: AsyncSession, caller: Caller, person: Person, reason: str, now: datetime
) -> Clearance:
    """Ask to see a person; asked again before it is decided, it is the same.

    Raises:
        DeniedError: A core system asks; it sees everybody as it is.
        ConflictError: There is nothing to ask for.
    """
    if caller.kind != "user":
        raise DeniedError("This is for users; core systems see all persons in full.")
    if not person.vip or VIP in caller.scopes or person.id in caller.cleared:
        raise ConflictError("You see this person in full already.")
    standing = await session.scalar(
        select(Clearance).where(
            Clearance.person_id == person.id,
            Clearance.asked_by == caller.actor,
            Clearance.state == "asked",
        )
    )
    if standing is not None:
        return standing
    row = Clearance(person_id=person.id, asked_by=caller.actor, reason=reason, asked_at=now)
    session.add(row)
    await session.flush()
    await _note(session, row, person, caller, now, reason)
    return row


async def decide(
    session: AsyncSession,
    caller: Caller,
    clearance_id: UUID,
    state: str,
    reason: str,
    *,
    now: datetime,
    until: datetime | None = None,
) -> tuple[Clearance, Person]:
    """Grant, refuse or end a clearance.

    Raises:
        NotFoundError: There is none.
        HiddenError: Its person belongs to another division.
        DeniedError: It is the caller's own, or they do not see such persons themselves.
        IllegalTransitionError: It was decided before.
    """
    caller.require(VIP)
    row = await session.get(Clearance, clearance_id, with_for_update=True)
    if row is None:
        raise NotFoundError("clearance", clearance_id)
    person = await session.get_one(Person, row.person_id)
    require_person(caller, person)
    if row.asked_by == caller.actor:
        raise DeniedError("Nobody decides about what they asked for.")
    CLEARANCE.check(row.state, state)
    row.state, row.decided_by, row.decided_at = state, caller.actor, now
    row.until = until or row.until
    await session.flush()
    await _note(session, row, person, caller, now, reason)
    return row, person


async def clearances(
    session: AsyncSession, caller: Caller, state: str | None
) -> Sequence[tuple[Clearance, Person]]:
    """The newest hundred: of all who ask, for those who may decide; else the caller's own."""
    statement = (
        select(Clearance, Person)
        .join(Person, col(Person.id) == col(Clearance.person_id))
        .where(persons_within(caller))
        .order_by(col(Clearance.id).desc())
        .limit(100)
    )
    if VIP not in caller.scopes:
        statement = statement.where(Clearance.asked_by == caller.actor)
    if state is not None:
        statement = statement.where(Clearance.state == state)
    return [(row, person) for row, person in await session.execute(statement)]


async def cleared_for(session: AsyncSession, actor: str, now: datetime) -> frozenset[UUID]:
    """The persons whom a user may see now because somebody let them."""
    statement = select(Clearance.person_id).where(
        Clearance.asked_by == actor,
        Clearance.state == "granted",
        col(Clearance.until) > now,
    )
    return frozenset(await session.scalars(statement))


async def _note(
    session: AsyncSession,
    row: Clearance,
    person: Person,
    caller: Caller,
    now: datetime,
    reason: str,
) -> None:
    detail = {"clearance": str(row.id), "for": row.asked_by}
    if row.state == "granted" and row.until is not None:
        detail["until"] = row.until.isoformat()
    action = f"clearance_{row.state}"
    await note(session, person, action, actor=caller.actor, now=now, reason=reason, **detail)
