"""Who bears a role, and which actors are one and the same person (segregation of duties)."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.keys import systems_bearing
from openccm.access.roles import all_groups, all_roles
from openccm.access.tables import ApiKey, User


async def bearers_of(session: AsyncSession, role: str, now: datetime) -> set[str]:
    """The actors who bear a role now: those of whom all may have to agree."""
    people = {f"user:{user.name}" for user in await users_bearing(session, {role})}
    return people | await systems_bearing(session, role, now)


async def users_bearing(session: AsyncSession, roles: Collection[str]) -> list[User]:
    """The users who bear one of these roles of their own, by name."""
    wanted = set(roles)
    bearing = {each.code for each in await all_roles(session) if wanted & set(each.roles)}
    groups = {each.code for each in await all_groups(session) if bearing & set(each.roles)}
    users = await session.scalars(select(User).where(col(User.active)).order_by(col(User.name)))
    return [user for user in users if bearing & set(user.roles) or groups & set(user.groups)]


async def same_person(session: AsyncSession, actor: str) -> set[str]:
    """The actors who may be one person: a user, and the core systems whose keys they had issued.

    Whoever has a key issued has held it in their hand. So what a user wrote, they cannot approve
    with such a key, nor the other way round.
    """
    kind, _, name = actor.partition(":")
    if kind == "user":
        owned = select(ApiKey.system_code).where(ApiKey.owner == actor)
        return {actor, *(f"system:{code}" for code in await session.scalars(owned))}
    owners = select(ApiKey.owner).where(ApiKey.system_code == name, col(ApiKey.owner).is_not(None))
    return {actor, *(owner for owner in await session.scalars(owners) if owner)}
