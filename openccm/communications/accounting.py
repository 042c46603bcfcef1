"""The accounting identities: everything that came in is in exactly one named state.

What came in is counted from the audit trail, the states from the rows; so a row that vanished, or
one that slipped in, unbalances the sum.
"""

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.lifecycles import COMMUNICATION, REQUEST
from openccm.communications.tables import Communication, CommunicationRequest, DeliveryAttempt
from openccm.platform.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Identity:
    """One side counted from the trail, the other from the rows."""

    came_in: int
    states: dict[str, int]

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing and nothing is too much."""
        return self.came_in == sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Accounts:
    """Both identities, and how many attempts were ambiguous."""

    requests: Identity
    communications: Identity
    ambiguous_attempts: int

    @property
    def balanced(self) -> bool:
        """Whether both identities hold."""
        return self.requests.balanced and self.communications.balanced


async def accounts(session: AsyncSession) -> Accounts:
    """Count everything; give it a ``snapshot``, so that all is counted at one instant."""
    ambiguous = await session.scalar(
        select(func.count()).where(col(DeliveryAttempt.outcome).in_(["ambiguous", "interrupted"]))
    )
    return Accounts(
        requests=Identity(
            await _noted(session, "request.received"),
            await _counts(session, CommunicationRequest, REQUEST.states),
        ),
        communications=Identity(
            await _noted(session, "communication.created"),
            await _counts(session, Communication, COMMUNICATION.states),
        ),
        ambiguous_attempts=ambiguous or 0,
    )


async def _noted(session: AsyncSession, action: str) -> int:
    statement = select(func.count()).where(AuditEntry.action == action)
    return await session.scalar(statement) or 0


async def _counts(
    session: AsyncSession,
    table: type[CommunicationRequest] | type[Communication],
    states: frozenset[str],
) -> dict[str, int]:
    statement = select(table.state, func.count()).group_by(col(table.state))
    found = dict((await session.execute(statement)).all())
    return {state: found.get(state, 0) for state in sorted(states)}
