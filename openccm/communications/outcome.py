"""What an attempt came to, and what follows from it: the failure taxonomy, answered once."""

from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.channels.port import Accepted, Channel
from openccm.communications.dossier import Dossier, Verdict
from openccm.communications.evidence import catch_up, close_contact_point
from openccm.communications.lifecycles import UNDELIVERED
from openccm.communications.tables import Communication, DeliveryAttempt
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
from openccm.language.media import medium
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
    if isinstance(answer, Ambiguous):
        return await ambiguous(session, dossier, communication, attempt, definition)
    if isinstance(answer, Retryable):
        return await _retry(session, dossier, communication, attempt, answer, definition)
    await _refused(session, dossier, communication, answer)
    verdict = "error" if communication.state == "error" else "stop"
    _explain(dossier, communication, verdict, attempt)
    return standing(dossier, communication, definition)


async def _refused(
    session: AsyncSession, dossier: Dossier, communication: Communication, answer: ChannelError
) -> None:
    """Answers after which this attempt is not made again by itself."""
    match answer:
        case NeedsReauth():
            dossier.move(communication, "error", reason=answer.code)
        case BadRecipient():
            await close_contact_point(session, communication, dossier.now)
            dossier.move(communication, "bounced", reason=answer.code)
        case OptedOut():
            session.add(_suppression(communication, dossier.now))
            dossier.move(communication, "undelivered", reason=answer.code)
        case _:
            dossier.move(communication, "failed", reason=answer.code)


def standing(
    dossier: Dossier, communication: Communication, definition: CommunicationDefinition
) -> StepResult:
    """What a communication's state means for its track, after any step."""
    state = communication.state
    marks = {"status": state}
    if state == "error":
        return StepResult(outcome=WAIT, waiting_for="a person to mend it and retry", marks=marks)
    another = state == "bounced" and medium(communication.channel).devices
    declared = any(state in use.after for use in definition.channels.values())
    if state in UNDELIVERED and (another or declared):
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

    A channel with native idempotency delivers the same key once, so it is simply asked again; one
    that can tell what it took is asked that first.
    """
    if adapter.caps.idempotency != "none":
        return None
    attempt = await session.scalar(
        select(DeliveryAttempt)
        .where(DeliveryAttempt.communication_id == communication.id)
        .order_by(col(DeliveryAttempt.number).desc())
        .limit(1)
    )
    assert attempt is not None
    attempt.finished_at, attempt.outcome = dossier.now, "interrupted"
    return await ambiguous(session, dossier, communication, attempt, definition)


async def ambiguous(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    attempt: DeliveryAttempt,
    definition: CommunicationDefinition,
) -> StepResult:
    """It may have left. A receipt settles it; else policy: a new attempt, or a person decides.

    The first new attempt is made at once, further ones by the schedule; when that is used up a
    person decides after all, because each attempt may have reached the recipient.
    """
    if communication.id in dossier.reported:
        dossier.move(communication, "sent")
        communication.sent_at = dossier.now
        await catch_up(session, dossier, communication)
        return standing(dossier, communication, definition)
    doubts = await _count(session, attempt, "ambiguous", "interrupted")
    if definition.ambiguous == "hold" or doubts > len(definition.retry) + 1:
        dossier.move(communication, "error", reason="ambiguous")
        _explain(dossier, communication, "error", attempt)
        return standing(dossier, communication, definition)
    waits = (0.0, *definition.retry)
    return _try_again(dossier, communication, attempt, "ambiguous", waits[doubts - 1])


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
    await catch_up(session, dossier, communication)
    return standing(dossier, communication, definition)


async def _retry(
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    attempt: DeliveryAttempt,
    error: Retryable,
    definition: CommunicationDefinition,
) -> StepResult:
    """Wait by the schedule; when it is used up the communication has failed."""
    failures = await _count(session, attempt, Retryable.code, Throttled.code)
    if failures > len(definition.retry):
        dossier.move(communication, "failed", reason="retries_exhausted")
        _explain(dossier, communication, "stop", attempt)
        return standing(dossier, communication, definition)
    pause = definition.retry[failures - 1]
    if isinstance(error, Throttled):
        pause = max(pause, error.retry_after)
    return _try_again(dossier, communication, attempt, error.code, pause)


def _try_again(
    dossier: Dossier,
    communication: Communication,
    attempt: DeliveryAttempt,
    reason: str,
    pause: float,
) -> StepResult:
    """Another attempt after so many seconds."""
    communication.not_before = dossier.now + timedelta(seconds=pause)
    dossier.move(communication, "retry_wait", reason=reason)
    _explain(dossier, communication, "wait", attempt)
    return StepResult(
        outcome=WAIT,
        until=communication.not_before,
        waiting_for="another attempt",
        marks={"status": "retry_wait"},
    )


async def _count(session: AsyncSession, attempt: DeliveryAttempt, *outcomes: str) -> int:
    """How many attempts ended so, this one included."""
    statement = select(func.count()).where(
        DeliveryAttempt.communication_id == attempt.communication_id,
        col(DeliveryAttempt.number) != attempt.number,
        col(DeliveryAttempt.outcome).in_(outcomes),
    )
    return 1 + (await session.scalar(statement) or 0)


def _explain(
    dossier: Dossier, communication: Communication, verdict: str, attempt: DeliveryAttempt
) -> None:
    inputs = {
        "attempt": attempt.number,
        "adapter": attempt.adapter,
        "outcome": attempt.outcome,
        "says": attempt.detail or "nobody lived to tell",
    }
    dossier.explain(Verdict(19, verdict, communication.reason, inputs), communication.id)


def _suppression(communication: Communication, now: datetime) -> Suppression:
    return Suppression(
        person_id=communication.person_id,
        channel=communication.channel,
        reason="opted_out_at_provider",
        source=f"communication:{communication.id}",
        at=now,
    )
