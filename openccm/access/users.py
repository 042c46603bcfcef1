"""Users: how they come, change and go, and whose password is whose."""

import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.access.passwords import Fresh, fits, fresh_password, hashed, require_good
from openccm.access.roles import all_groups, all_roles, require_roles, rights_of
from openccm.access.sessions import end_sessions
from openccm.access.tables import User
from openccm.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from openccm.platform.audit import Fact, record
from openccm.platform.database import Database

NAME = r"^[a-z0-9][a-z0-9._-]{0,31}$"
"""How users are called: short, lower case, and fit for the trail."""
ADMINISTRATOR = "admin"
ONE_TIME = timedelta(days=7)
"""How long one may sign in with a password that somebody else knows."""
_KEEPS = "user:manage"


@dataclass(frozen=True, slots=True)
class UserFacts:
    """What an administrator says of a user."""

    title: str
    roles: Sequence[str] = ()
    groups: Sequence[str] = ()
    active: bool = True


async def user_by_name(session: AsyncSession, name: str) -> User:
    """The user.

    Raises:
        NotFoundError: Nobody bears this name.
    """
    found = await session.scalar(select(User).where(User.name == name))
    if found is None:
        raise NotFoundError("user", name)
    return found


async def users(session: AsyncSession) -> Sequence[User]:
    """Every user, by name."""
    return (await session.scalars(select(User).order_by(col(User.name)))).all()


async def create_user(
    session: AsyncSession, name: str, facts: UserFacts, *, actor: str, now: datetime
) -> User:
    """A new user, who cannot sign in before they have a password or come from a directory.

    Raises:
        ConflictError: Somebody bears the name.
        InvalidError: The name is none, or a role or a group is unknown.
    """
    if re.fullmatch(NAME, name) is None:
        raise InvalidError("name", f"{name} is no name for a user: it must match {NAME}")
    if await session.scalar(select(User.id).where(User.name == name)) is not None:
        raise ConflictError(f"There is a user {name} already.")
    user = User(name=name, title=facts.title, created_at=now)
    session.add(user)
    await _put(session, user, facts)
    await record(session, [fact(user, "user.created", actor, now, _told(user))])
    return user


async def change_user(
    session: AsyncSession, name: str, facts: UserFacts, *, actor: str, now: datetime
) -> User:
    """Change what a user is called and bears; one who is switched off is signed out.

    Raises:
        NotFoundError: Nobody bears this name.
        InvalidError: A role or a group is unknown.
    """
    user = await user_by_name(session, name)
    await _put(session, user, facts)
    if not user.active:
        await end_sessions(session, user, now=now)
    await record(session, [fact(user, "user.changed", actor, now, _told(user))])
    return user


async def reset_password(
    session: AsyncSession, user: User, to: Fresh, *, actor: str, now: datetime, once: bool = True
) -> None:
    """Give a local user a password that they must change, unless not ``once``; sign them out.

    Raises:
        ConflictError: They come from a directory and have no password here.
    """
    if user.issuer is not None:
        raise ConflictError(f"{user.name} signs in through {user.issuer} and has no password here.")
    user.password_hash = to.hash
    user.one_time_until = now + ONE_TIME if once else None
    await end_sessions(session, user, now=now)
    await record(session, [fact(user, "password.reset", actor, now)])


async def check_change(user: User, current: str, new: str) -> str:
    """The hash of a new password; slow, so outside of any transaction.

    Raises:
        InvalidError: The current one is wrong, or the new one is not good enough.
    """
    if not await fits(current, user.password_hash):
        raise InvalidError("current", "This is not your current password.")
    if current == new:
        raise InvalidError("password", "This is the password you have.")
    require_good(new, user.name)
    return await hashed(new)


async def ensure_administrator(database: Database, now: datetime) -> str | None:
    """The one-time password of the first user of an installation; None where there are users."""
    async with database.read() as session:
        if await _has_users(session):
            return None
    password = await fresh_password()
    async with database.begin() as session:
        if await _has_users(session):
            return None
        facts = UserFacts(title="Administrator", roles=["administrator"])
        user = await create_user(session, ADMINISTRATOR, facts, actor="first start", now=now)
        await reset_password(session, user, password, actor="first start", now=now)
    return password.plain


@asynccontextmanager
async def guarded(session: AsyncSession, caller: Caller) -> AsyncGenerator[None]:
    """Let rights be changed, so that nobody widens their own and somebody keeps the keys.

    Raises:
        DeniedError: The caller would be able to do more than before.
        ConflictError: Nobody would be left who may manage users.
    """
    own = None if caller.kind == "system" else await user_by_name(session, caller.name)
    before = None if own is None else await rights_of(session, own)
    yield
    await session.flush()
    if own is not None and before is not None:
        more = (await rights_of(session, own)).beyond(before)
        if more:
            raise DeniedError(f"Nobody gives rights to themselves: {', '.join(sorted(more))}.")
    await _require_keeper(session)


def fact(
    user: User, action: str, actor: str, now: datetime, detail: dict[str, Any] | None = None
) -> Fact:
    """An entry about a user, for the trail."""
    return Fact(
        chain=f"user:{user.name}",
        at=now,
        actor=actor,
        action=action,
        object_kind="user",
        object_id=user.name,
        detail=detail or {},
    )


async def _has_users(session: AsyncSession) -> bool:
    return await session.scalar(select(User.id).limit(1)) is not None


async def _put(session: AsyncSession, user: User, facts: UserFacts) -> None:
    await require_roles(session, facts.roles)
    known = {group.code for group in await all_groups(session)}
    for code in facts.groups:
        if code not in known:
            raise InvalidError("groups", f"There is no group {code}.")
    user.title, user.active = facts.title, facts.active
    user.roles, user.groups = sorted(set(facts.roles)), sorted(set(facts.groups))
    await session.flush()


def _told(user: User) -> dict[str, Any]:
    return {"roles": user.roles, "groups": user.groups, "active": user.active}


async def _require_keeper(session: AsyncSession) -> None:
    keeping = {role.code for role in await all_roles(session) if _KEEPS in role.scopes}
    groups = {each.code for each in await all_groups(session) if keeping & set(each.roles)}
    for user in await users(session):
        if user.active and (keeping & set(user.roles) or groups & set(user.groups)):
            return
    raise ConflictError("Nobody would be left who may manage users.")
