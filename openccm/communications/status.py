"""What providers and partners report after hand-over; a late lower status never takes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.communications.dossier import opened
from openccm.communications.evidence import believe
from openccm.communications.lifecycles import RANK
from openccm.communications.tables import Communication, StatusUpdate
from openccm.errors import IllegalTransitionError, InvalidError, NotFoundError
from openccm.platform import outbox


@dataclass(frozen=True, slots=True)
class Report:
    """One fact about one communication."""

    status: str
    source: str
    event_key: str
    occurred_at: datetime
    code: str | None = None
    """Why, as a code such as ``5.1.1``; it goes on the trail and to the core system."""
    detail: str | None = None
    """The reporter's own words; they stay with the fact."""
    bad_contact_point: bool = False
    """The address itself is dead, not merely this message."""


_NOT_LEFT = frozenset({"pending", "composed", "in_editing", "in_approval", "rendered", "scheduled"})


async def apply(
    session: AsyncSession, communication_id: UUID, report: Report, *, actor: str, now: datetime
) -> Communication:
    """Keep the fact; move the communication where it proves more than what was known.

    The same event key of the same source twice changes nothing.

    Raises:
        NotFoundError: There is no such communication.
        InvalidError: The status is none that can be reported.
        IllegalTransitionError: It was never handed over.
    """
    if report.status not in RANK:
        raise InvalidError("status", f"Report one of: {', '.join(sorted(RANK))}.")
    communication = await session.get(Communication, communication_id)
    if communication is None:
        raise NotFoundError("communication", communication_id)
    if communication.attempts == 0 and communication.state in _NOT_LEFT:
        raise IllegalTransitionError("communication", communication.state, report.status)
    async with opened(session, communication.request_id, actor=actor, now=now) as dossier:
        communication = dossier.communications[communication_id]
        if await _known(session, report):
            return communication
        fact = StatusUpdate(
            communication_id=communication_id,
            source=report.source,
            event_key=report.event_key,
            status=report.status,
            code=report.code,
            detail=report.detail,
            bad_contact_point=report.bad_contact_point,
            occurred_at=report.occurred_at,
            received_at=now,
        )
        session.add(fact)
        await believe(session, dossier, communication, fact)
        if fact.applied:
            await outbox.put(session, "wake", [communication.request_id], now)
        return communication


async def _known(session: AsyncSession, report: Report) -> bool:
    known = await session.scalar(
        select(StatusUpdate.id).where(
            StatusUpdate.source == report.source, StatusUpdate.event_key == report.event_key
        )
    )
    return known is not None
