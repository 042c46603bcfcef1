"""Contact points: told with a person, and kept one by one by whoever talks to that person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, NotFoundError
from openccm.parties.objects import note, stands
from openccm.parties.search.documents import index_person
from openccm.parties.tables import ContactPoint, Person

UNTOLD = "no_longer_told"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a person can be reached, as told; the order told is the order preferred."""

    channel: str
    value: str
    lines: tuple[str, ...] = ()
    verified: bool = False
    original: str = ""
    line: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    do_not_disturb: bool = False


def may_be_used(point: ContactPoint, today: date | None) -> bool:
    """Whether anything can reach the person there, on a day or whenever it holds."""
    if point.state != "active" or (point.channel == "sms" and point.line == "landline"):
        return False
    return today is None or stands(point, today)


async def contact_points_of(session: AsyncSession, person_id: UUID) -> Sequence[ContactPoint]:
    """A person's contact points, preferred first."""
    statement = (
        select(ContactPoint)
        .where(ContactPoint.person_id == person_id)
        .order_by(col(ContactPoint.channel), col(ContactPoint.rank), col(ContactPoint.id))
    )
    return (await session.scalars(statement)).all()


async def put_contact_points(
    session: AsyncSession, person_id: UUID, told: Sequence[Reach], now: datetime
) -> None:
    """Let a person be reached there, in this order, and no longer elsewhere."""
    known = {
        (point.channel, point.value): point for point in await contact_points_of(session, person_id)
    }
    once = {(reach.channel, reach.value): reach for reach in reversed(told)}
    for rank, reach in enumerate(reversed(once.values())):
        point = known.pop((reach.channel, reach.value), None)
        if point is None:
            point = ContactPoint(
                person_id=person_id, channel=reach.channel, value=reach.value, updated_at=now
            )
            session.add(point)
        elif point.state == "invalid" and (reach.verified or point.reason in (UNTOLD, REMOVED)):
            point.state, point.reason = "active", None
        point.rank, point.updated_at = rank, now
        _set(point, reach, now)
    for gone in known.values():
        if gone.state == "active":
            gone.state, gone.reason, gone.updated_at = "invalid", UNTOLD, now
    await session.flush()


async def add_contact_point(
    session: AsyncSession, person: Person, reach: Reach, *, actor: str, now: datetime
) -> ContactPoint:
    """Let a person be reached there as well, after all others of the channel.

    Raises:
        ConflictError: They already are.
    """
    points = await contact_points_of(session, person.id)
    same = [point for point in points if point.channel == reach.channel]
    point = next((each for each in same if each.value == reach.value), None)
    if point is not None and point.state == "active":
        raise ConflictError("This contact point is there already: change it instead.")
    if point is None:
        point = ContactPoint(
            person_id=person.id, channel=reach.channel, value=reach.value, updated_at=now
        )
        session.add(point)
    point.state, point.reason, point.updated_at = "active", None, now
    point.rank = max((each.rank for each in points), default=-1) + 1
    _set(point, reach, now)
    await session.flush()
    await _told(session, person, point, "added", actor=actor, now=now)
    return point


async def change_contact_point(
    session: AsyncSession,
    person: Person,
    point_id: UUID,
    changes: Mapping[str, Any],
    *,
    actor: str,
    now: datetime,
) -> ContactPoint:
    """Change how far a contact point may be used; where it leads never changes.

    Raises:
        NotFoundError: The person has no such contact point.
    """
    point = await own_contact_point(session, person, point_id)
    for name, value in changes.items():
        setattr(point, name, value)
    if "verified" in changes:
        point.verified_at = now if point.verified else None
        if point.verified and point.state == "invalid" and point.reason != REMOVED:
            point.state, point.reason = "active", None
    point.updated_at = now
    await session.flush()
    await _told(session, person, point, "changed", actor=actor, now=now, changed=sorted(changes))
    return point


async def remove_contact_point(
    session: AsyncSession, person: Person, point_id: UUID, *, actor: str, now: datetime
) -> ContactPoint:
    """Use a contact point no more; it is kept, because communications point at it.

    Raises:
        NotFoundError: The person has no such contact point.
    """
    point = await own_contact_point(session, person, point_id)
    if point.state == "active":
        point.state, point.reason, point.updated_at = "invalid", REMOVED, now
        await session.flush()
        await _told(session, person, point, "removed", actor=actor, now=now)
    return point


async def verify_contact_point(
    session: AsyncSession, person: Person, point: ContactPoint, *, actor: str, now: datetime
) -> None:
    """Somebody proved that they read what arrives there."""
    point.verified, point.verified_at, point.updated_at = True, now, now
    if point.state == "invalid" and point.reason != REMOVED:
        point.state, point.reason = "active", None
    await session.flush()
    await _told(session, person, point, "verified", actor=actor, now=now)


def _set(point: ContactPoint, reach: Reach, now: datetime) -> None:
    point.address = {"lines": list(reach.lines)} if reach.lines else {}
    if reach.verified and not point.verified:
        point.verified_at = now
    elif not reach.verified:
        point.verified_at = None
    for name in _PLAIN:
        setattr(point, name, getattr(reach, name))


_PLAIN = ("verified", "original", "line", "valid_from", "valid_until", "do_not_disturb")


async def own_contact_point(session: AsyncSession, person: Person, point_id: UUID) -> ContactPoint:
    """A person's contact point, locked.

    Raises:
        NotFoundError: The person has no such contact point.
    """
    point = await session.get(ContactPoint, point_id, with_for_update=True)
    if point is None or point.person_id != person.id:
        raise NotFoundError("contact point", point_id)
    return point


async def _told(
    session: AsyncSession,
    person: Person,
    point: ContactPoint,
    what: str,
    *,
    actor: str,
    now: datetime,
    **detail: Any,
) -> None:
    await note(
        session,
        person,
        f"contact-point-{what}",
        actor=actor,
        now=now,
        contact_point=str(point.id),
        channel=point.channel,
        **detail,
    )
    await index_person(session, person)
