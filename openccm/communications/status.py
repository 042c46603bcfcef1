"""What providers and partners report after hand-over; a late lower status never takes back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.communications.dossier import Dossier, Verdict, opened
from openccm.communications.evidence import evidence
from openccm.communications.lifecycles import COMMUNICATION, RANK, UNDELIVERED
from openccm.communications.tables import Communication, StatusUpdate
from openccm.errors import InvalidError, NotFoundError
from openccm.parties.tables import ContactPoint
from openccm.platform import outbox


@dataclass(frozen=True, slots=True)
class Report:
    """One fact about one communication."""

    status: str
    source: str
    event_key: str
    occurred_at: datetime
    detail: str | None = None
    bad_contact_point: bool = False
    """The address itself is dead, not merely this message."""


async def apply(
    session: AsyncSession, communication_id: UUID, report: Report, *, actor: str, now: datetime
) -> Communication:
    """Keep the fact; move the communication where it proves more than what was known.

    The same event key of the same source twice changes nothing.

    Raises:
        NotFoundError: There is no such communication.
        InvalidError: The status is none that can be reported.
    """
    if report.status not in RANK:
        raise InvalidError("status", f"Report one of: {', '.join(sorted(RANK))}.")
    communication = await session.get(Communication, communication_id)
    if communication is None:
        raise NotFoundError("communication", communication_id)
    async with opened(session, communication.request_id, actor=actor, now=now) as dossier:
        communication = dossier.communications[communication_id]
        if await _known(session, report):
            return communication
        applies = RANK[report.status] > RANK.get(communication.state, 0) and COMMUNICATION.allows(
            communication.state, report.status
        )
        session.add(
            StatusUpdate(
                communication_id=communication_id,
                source=report.source,
                event_key=report.event_key,
                status=report.status,
                detail=report.detail,
                occurred_at=report.occurred_at,
                received_at=now,
                applied=applies,
            )
        )
        if applies:
            await _move(session, dossier, communication, report)
            await outbox.put(session, "wake", [communication.request_id], now)
        return communication


async def _known(session: AsyncSession, report: Report) -> bool:
    known = await session.scalar(
        select(StatusUpdate.id).where(
            StatusUpdate.source == report.source, StatusUpdate.event_key == report.event_key
        )
    )
    return known is not None


async def _move(
    session: AsyncSession, dossier: Dossier, communication: Communication, report: Report
) -> None:
    detail = {"source": report.source}
    reason = report.detail if report.status in UNDELIVERED else None
    settled_by_hand = communication.state == "error"
    dossier.move(communication, report.status, reason=reason, detail=detail)
    communication.sent_at = communication.sent_at or report.occurred_at
    inputs = {"status": report.status, "source": report.source}
    dossier.explain(Verdict(20, "choose", report.detail, inputs), communication.id)
    evidence(communication)
    if settled_by_hand and report.status == "sent":
        # Somebody made sure that it left; no receipt is to be waited for.
        communication.evidence, communication.final = "assumed", True
    if report.bad_contact_point:
        point = await session.get(ContactPoint, communication.contact_point_id)
        if point is not None:
            point.state, point.reason, point.updated_at = "invalid", "bounced", dossier.now
