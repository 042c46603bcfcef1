"""The people who work at the demo company, and the passwords that were made up for them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from demo.company import ACTOR, key_file, write_secret
from openccm.access.passwords import fresh_password
from openccm.access.roles import all_roles, put_role
from openccm.access.tables import Role
from openccm.access.users import (
    ADMINISTRATOR,
    UserFacts,
    create_user,
    ensure_administrator,
    reset_password,
    users,
)
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.settings import Settings

STAFF: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "ag1": ("Agent One", ("agent", "collections")),
    "ag2": ("Agent Two", ("agent", "collections")),
    "ag3": ("Agent Three, North", ("agent", "collections", "north")),
    "ag4": ("Agent Four, South", ("agent", "collections", "south")),
    "su1": ("Supervisor One", ("supervisor", "collections")),
    "bu1": ("Business User One", ("business-user",)),
    "ap-legal": ("Approver for Legal", ("approver", "legal")),
    "ap-brand": ("Approver for the Brand", ("approver", "brand")),
    "po1": ("Privacy Officer One", ("privacy-officer",)),
    "op1": ("Operator One", ("operator",)),
    "ad1": ("Administrator One", ("administrator",)),
}
"""Everybody, by name: what they are called, and which roles they bear."""
_ROLES: Mapping[str, dict[str, Any]] = {
    "collections": {"roles": ["collections"]},
    "legal": {"roles": ["legal"]},
    "brand": {"roles": ["brand"]},
    "north": {"divisions": ["NORTH"]},
    "south": {"divisions": ["SOUTH"]},
}


async def seed_staff(settings: Settings) -> None:
    """Let everybody sign in; who is known already keeps what they have."""
    database, now = Database(settings.database_url), utc_now()
    try:
        first = await ensure_administrator(database, now)
        if first is not None:
            write_secret(key_file(settings, f"{ADMINISTRATOR}.password"), first)
        async with database.read() as session:
            known = {user.name for user in await users(session)}
        wanted = [name for name in STAFF if name not in known]
        passwords = await asyncio.gather(*(fresh_password() for _ in wanted))
        async with database.begin() as session:
            await _seed_roles(session, now)
            for name, password in zip(wanted, passwords, strict=True):
                facts = UserFacts(*STAFF[name])
                user = await create_user(session, name, facts, actor=ACTOR, now=now)
                # It stays as it stands in the file: whoever tries the demo shall find it there.
                await reset_password(session, user, password, actor=ACTOR, now=now, once=False)
                write_secret(key_file(settings, f"{name}.password"), password.plain)
    finally:
        await database.close()


async def _seed_roles(session: AsyncSession, now: datetime) -> None:
    known = {role.code for role in await all_roles(session)}
    for code, rights in _ROLES.items():
        if code not in known:
            role = Role(code=code, title=code.title(), **rights)
            await put_role(session, role, actor=ACTOR, now=now)
