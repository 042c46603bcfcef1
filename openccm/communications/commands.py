"""What people do to requests under way: cancel, hold, release, retry, resend.

The rows are the truth. A command changes them, at once and only where the life cycle allows it,
and wakes the run, which looks again and finds what has changed.
"""

import logging
from typing import Literal
from uuid import UUID

from temporalio.service import RPCError

from openccm.communications import queries
from openccm.communications.accept import Ask
from openccm.communications.desk import Desk
from openccm.communications.dossier import Dossier, opened
from openccm.communications.giving_up import cancel, children
from openccm.communications.tables import CommunicationRequest
from openccm.errors import IllegalTransitionError
from openccm.platform import outbox
from openccm.platform.temporal import Engine, run_id
from openccm.repository import holds

_log = logging.getLogger(__name__)

Command = Literal["cancel", "hold", "release", "retry"]


async def command(
    desk: Desk, engine: Engine, request_id: UUID, name: Command, reason: str, *, actor: str
) -> CommunicationRequest:
    """Carry out a command on a request.

    Raises:
        NotFoundError: There is no such request.
        IllegalTransitionError: It is not in a state for this; names the state.
    """
    async with desk.database.begin() as session:
        async with opened(session, request_id, actor=actor, now=desk.clock()) as dossier:
            _COMMANDS[name](dossier, reason)
        await outbox.put(session, "wake", [request_id], desk.clock())
        request = dossier.request
    await wake(engine, request)
    return request


async def wake(engine: Engine, request: CommunicationRequest) -> None:
    """Wake the run now; where Temporal is away, the outbox remembers it."""
    workflow_id = run_id(request.definition, request.system_code, request.idempotency_key)
    try:
        await engine.wake_run(workflow_id)
    except (RPCError, RuntimeError) as error:
        _log.warning("wake left to the relay", extra={"error": type(error).__name__})


def copy(original: CommunicationRequest, idempotency_key: str, channel: str | None) -> Ask:
    """The same ask once more, under its own key."""
    return Ask(
        definition=original.definition,
        idempotency_key=idempotency_key,
        person=original.person_key,
        account=original.account_key,
        payload=original.payload,
        correlation=original.correlation,
        channel=channel or original.channel_override,
        priority=original.priority,
        copy_of=original.id,
    )


def _hold(dossier: Dossier, reason: str) -> None:
    dossier.move_request("held", reason)


def _release(dossier: Dossier, reason: str) -> None:
    if dossier.request.state != "held":
        raise IllegalTransitionError("request", dossier.request.state, "accepted")
    dossier.move_request(_released(dossier), reason)


def _released(dossier: Dossier) -> str:
    """Back to where it was held: before its time it waits for its time."""
    later = dossier.request.send_after
    return "scheduled" if later is not None and later > dossier.now else "accepted"


def _retry(dossier: Dossier, reason: str) -> None:
    if dossier.request.state == "error":
        dossier.move_request("gathering", reason)
        return
    failed = [each for each in dossier.communications.values() if each.state == "error"]
    if not failed:
        raise IllegalTransitionError("request", children(dossier), "gathering")
    for communication in failed:
        # With its document fixed it goes on at hand-over, else it is composed anew.
        target = "queued" if communication.document_hash else "pending"
        dossier.move(communication, target, reason=reason)


_COMMANDS = {"cancel": cancel, "hold": _hold, "release": _release, "retry": _retry}


async def release_definition(
    desk: Desk, engine: Engine, code: str, reason: str, *, actor: str
) -> int:
    """Switch a definition's kill switch off and let all that waited go on; answers how many.

    Raises:
        ConflictError: The definition is not held.
    """
    now = desk.clock()
    async with desk.database.begin() as session:
        await holds.release(session, code, reason, actor=actor, now=now)
        waiting = await queries.held_by_definition(session, code)
        await outbox.put(session, "wake", waiting, now)
        for request_id in waiting:
            async with opened(session, request_id, actor=actor, now=now) as dossier:
                if dossier.request.state == "held":
                    dossier.move_request(_released(dossier), reason)
    return len(waiting)
