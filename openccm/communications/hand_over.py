"""Hand over: the last checks, the attempt, the call, and what came of it (steps 16 to 19).

The attempt is written before the call, so no call can happen unrecorded. A crash between the two
writes leaves an attempt without an outcome: nobody knows whether the message left. It is counted
as ambiguous and settled by the definition's policy, never blindly repeated.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.channels.port import Accepted, Channel, Outbound
from openccm.channels.verp import make_token, return_address
from openccm.communications import outcome
from openccm.communications.batch import wait_for_run, waits_for_run
from openccm.communications.desk import Desk
from openccm.communications.dossier import Dossier, Verdict, opened
from openccm.communications.facts import Facts, read_facts
from openccm.communications.last_checks import check_again
from openccm.communications.quiet_hours import next_allowed
from openccm.communications.tables import Communication, DeliveryAttempt
from openccm.content.documents import fetch
from openccm.contracts import WAIT, StepInput, StepResult
from openccm.errors import Ambiguous, ChannelError, StorageError
from openccm.platform.columns import bulk_insert, new_id
from openccm.platform.database import is_away
from openccm.platform.rows import changes, objects, read, reading

_INSERT = bulk_insert(DeliveryAttempt)
_DOCUMENT = select(col(Communication.document_hash)).where(col(Communication.id) == bindparam("id"))
_ATTEMPT = reading(DeliveryAttempt).where(
    col(DeliveryAttempt.communication_id) == bindparam("id"),
    col(DeliveryAttempt.number) == bindparam("number"),
)

_log = logging.getLogger(__name__)
_STORE_PAUSE = timedelta(seconds=30)
_DATABASE_PAUSE = 0.5
_READY = frozenset({"rendered", "scheduled", "queued", "retry_wait"})


@dataclass(frozen=True, slots=True)
class _Try:
    """An attempt that is written down and may now be made."""

    number: int
    outbound: Outbound
    repeated: bool
    """It was made before, and nobody lived to tell what came of it."""


async def hand_over(desk: Desk, step: StepInput) -> StepResult:
    """Hand one communication to its channel, or say why not now or not at all."""
    assert step.communication_id is not None
    content = await _content(desk, step.communication_id)
    if content is None:
        until = desk.clock() + _STORE_PAUSE
        return StepResult(outcome=WAIT, until=until, waiting_for="the document store")
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        communication = dossier.communications[step.communication_id]
        adapter = desk.channels.for_channel(communication.channel)
        decided = await _decide(desk, session, dossier, communication, adapter, content)
    if isinstance(decided, StepResult):
        return decided
    answer = await _call(adapter, decided)
    while True:
        try:
            return await _record(desk, step, decided.number, answer)
        except SQLAlchemyError as error:
            # Not left to another try: what the provider answered is known here and nowhere else.
            if not is_away(error):
                raise
            _log.warning("answer waits", extra={"error": type(error).__name__})
            await asyncio.sleep(_DATABASE_PAUSE)


async def _record(
    desk: Desk, step: StepInput, number: int, answer: Accepted | ChannelError
) -> StepResult:
    """Write down what an attempt came to."""
    assert step.communication_id is not None
    async with (
        desk.database.begin() as session,
        opened(session, step.subject, actor="engine", now=desk.clock()) as dossier,
    ):
        communication = dossier.communications[step.communication_id]
        known = {"id": communication.id, "number": number}
        (row,) = await read(session, _ATTEMPT, known)
        (attempt,) = objects(row, DeliveryAttempt)
        if attempt.outcome is not None:
            if attempt.outcome == "interrupted":
                # Taken for dead meanwhile, and settled by policy: this comes too late to count.
                attempt.detail = f"answered after all: {_said(answer)}"
                dossier.write(*changes(attempt))
            return StepResult(outcome=WAIT, until=dossier.now, waiting_for="another look")
        published = await desk.repository.pinned(
            session, communication.definition, communication.version
        )
        result = await outcome.settle(
            session, dossier, communication, attempt, answer, published.definition
        )
        dossier.write(*changes(attempt))
        return result


async def _decide(
    desk: Desk,
    session: AsyncSession,
    dossier: Dossier,
    communication: Communication,
    adapter: Channel,
    content: bytes,
) -> StepResult | _Try:
    published = await desk.repository.pinned(
        session, communication.definition, communication.version
    )
    definition = published.definition
    if communication.state == "sending":
        interrupted = await outcome.interrupted(
            session, dossier, communication, adapter, definition
        )
        if interrupted is not None:
            return interrupted
    elif communication.state not in _READY:
        return outcome.standing(dossier, communication, definition)
    facts = await read_facts(session, dossier.request, definition)
    if communication.state == "sending":
        return _outbound(desk, communication, facts, content, repeated=True)
    stop = _not_now(dossier, communication, facts, batch=adapter.caps.batch)
    if stop is not None:
        return stop
    _begin(dossier, communication, adapter)
    return _outbound(desk, communication, facts, content, repeated=False)


def _not_now(
    dossier: Dossier, communication: Communication, facts: Facts, *, batch: bool
) -> StepResult | None:
    """Steps 16 to 18: what keeps it from leaving now, or at all."""
    if not batch:
        return _schedule(dossier, communication, facts) or check_again(
            dossier, communication, facts
        )
    if facts.held is None and waits_for_run(communication):
        return wait_for_run(dossier, communication)
    return _schedule(dossier, communication, facts) or wait_for_run(dossier, communication)


def _schedule(dossier: Dossier, communication: Communication, facts: Facts) -> StepResult | None:
    """Step 16: the kill switch, the time of a retry, quiet hours."""
    if facts.held is not None:
        return _postpone(dossier, communication, "definition_held", None)
    if communication.not_before is not None and communication.not_before > dossier.now:
        until = communication.not_before
        reason = communication.reason or communication.state
        return StepResult(outcome=WAIT, until=until, waiting_for=reason.replace("_", " "))
    allowed, rule = next_allowed(facts, dossier.now)
    if allowed > dossier.now:
        communication.not_before = allowed
        return _postpone(dossier, communication, "quiet_hours", rule)
    communication.not_before = None
    dossier.explain(Verdict(16, "pass", rule), communication.id)
    dossier.explain(Verdict(17, "skip", "none_declared"), communication.id)
    return None


def _postpone(
    dossier: Dossier, communication: Communication, reason: str, rule: str | None
) -> StepResult:
    until = communication.not_before
    if communication.state != "scheduled" or communication.reason != reason:
        inputs = {"until": until.isoformat() if until else None, "rule": rule}
        dossier.explain(Verdict(16, "wait", reason, inputs), communication.id)
        if communication.state != "scheduled":
            dossier.move(communication, "scheduled", reason=reason)
        communication.reason = reason
    waiting_for = reason.replace("_", " ")
    marks = {"status": "scheduled"}
    return StepResult(outcome=WAIT, until=until, waiting_for=waiting_for, marks=marks)


def _begin(dossier: Dossier, communication: Communication, adapter: Channel) -> None:
    """Write the attempt down. From the commit on, the message may have left."""
    if communication.state != "queued":
        dossier.move(communication, "queued")
    dossier.move(communication, "sending")
    communication.attempts += 1
    attempt = {
        "id": new_id(),
        "communication_id": communication.id,
        "number": communication.attempts,
        "adapter": adapter.name,
        "started_at": dossier.now,
    }
    dossier.write((_INSERT, attempt))


def _outbound(
    desk: Desk, communication: Communication, facts: Facts, content: bytes, *, repeated: bool
) -> _Try:
    """What is handed over, and to whom."""
    points = {point.id: point for point in facts.contact_points}
    assert communication.media_type is not None
    token = make_token(desk.vault.receipts, communication.id, communication.attempts)
    outbound = Outbound(
        key=f"{communication.id}/{communication.attempts}",
        communication_id=str(communication.id),
        recipient=points[communication.contact_point_id].value,
        sender=return_address(token, desk.settings.mail_domain),
        media_type=communication.media_type,
        content=content,
        metadata={
            "definition": communication.definition,
            "language": communication.language,
        },
    )
    return _Try(communication.attempts, outbound, repeated)


async def _content(desk: Desk, communication_id: UUID) -> bytes | None:
    """What is handed over; None while the document store does not give it.

    Looked up before the attempt is written: our own trouble uses up nobody's retries.
    """
    try:
        async with desk.database.read() as session:
            ((digest,),) = await read(session, _DOCUMENT, {"id": communication_id})
            return await fetch(session, desk.store, digest) if digest is not None else b""
    except StorageError:
        return None


async def _call(adapter: Channel, attempt: _Try) -> Accepted | ChannelError:
    """Make the call. Whatever the adapter answers is an outcome.

    Where it is unknown whether the call happened, a provider that can tell is asked.
    """
    answer: Accepted | ChannelError = Ambiguous("Nobody lived to tell.")
    can_tell = adapter.caps.idempotency == "lookup"
    try:
        if not (attempt.repeated and can_tell):
            answer = await adapter.send(attempt.outbound)
    except ChannelError as error:
        answer = error
    if isinstance(answer, Ambiguous) and can_tell:
        return await adapter.lookup(attempt.outbound) or answer
    return answer


def _said(answer: Accepted | ChannelError) -> str:
    return answer.reference if isinstance(answer, Accepted) else str(answer)
