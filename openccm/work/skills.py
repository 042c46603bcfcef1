"""What agents are able to do, and whether that is enough for a to-do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.platform.audit import Fact, record
from openccm.work.tables import AgentSkill

_LEVELS = select(AgentSkill.skill, AgentSkill.level).where(
    col(AgentSkill.actor) == bindparam("actor")
)


class Shortfall(NamedTuple):
    """A skill that an agent lacks."""

    skill: str
    level: int
    mode: str
    """``error`` keeps them from taking the to-do, ``warn`` does not."""


async def skills_of(session: AsyncSession, actor: str) -> dict[str, int]:
    """An agent's levels by skill."""
    rows = await session.execute(_LEVELS, {"actor": actor})
    return {row.skill: row.level for row in rows}


async def set_skills(
    session: AsyncSession, actor: str, levels: Mapping[str, int], *, by: str, now: datetime
) -> None:
    """Say all that an agent is able to do; what is not named they are not."""
    await session.execute(delete(AgentSkill).where(col(AgentSkill.actor) == actor))
    session.add_all(
        AgentSkill(actor=actor, skill=skill, level=level) for skill, level in levels.items()
    )
    fact = Fact(
        chain=f"agent:{actor}",
        at=now,
        actor=by,
        action="agent.skills_set",
        object_kind="agent",
        object_id=actor,
        detail={"skills": dict(levels)},
    )
    await session.flush()
    await record(session, [fact])


def shortfalls(needed: Mapping[str, Any], levels: Mapping[str, int]) -> list[Shortfall]:
    """What an agent lacks of what a to-do needs."""
    return [
        Shortfall(skill, level, mode)
        for skill, (level, mode) in needed.items()
        if levels.get(skill, 0) < level
    ]
