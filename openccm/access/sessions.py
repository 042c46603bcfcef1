"""Sessions: from a user's sign-in to their sign-out, or until they end by themselves."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.access.clearances import cleared_for
from openccm.access.roles import rights_of, roles_lent_to
from openccm.access.tables import User, UserSession
from openccm.errors import NotFoundError
from openccm.platform.settings import Settings

_SEEN = timedelta(minutes=1)
"""How exactly it is known when a session was last used: not every look is a write."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a session lasts."""

    idle: timedelta
    """Without being used."""
    whole: timedelta
    """However busy it is."""


def limits_of(settings: Settings) -> Limits:
    """How long sessions last in this installation."""
    return Limits(
        idle=timedelta(minutes=settings.session_idle_minutes),
        whole=timedelta(hours=settings.session_hours),
    )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody whose session goes on."""

    caller: Caller
    user: User
    session: UserSession

    @property
    def must_change(self) -> bool:
        """Whether somebody else knows their password."""
        return self.session.method == "password" and self.user.one_time_until is not None

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to write down that the session is used."""
        return now - self.session.seen_at >= _SEEN


async def open_session(
    session: AsyncSession, user: User, method: str, limits: Limits, *, now: datetime
) -> tuple[UserSession, str]:
    """A new session and its token, which is nowhere kept."""
    token = f"ocs_{secrets.token_urlsafe(32)}"
    row = UserSession(
        user_id=user.id,
        hash=_hash(token),
        method=method,
        created_at=now,
        seen_at=now,
        expires_at=now + limits.whole,
    )
    session.add(row)
    await session.flush()
    return row, token


async def find_signed_in(
    session: AsyncSession, token: str, limits: Limits, now: datetime
) -> SignedIn | None:
    """Whose session this is; None when it is unknown, has ended, or its user is switched off."""
    statement = (
        select(UserSession, User)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(UserSession.hash == _hash(token), *_alive(limits, now), col(User.active))
    )
    found = (await session.execute(statement)).first()
    if found is None:
        return None
    row, user = found
    return await signed_in(session, user, row, now)


async def signed_in(session: AsyncSession, user: User, row: UserSession, now: datetime) -> SignedIn:
    """Who a session stands for, with what they may now."""
    rights = await rights_of(session, user)
    lent = frozenset(
        each for each in await roles_lent_to(session, user, now) if each[0] not in rights.roles
    )
    caller = Caller(
        name=user.name,
        scopes=rights.scopes,
        definitions=None,
        key_id=row.id,
        expires_at=row.expires_at,
        roles=rights.roles | {role for role, _ in lent},
        divisions=rights.divisions,
        kind="user",
        lent=lent,
        cleared=await cleared_for(session, f"user:{user.name}", now),
    )
    return SignedIn(caller, user, row)


async def touch(session: AsyncSession, session_id: UUID, now: datetime) -> None:
    """Write down that a session is used."""
    await session.execute(
        update(UserSession).where(col(UserSession.id) == session_id).values(seen_at=now)
    )


async def sessions(
    session: AsyncSession, limits: Limits, now: datetime, user: str | None = None
) -> Sequence[tuple[UserSession, User]]:
    """The sessions that go on, the latest first."""
    statement = (
        select(UserSession, User)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(*_alive(limits, now), *([] if user is None else [User.name == user]))
        .order_by(col(UserSession.id).desc())
    )
    return [(row, user) for row, user in await session.execute(statement)]


async def end_session(session: AsyncSession, session_id: UUID, *, now: datetime) -> User:
    """End one session and answer whose it was.

    Raises:
        NotFoundError: There is none, or it has ended.
    """
    row = await session.get(UserSession, session_id)
    if row is None or row.ended_at is not None:
        raise NotFoundError("session", session_id)
    row.ended_at = now
    return await session.get_one(User, row.user_id)


async def end_sessions(
    session: AsyncSession, user: User, *, now: datetime, but: UUID | None = None
) -> None:
    """End all sessions of a user, but for one."""
    await session.execute(
        update(UserSession)
        .where(col(UserSession.user_id) == user.id, col(UserSession.ended_at).is_(None))
        .where(*([] if but is None else [col(UserSession.id) != but]))
        .values(ended_at=now)
    )


def _alive(limits: Limits, now: datetime) -> list[ColumnElement[bool]]:
    return [
        col(UserSession.ended_at).is_(None),
        col(UserSession.expires_at) > now,
        col(UserSession.seen_at) > now - limits.idle,
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
