"""From a core system's ask to a run that serves it."""

import logging

from sqlalchemy.exc import IntegrityError
from temporalio.service import RPCError

from openccm.access.caller import Caller
from openccm.communications.accept import Ask, accept, find_replay
from openccm.communications.desk import Desk
from openccm.communications.tables import CommunicationRequest
from openccm.contracts import RunInput
from openccm.plan import Plan
from openccm.platform.temporal import Engine, run_id

_log = logging.getLogger(__name__)


async def take_in(
    desk: Desk, engine: Engine, ask: Ask, *, caller: Caller
) -> tuple[CommunicationRequest, bool]:
    """Accept an ask and start its run; answers the request and whether it was there before.

    Raises:
        NotFoundError: The definition is not published.
        InvalidError: A field does not fit the definition.
        ConflictError: The idempotency key was used for a different ask.
    """
    try:
        async with desk.database.begin() as session:
            replay = await find_replay(session, ask, caller.system_code)
            if replay is not None:
                return replay, True
            published = await desk.repository.live(session, ask.definition)
            request = await accept(
                session,
                ask,
                published.definition,
                published.version,
                caller=caller,
                now=desk.clock(),
            )
    except IntegrityError:
        # Two posts with one key at the same moment: the other one was first.
        async with desk.database.read() as session:
            replay = await find_replay(session, ask, caller.system_code)
        if replay is None:
            raise
        return replay, True
    await start(engine, request, published.plan)
    return request, False


async def start(engine: Engine, request: CommunicationRequest, plan: Plan) -> None:
    """Start the run at once where possible; where Temporal is away, the outbox remembers it."""
    order = RunInput(plan=plan, subject=request.id, priority=request.priority)
    workflow_id = run_id(request.definition, request.system_code, request.idempotency_key)
    try:
        await engine.start_run(order, workflow_id)
    except (RPCError, RuntimeError) as error:
        _log.warning("start left to the relay", extra={"error": type(error).__name__})
