"""What people do to instances under way: cancel, retry, skip. See also ``migration``.

The rows are the truth. A command changes them, at once and only where that makes sense, and wakes
the run, which looks again and finds what has changed.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlmodel import col, select

from openccm.errors import ConflictError, IllegalTransitionError, InvalidError
from openccm.language.flow import NEXT
from openccm.language.process_compiler import FINISH, STOP, UNWIND
from openccm.language.steps import ERROR
from openccm.processes.book import Processes
from openccm.processes.ending import CANCELLED
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import InstanceStep, WorkflowInstance
from openccm.processes.walk import Walk, walking

_ENDS = frozenset({FINISH, STOP, UNWIND})


async def cancel(
    processes: Processes, instance_id: UUID, reason: str, *, actor: str, undoing: bool = False
) -> WorkflowInstance:
    """End an instance; what is pending is cancelled, and what was done taken back where asked.

    Raises:
        IllegalTransitionError: It has ended.
        ConflictError: It is ending already.
    """
    async with opened(processes, instance_id, actor) as walk:
        if walk.ending is not None:
            raise ConflictError(f"It is ending already, as {walk.ending}.")
        walk.end_early(CANCELLED, reason=reason, undoing=undoing)
    return walk.instance


async def retry(
    processes: Processes, instance_id: UUID, step: str, reason: str, *, actor: str
) -> WorkflowInstance:
    """Try a step again that failed.

    Raises:
        ConflictError: The step does not stand in error; says what does.
    """
    async with opened(processes, instance_id, actor) as walk:
        row = await _standing(walk, step)
        if row.state != ERROR:
            raise ConflictError(f"{step} is {row.state}; only a step in error is retried.")
        row.state, row.reason, row.entered_at = "running", None, walk.now
        walk.note("step.retried", reason=reason, step=step, visit=row.visit)
        await _mended(walk)
    return walk.instance


async def skip(
    processes: Processes,
    instance_id: UUID,
    step: str,
    reason: str,
    *,
    actor: str,
    outcome: str | None = None,
) -> WorkflowInstance:
    """Go on from a step as if it had ended with an outcome; left out, with its next step.

    Raises:
        ConflictError: The instance does not stand there; says where it does.
        InvalidError: The step has no such outcome; names those it has.
    """
    async with opened(processes, instance_id, actor) as walk:
        row = await _standing(walk, step)
        if step in _ENDS:
            raise ConflictError(f"{step} ends the instance; it can only be retried.")
        ways = walk.process.flow.ways.get(step, {NEXT: ""})
        way = outcome or NEXT
        if way not in ways:
            known = ", ".join(ways) or "no way"
            raise InvalidError("outcome", f"{step} leads on by {known} only.")
        row.state, row.way, row.reason = "skipped", way, reason
        row.outcome = "skipped"
        walk.note("step.skipped", reason=reason, step=step, visit=row.visit, way=way)
        await _mended(walk)
    return walk.instance


async def standing_steps(walk: Walk) -> list[InstanceStep]:
    """The visits that are not over."""
    rows = await walk.session.scalars(
        select(InstanceStep)
        .where(InstanceStep.instance_id == walk.instance.id, col(InstanceStep.left_at).is_(None))
        .order_by(col(InstanceStep.id))
    )
    return list(rows)


@asynccontextmanager
async def opened(
    processes: Processes, instance_id: UUID, actor: str, *, wake: bool = True
) -> AsyncGenerator[Walk]:
    """An instance that is under way; it is woken after the block.

    Raises:
        NotFoundError: There is none.
        IllegalTransitionError: It has ended.
    """
    desk = processes.desk
    async with (
        desk.database.begin() as session,
        walking(session, processes, instance_id, actor=actor, now=desk.clock()) as walk,
    ):
        if walk.instance.state in INSTANCE.terminal:
            raise IllegalTransitionError(INSTANCE.kind, walk.instance.state, "running")
        yield walk
        if wake:
            await walk.wake()


async def _standing(walk: Walk, step: str) -> InstanceStep:
    rows = await standing_steps(walk)
    for row in rows:
        if row.step == step:
            return row
    places = ", ".join(dict.fromkeys(row.step for row in rows)) or "no step yet"
    raise ConflictError(f"The instance does not stand at {step}. It stands at {places}.")


async def _mended(walk: Walk) -> None:
    """Out of error, unless another step stands in it."""
    if walk.instance.state == ERROR:
        await walk.session.flush()
        if not any(row.state == ERROR for row in await standing_steps(walk)):
            walk.move("running")
