"""Channels that hand over in runs: their messages wait for the next one, which takes them out."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.desk import Desk
from openccm.communications.dossier import Dossier, Verdict, opened
from openccm.communications.facts import Facts, read_facts
from openccm.communications.last_checks import check_again
from openccm.communications.tables import Communication, DeliveryAttempt
from openccm.contracts import WAIT, StepResult
from openccm.errors import ConflictError
from openccm.platform import outbox
from openccm.platform.columns import bulk_insert, new_id

BATCH = "batch_window"
"""Why a communication that waits for a run is ``scheduled``."""

_INSERT = bulk_insert(DeliveryAttempt)


class NotWaitingError(ConflictError):
    """The communication does not wait for a run: it left, was stopped, or was never to leave."""


class HeldError(ConflictError):
    """A person holds all communications of its definition."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A communication that a run took, and what was known when it did."""

    communication: Communication
    facts: Facts


def waits_for_run(communication: Communication) -> bool:
    """Whether the next run is to take it."""
    return communication.state == "scheduled" and communication.reason == BATCH


def wait_for_run(dossier: Dossier, communication: Communication) -> StepResult:
    """Let it wait; the run wakes whoever waits for it."""
    if not waits_for_run(communication):
        told = {"until": "the next run", "rule": "letter channel"}
        dossier.explain(Verdict(16, "wait", BATCH, told), communication.id)
        if communication.state != "scheduled":
            dossier.move(communication, "scheduled", reason=BATCH)
        communication.reason = BATCH
    return StepResult(
        outcome=WAIT, waiting_for="the next run of letters", marks={"status": "scheduled"}
    )


async def take(
    desk: Desk,
    session: AsyncSession,
    request_id: UUID,
    communication_id: UUID,
    *,
    actor: str,
    adapter: str,
    reference: str,
    states: tuple[str, ...] = ("extracted",),
    final: bool = False,
) -> Taken | None:
    """Take a communication out of its wait: the last checks, the attempt, the hand-over in one.

    None where it must not leave: then it was stopped, and says why. With ``final`` nothing more is
    expected of it.

    Raises:
        NotWaitingError: It does not wait for a run; names its state.
        HeldError: Its definition is held.
    """
    now = desk.clock()
    async with opened(session, request_id, actor=actor, now=now) as dossier:
        communication = dossier.communications[communication_id]
        if not waits_for_run(communication):
            raise NotWaitingError(
                f"It does not wait for a run of letters: it is {communication.state}."
            )
        published = await desk.repository.pinned(
            session, communication.definition, communication.version
        )
        facts = await read_facts(session, dossier.request, published.definition)
        if facts.held is not None:
            raise HeldError("All communications of its definition are held.")
        await outbox.put(session, "wake", [request_id], now)
        if check_again(dossier, communication, facts) is not None:
            return None
        communication.attempts += 1
        attempt = {
            "id": new_id(),
            "communication_id": communication.id,
            "number": communication.attempts,
            "adapter": adapter,
            "started_at": now,
            "finished_at": now,
            "outcome": "accepted",
            "reference": reference,
        }
        dossier.write((_INSERT, attempt))
        told = {"attempt": communication.attempts, "answer": reference}
        dossier.explain(Verdict(19, "pass", None, told), communication.id)
        dossier.move(communication, "queued", "sending", *states)
        communication.sent_at, communication.provider_reference = now, reference
        if final:
            communication.final, communication.evidence = True, "assumed"
            dossier.complete()
        return Taken(communication, facts)
