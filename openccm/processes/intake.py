"""From a caller's ask to an instance whose run has begun."""

import logging

from sqlalchemy.exc import IntegrityError
from temporalio.service import RPCError

from openccm.access.caller import Caller
from openccm.contracts import RunInput
from openccm.platform.temporal import Engine, run_id
from openccm.processes.beginning import Beginning, begin
from openccm.processes.book import Processes
from openccm.processes.tables import WorkflowInstance

_log = logging.getLogger(__name__)


async def take_in(
    processes: Processes, engine: Engine, asked: Beginning, *, caller: Caller
) -> WorkflowInstance:
    """Begin an instance and its run; the same key again answers the one that is there.

    Raises:
        NotFoundError: The process is not live.
        InvalidError: A field does not fit the process.
        ConflictError: The key was used for something else.
    """
    try:
        instance = await _begun(processes, asked, caller)
    except IntegrityError:
        # Two asks with one key at the same moment: the other one was first.
        instance = await _begun(processes, asked, caller)
    await start(processes, engine, instance)
    return instance


async def wake(engine: Engine, instance: WorkflowInstance) -> None:
    """Wake the run now; where Temporal is away, the outbox remembers it."""
    try:
        await engine.wake_run(run_id(instance.code, instance.system_code, instance.key))
    except (RPCError, RuntimeError) as error:
        _log.warning("wake left to the relay", extra={"error": type(error).__name__})


async def _begun(processes: Processes, asked: Beginning, caller: Caller) -> WorkflowInstance:
    desk = processes.desk
    async with desk.database.begin() as session:
        return await begin(session, processes, asked, caller=caller, now=desk.clock())


async def start(processes: Processes, engine: Engine, instance: WorkflowInstance) -> None:
    """Start the run at once where possible; where Temporal is away, the outbox remembers it."""
    desk = processes.desk
    async with desk.database.read() as session:
        stored = await desk.repository.stored(session, instance.code, instance.version)
    assert stored.plan is not None
    order = RunInput(plan=stored.plan, subject=instance.id)
    try:
        await engine.start_run(order, run_id(instance.code, instance.system_code, instance.key))
    except (RPCError, RuntimeError) as error:
        _log.warning("start left to the relay", extra={"error": type(error).__name__})
