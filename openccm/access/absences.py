"""Absences: who stands in for whom, and from when until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.tables import Absence, User
from openccm.access.users import fact, user_by_name
from openccm.errors import InvalidError, NotFoundError
from openccm.platform.audit import record


@dataclass(frozen=True, slots=True)
class Away:
    """From when until when, and who has the work meanwhile."""

    delegate: str
    since: datetime
    until: datetime


async def set_absence(
    session: AsyncSession, name: str, away: Away, *, actor: str, now: datetime
) -> Away:
    """Let somebody stand in for a user; what was said before is replaced.

    Raises:
        NotFoundError: There is no such user.
        InvalidError: Nobody can stand in so.
    """
    user, delegate = await user_by_name(session, name), await _delegate(session, away.delegate)
    if delegate.id == user.id:
        raise InvalidError("delegate", "Nobody stands in for themselves.")
    if actor == f"user:{delegate.name}":
        raise InvalidError("delegate", "Nobody lends themselves the roles of others.")
    if away.until <= max(away.since, now):
        raise InvalidError("until", "It ends after it begins, and not in the past.")
    row = await session.get(Absence, user.id)
    if row is None:
        row = Absence(user_id=user.id, delegate_id=delegate.id, since=away.since, until=away.until)
        session.add(row)
    row.delegate_id, row.since, row.until = delegate.id, away.since, away.until
    await session.flush()
    detail = {
        "delegate": f"user:{delegate.name}",
        "since": away.since.isoformat(),
        "until": away.until.isoformat(),
    }
    await record(session, [fact(user, "absence.set", actor, now, detail)])
    return away


async def absence_of(session: AsyncSession, name: str) -> Away:
    """When a user is away, and who stands in.

    Raises:
        NotFoundError: There is no such user, or they are not away.
    """
    user = await user_by_name(session, name)
    row = await session.get(Absence, user.id)
    if row is None:
        raise NotFoundError("absence of", name)
    delegate = await session.get_one(User, row.delegate_id)
    return Away(delegate.name, row.since, row.until)


async def end_absence(session: AsyncSession, name: str, *, actor: str, now: datetime) -> None:
    """They are back, or stay after all.

    Raises:
        NotFoundError: There is no such user, or they are not away.
    """
    user = await user_by_name(session, name)
    row = await session.get(Absence, user.id)
    if row is None:
        raise NotFoundError("absence of", name)
    await session.delete(row)
    await record(session, [fact(user, "absence.ended", actor, now)])


async def _delegate(session: AsyncSession, name: str) -> User:
    found = await session.scalar(select(User).where(User.name == name, col(User.active)))
    if found is None:
        raise InvalidError("delegate", f"Nobody called {name} may sign in.")
    return found
