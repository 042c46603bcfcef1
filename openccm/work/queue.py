"""The next to-do for an agent: the most urgent one nobody has, never the same one for two.

PostgreSQL hands out locked rows one each (``SKIP LOCKED``); SQLite has one writer at a time.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.reach import within
from openccm.work.commands import Claimed, Hand, take
from openccm.work.skills import shortfalls, skills_of
from openccm.work.tables import ToDo, line_of
from openccm.work.worksheet import opened_row

_NEXT = (
    select(ToDo)
    .where(
        col(ToDo.free_at) <= bindparam("now"),
        col(ToDo.role).in_(bindparam("roles", expanding=True)),
        col(ToDo.skill_key).not_in(bindparam("beyond", expanding=True)),
        func.replace(col(ToDo.not_by), bindparam("line"), "") == col(ToDo.not_by),
    )
    .order_by(col(ToDo.priority), col(ToDo.due_at).nulls_last(), col(ToDo.id))
    .limit(1)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)
"""Built once: putting it together costs as much as asking it."""


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
    wanted = _NEXT
    if hand.caller.divisions is not None:
        wanted = _NEXT.where(within(hand.caller, ToDo))
    while True:
        found = await session.scalar(wanted, _wanted(hand, roles, beyond))
        if found is None:
            return None
        must = {name: need for name, need in found.skills.items() if need[1] == "error"}
        if shortfalls(must, levels):
            # All that ask for just these skills are passed over at once.
            beyond.add(found.skill_key)
            continue
        async with opened_row(
            session, hand.repository, found, actor=hand.caller.actor, now=hand.now
        ) as sheet:
            sheet.in_place_of = hand.caller.acts_for(found.role)
            return take(sheet, hand.caller, levels)


def _wanted(hand: Hand, roles: Collection[str], beyond: Collection[str]) -> dict[str, Any]:
    return {
        "now": hand.now,
        "roles": [*roles],
        "beyond": [*beyond],
        "line": line_of(hand.caller.actor),
    }
