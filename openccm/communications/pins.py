"""Which versions the work under way is pinned to."""

from collections.abc import Collection

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.lifecycles import REQUEST
from openccm.communications.tables import CommunicationRequest

_UNDER_WAY = sorted(REQUEST.states - REQUEST.terminal)


async def in_flight(session: AsyncSession, codes: Collection[str]) -> dict[tuple[str, int], int]:
    """How many requests that have not ended are pinned to each version of these definitions."""
    statement = (
        select(CommunicationRequest.definition, CommunicationRequest.version, func.count())
        .where(
            col(CommunicationRequest.state).in_(_UNDER_WAY),
            col(CommunicationRequest.definition).in_(codes),
        )
        .group_by(
            col(CommunicationRequest.definition),
            col(CommunicationRequest.version),
        )
    )
    return {(code, version): count for code, version, count in await session.execute(statement)}
