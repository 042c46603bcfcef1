"""The next to-do for an agent: the most urgent one nobody has, never the same one for two.

PostgreSQL hands out locked rows one each (``SKIP LOCKED``); SQLite has one writer at a time.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from openccm.work.commands import Claimed, Hand, take
from openccm.work.skills import shortfalls, skills_of
from openccm.work.tables import ToDo
from openccm.work.worksheet import opened


async def take_next(
    session: AsyncSession, hand: Hand, *, role: str | None = None
) -> Claimed | None:
    """Take the most urgent to-do of the caller's roles, then the one due first; None for none.

    What needs skills that the caller lacks is passed over.

    Raises:
        DeniedError: A role is named that the caller does not carry.
    """
    if role is not None:
        hand.caller.require_role(role)
    roles = hand.caller.roles if role is None else {role}
    levels = await skills_of(session, hand.caller.actor)
    beyond = set[str]()
    while True:
        found = await session.scalar(_next(hand, roles, beyond))
        if found is None:
            return None
        must = {name: need for name, need in found.skills.items() if need[1] == "error"}
        if shortfalls(must, levels):
            # All that ask for just these skills are passed over at once.
            beyond.add(found.skill_key)
            continue
        async with opened(
            session, hand.repository, found.id, actor=hand.caller.actor, now=hand.now
        ) as sheet:
            return take(sheet, hand.caller, levels)


def _next(hand: Hand, roles: Collection[str], beyond: Collection[str]) -> SelectOfScalar[ToDo]:
    wanted: list[ColumnElement[bool]] = [
        col(ToDo.free_at) <= hand.now,
        col(ToDo.role).in_(roles),
        ~col(ToDo.not_by).contains(f"\n{hand.caller.actor}\n", autoescape=True),
    ]
    if beyond:
        wanted.append(col(ToDo.skill_key).not_in(beyond))
    return (
        select(ToDo)
        .where(*wanted)
        .order_by(col(ToDo.priority), col(ToDo.due_at).nulls_last(), col(ToDo.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
