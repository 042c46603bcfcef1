"""Evidence: facts reported of a communication, how much each proves, and when it is believed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.dossier import Dossier, Verdict
from openccm.communications.lifecycles import COMMUNICATION, RANK, UNDELIVERED
from openccm.communications.tables import Communication, StatusUpdate
from openccm.parties.tables import ContactPoint


async def believe(
    session: AsyncSession, dossier: Dossier, communication: Communication, fact: StatusUpdate
) -> None:
    """Let a fact change the communication's state, if it proves more than what is known.

    While an attempt is under way nothing is believed yet: a receipt can overtake our own record
    of the hand-over, which then calls ``catch_up``.
    """
    state = communication.state
    proves_more = RANK[fact.status] > RANK.get(state, -1)
    if state == "sending" or not proves_more or not COMMUNICATION.allows(state, fact.status):
        return
    fact.applied = True
    reason = fact.code if fact.status in UNDELIVERED else None
    dossier.move(communication, fact.status, reason=reason, detail={"source": fact.source})
    communication.sent_at = communication.sent_at or dossier.now
    communication.final = communication.final or _settles(fact.status)
    communication.evidence = _grade(fact.status) or communication.evidence
    inputs = {"status": fact.status, "source": fact.source}
    dossier.explain(Verdict(20, "choose", fact.code, inputs), communication.id)
    if fact.bad_contact_point:
        await close_contact_point(session, communication, dossier.now)


async def catch_up(session: AsyncSession, dossier: Dossier, communication: Communication) -> None:
    """Believe the facts that came before we could record what they are about."""
    if communication.id not in dossier.reported:
        return
    for fact in sorted(
        await _waiting(session, communication.id), key=lambda each: RANK[each.status]
    ):
        await believe(session, dossier, communication, fact)


async def close_contact_point(
    session: AsyncSession, communication: Communication, now: datetime
) -> None:
    """The address itself is dead, not merely this message."""
    point = await session.get(ContactPoint, communication.contact_point_id)
    if point is not None:
        point.state, point.reason, point.updated_at = "invalid", "bounced", now


async def _waiting(session: AsyncSession, communication_id: UUID) -> list[StatusUpdate]:
    found = await session.scalars(
        select(StatusUpdate).where(
            StatusUpdate.communication_id == communication_id,
            col(StatusUpdate.applied).is_(False),
        )
    )
    return list(found)


def _settles(status: str) -> bool:
    return status in COMMUNICATION.terminal or status in ("delivered", "dispatched")


def _grade(status: str) -> str | None:
    if status in ("delivered", "read"):
        return "proved"
    return "assumed" if status == "dispatched" else None
