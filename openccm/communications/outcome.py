"""What an attempt came to, and what follows from it: the failure taxonomy, answered once."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.channels.port import Accepted, Channel
from openccm.communications.dossier import Dossier, Verdict
from openccm.communications.evidence import evidence
from openccm.communications.lifecycles import COMMUNICATION, RANK, UNDELIVERED
from openccm.communications.tables import Communication, DeliveryAttempt, StatusUpdate
from openccm.contracts import WAIT, StepResult
from openccm.errors import (
    Ambiguous,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    OptedOut,
    Retryable,
    Throttled,
)
from openccm.language.communication import CommunicationDefinition
from openccm.parties.tables import ContactPoint
from openccm.privacy.tables import Suppression

RECEIPT_PATIENCE = timedelta(days=5)
"""RFC 5321 section 4.5.4.1: a sender gives up after four to five days at least."""


async def settle(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    attempt: DeliveryAttempt,
    answer: Accepted | ChannelError,
    definition: CommunicationDefinition,
) -> StepResult:
    """Write down what an attempt came to and say how its track goes on."""
    attempt.finished_at = dossier.now
    attempt.outcome = "accepted" if isinstance(answer, Accepted) else answer.code
    if isinstance(answer, Accepted):
        attempt.reference = answer.reference
        return await _accepted(session, dossier, communication, answer, definition)
    attempt.detail = str(answer)
    inputs = {"attempt": attempt.number, "adapter": attempt.adapter, "says": str(answer)}
    verdict = "wait" if isinstance(answer, Retryable) else "stop"
    dossier.explain(Verdict(19, verdict, answer.code, inputs), communication.id)
    match answer:
        case Retryable():
            return await _retry(session, dossier, communication, answer, definition)
        case Ambiguous():
            return _ambiguous(dossier, communication, definition)
        case NeedsReauth():
            dossier.move(communication, "error", reason=answer.code)
        case BadRecipient():
            await _close_contact_point(session, communication, dossier.now)
            dossier.move(communication, "bounced", reason=answer.code)
        case OptedOut():
            session.add(_suppression(communication, dossier.now))
            dossier.move(communication, "undelivered", reason=answer.code)
        case _:
            dossier.move(communication, "failed", reason=answer.code)
    return standing(dossier, communication, definition)


def standing(
    dossier: Dossier, communication: Communication, definition: CommunicationDefinition
) -> StepResult:
    """What a communication's state means for its track, after any step."""
    state = communication.state
    marks = {"status": state}
    if state == "error":
        return StepResult(outcome=WAIT, waiting_for="a person to mend it and retry", marks=marks)
    if state in UNDELIVERED and any(state in use.after for use in definition.channels.values()):
        return StepResult(outcome="fall-back", marks=marks)
    if communication.final:
        dossier.complete()
        return StepResult(outcome="ended", marks=marks)
    return StepResult(outcome="sent", marks=marks)


async def interrupted(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    adapter: Channel,
    definition: CommunicationDefinition,
) -> StepResult | None:
    """An attempt nobody lived to tell of. None means: make the same attempt again.

    A channel with native idempotency delivers the same key once, so it is simply asked again.
    """
    if adapter.caps.idempotency == "native":
        return None
    attempt = await session.scalar(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.communication_id == communication.id)
        .order_by(col(DeliveryAttempt.number).desc())
        .limit(1)
    )
    assert attempt is not None
    attempt.finished_at, attempt.outcome = dossier.now, "interrupted"
    inputs = {"attempt": attempt.number, "adapter": attempt.adapter}
    dossier.explain(Verdict(19, "wait", "interrupted", inputs), communication.id)
    return _ambiguous(dossier, communication, definition)


def _ambiguous(
    dossier: Dossier, communication: Communication, definition: CommunicationDefinition
) -> StepResult:
    """Settle by policy: send again under a new attempt, or hold it for a person."""
    if definition.ambiguous == "resend":
        dossier.move(communication, "retry_wait", reason="ambiguous")
        return StepResult(outcome=WAIT, until=dossier.now, waiting_for="another attempt")
    dossier.move(communication, "error", reason="ambiguous")
    return standing(dossier, communication, definition)


async def _accepted(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    answer: Accepted,
    definition: CommunicationDefinition,
) -> StepResult:
    inputs = {"attempt": communication.attempts, "answer": answer.reference}
    dossier.explain(Verdict(19, "pass", None, inputs), communication.id)
    dossier.move(communication, answer.status)
    communication.sent_at = dossier.now
    communication.provider_reference = answer.reference
    communication.final = not answer.receipts
    await _catch_up(session, dossier, communication)
    return standing(dossier, communication, definition)


async def _catch_up(session: AsyncSession, dossier: Dossier, communication: Communication) -> None:
    """A receipt can overtake our own record of the hand-over; apply those that waited for it."""
    early = await session.scalars(
        select(StatusUpdate).where(
            StatusUpdate.communication_id == communication.id,
            col(StatusUpdate.applied).is_(False),
        )
    )
    for update in sorted(early, key=lambda fact: RANK[fact.status]):
        if RANK[update.status] > RANK[communication.state] and COMMUNICATION.allows(
            communication.state, update.status
        ):
            update.applied = True
            inputs = {"status": update.status, "source": update.source}
            dossier.explain(Verdict(20, "choose", update.detail, inputs), communication.id)
            reason = update.detail if update.status in UNDELIVERED else None
            dossier.move(communication, update.status, reason=reason)
            evidence(communication)


async def _retry(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    error: Retryable,
    definition: CommunicationDefinition,
) -> StepResult:
    """Wait by the schedule; when it is used up the communication has failed."""
    await session.flush()  # so that this attempt counts, too
    tried = await session.scalars(
        select(DeliveryAttempt.number).where(
            DeliveryAttempt.communication_id == communication.id,
            col(DeliveryAttempt.outcome).in_([Retryable.code, Throttled.code]),
        )
    )
    failures = len(tried.all())
    if failures > len(definition.retry):
        dossier.move(communication, "failed", reason="retries_exhausted")
        return standing(dossier, communication, definition)
    pause = timedelta(seconds=definition.retry[failures - 1])
    if isinstance(error, Throttled):
        pause = max(pause, timedelta(seconds=error.retry_after))
    communication.not_before = dossier.now + pause
    dossier.move(communication, "retry_wait", reason=error.code)
    return StepResult(
        outcome=WAIT,
        until=communication.not_before,
        waiting_for="another attempt",
        marks={"status": "retry_wait"},
    )


async def _close_contact_point(
    session: AsyncSession, communication: Communication, now: datetime
) -> None:
    point = await session.get_one(ContactPoint, communication.contact_point_id)
    point.state, point.reason, point.updated_at = "invalid", "bounced", now


def _suppression(communication: Communication, now: datetime) -> Suppression:
    return Suppression(
        person_id=communication.person_id,
        channel=communication.channel,
        reason="opted_out_at_provider",
        source=f"communication:{communication.id}",
        at=now,
    )
