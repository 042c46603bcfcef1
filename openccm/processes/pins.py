"""Which versions all the work under way is pinned to: requests and workflow instances."""

from collections.abc import Collection

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications import pins
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import WorkflowInstance

_UNDER_WAY = sorted(INSTANCE.states - INSTANCE.terminal)


async def in_flight(session: AsyncSession, codes: Collection[str]) -> dict[tuple[str, int], int]:
    """How much that has not ended is pinned to each version of these definitions."""
    statement = (
        select(WorkflowInstance.code, WorkflowInstance.version, func.count())
        .where(col(WorkflowInstance.code).in_(codes), col(WorkflowInstance.state).in_(_UNDER_WAY))
        .group_by(col(WorkflowInstance.code), col(WorkflowInstance.version))
    )
    found = {(code, version): count for code, version, count in await session.execute(statement)}
    return found | await pins.in_flight(session, codes)
