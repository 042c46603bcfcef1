"""Users from the company's directory: known from their first sign-in on, with its groups."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.oidc import Identity
from openccm.access.tables import User
from openccm.access.users import fact
from openccm.platform.audit import lock_chain, record

_ACTOR = "directory"
_ODD = re.compile(r"[^a-z0-9._-]+")
_LONGEST = 32


async def user_for(session: AsyncSession, identity: Identity, now: datetime) -> User:
    """The user a directory speaks of, made at their first sign-in; their groups are its word."""
    # Whoever signs in twice at once is made once, and nobody takes a name in between.
    await lock_chain(session, "users-from-directory")
    statement = select(User).where(User.issuer == identity.issuer, User.subject == identity.subject)
    user = await session.scalar(statement)
    groups = sorted(set(identity.groups))
    if user is None:
        user = User(
            name=await _free_name(session, identity.name),
            title=identity.title,
            issuer=identity.issuer,
            subject=identity.subject,
            groups=groups,
            created_at=now,
        )
        session.add(user)
        await session.flush()
        await record(session, [fact(user, "user.created", _ACTOR, now, {"groups": groups})])
    elif user.groups != groups:
        user.groups = groups
        await record(session, [fact(user, "user.changed", _ACTOR, now, {"groups": groups})])
    user.title = identity.title
    return user


async def _free_name(session: AsyncSession, wanted: str) -> str:
    """The name as we write names, with a number where somebody else bears it.

    So no directory hands out what a user here has: who somebody is, issuer and subject say.
    """
    name = _ODD.sub("-", wanted.partition("@")[0].lower()).strip("-._") or "user"
    taken = set(await session.scalars(select(User.name).where(col(User.name).startswith(name[:8]))))
    number, found = 1, name[:_LONGEST]
    while found in taken:
        number += 1
        found = f"{name[: _LONGEST - 1 - len(str(number))]}-{number}"
    return found
