"""The ends of an instance: as planned, early, and taking back what was done."""

from collections.abc import Mapping, Set
from uuid import UUID

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select

from openccm.communications.dossier import opened
from openccm.communications.giving_up import give_up
from openccm.communications.lifecycles import REQUEST
from openccm.communications.tables import CommunicationRequest
from openccm.language.process_compiler import ENDED, UNWIND
from openccm.language.steps import ERROR, EndStep, SendStep, StartStep
from openccm.platform import outbox
from openccm.processes.deeds import Left, Visit
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import EventWatch, InstanceStep, WorkflowInstance
from openccm.processes.walk import Walk, walking
from openccm.work.raising import cancel_todos_of
from openccm.work.tables import ToDo

DONE = "done"
"""The outcome of an instance whose steps name none."""

CANCELLED = "cancelled"
"""The outcome of one that a person cancelled."""


async def end(visit: Visit, step: EndStep) -> Left:
    """The end that an author wrote."""
    visit.walk.instance.outcome = step.outcome
    if step.undoing and visit.walk.process.definition.undo:
        return Left(UNWIND)
    return await over(visit.walk)


async def finish(visit: Visit) -> Left:
    """The end after the last step."""
    visit.walk.instance.outcome = DONE
    return await over(visit.walk)


async def stop(visit: Visit) -> Left:
    """The end before its time: what is pending is cancelled."""
    walk = visit.walk
    walk.instance.outcome = walk.instance.stopping
    await cancel_pending(visit)
    if walk.instance.undoing and walk.process.definition.undo:
        return Left(UNWIND)
    return await over(walk)


async def unwind(visit: Visit) -> Left:
    """Take back the latest deed that can be and was not yet; then end."""
    walk = visit.walk
    left = await walk.session.scalars(
        select(InstanceStep)
        .where(
            InstanceStep.instance_id == walk.instance.id,
            col(InstanceStep.state).in_(("done", "stopped")),
            col(InstanceStep.undone).is_(False),
        )
        .order_by(col(InstanceStep.left_at).desc(), col(InstanceStep.id).desc())
    )
    steps = walk.process.definition.steps
    for row in left.all():
        step = steps.get(row.step)
        if step is not None and step.undo is not None and await _was_done(walk, row):
            row.undone = True
            return Left(step.undo)
    return await over(walk)


async def _was_done(walk: Walk, row: InstanceStep) -> bool:
    """Whether there is something to take back: what failed or was called back in time is nothing.

    A step that gave way had done it all the same where what it opened could not be called back.
    """
    if row.state == "done":
        return row.way != ERROR
    for table, done in _BEYOND_RECALL.items():
        opened_by = await walk.session.get(table, row.subject) if row.subject else None
        if opened_by is not None:
            return opened_by.state in done
    return False


_BEYOND_RECALL: Mapping[type[CommunicationRequest | ToDo | WorkflowInstance], Set[str]] = {
    CommunicationRequest: {"prepared", "completed"},
    ToDo: {"completed"},
    WorkflowInstance: INSTANCE.states - {CANCELLED},
}
"""The states in which what a step opened has been done, or is being done."""


async def over(walk: Walk) -> Left:
    """Nothing more comes; who started it is told."""
    instance = walk.instance
    await walk.session.execute(delete(EventWatch).where(col(EventWatch.instance_id) == instance.id))
    cancelled = instance.stopping == CANCELLED
    walk.move(CANCELLED if cancelled else "completed", instance.reason, outcome=instance.outcome)
    if instance.parent_id is not None:
        await outbox.put(walk.session, "wake-instance", [instance.parent_id], walk.now)
    return Left(ENDED)


async def cancel_pending(visit: Visit) -> None:
    """Cancel what nobody has finished: to-dos, reminders, requests, processes waited for."""
    walk, repository = visit.walk, visit.processes.desk.repository
    reason = walk.instance.stopping or CANCELLED
    await cancel_todos_of(walk.session, repository, "instance", walk.instance.id, reason, walk.now)
    await visit.processes.desk.contacts.withdraw_all(
        walk.session, walk.instance.id, reason, actor=walk.actor, now=walk.now
    )
    await _cancel_requests(walk, reason)
    await _cancel_children(visit, reason)


async def cancel_opened(visit: Visit, reason: str) -> None:
    """Cancel what a step that is skipped has opened and waits for."""
    walk, row = visit.walk, visit.row
    step = walk.process.definition.steps.get(row.step)
    await cancel_todos_of(
        walk.session,
        visit.processes.desk.repository,
        "instance",
        walk.instance.id,
        reason,
        walk.now,
        step=row.step,
    )
    if isinstance(step, SendStep) and step.wait and row.subject is not None:
        await _cancel_requests(walk, reason, col(CommunicationRequest.id) == row.subject)
    if isinstance(step, StartStep) and step.wait and row.subject is not None:
        await _cancel_child(visit, row.subject, reason)


async def _cancel_requests(walk: Walk, reason: str, *which: ColumnElement[bool]) -> None:
    requests = await walk.session.scalars(
        select(CommunicationRequest.id).where(
            CommunicationRequest.instance_id == walk.instance.id,
            col(CommunicationRequest.state).not_in(REQUEST.terminal),
            *which,
        )
    )
    for request_id in requests.all():
        async with opened(walk.session, request_id, actor=walk.actor, now=walk.now) as dossier:
            if give_up(dossier, reason):
                await outbox.put(walk.session, "wake", [request_id], walk.now)


async def _cancel_children(visit: Visit, reason: str) -> None:
    """Those alone that a step waited for; others were started to go their own way."""
    walk = visit.walk
    children = await walk.session.scalars(
        select(WorkflowInstance.id)
        .join(InstanceStep, col(InstanceStep.subject) == col(WorkflowInstance.id))
        .where(
            InstanceStep.instance_id == walk.instance.id,
            InstanceStep.state == "stopped",
            col(WorkflowInstance.state).not_in(INSTANCE.terminal),
        )
        .order_by(col(WorkflowInstance.id))
    )
    for child_id in children.all():
        await _cancel_child(visit, child_id, reason)


async def _cancel_child(visit: Visit, child_id: UUID, reason: str) -> None:
    walk = visit.walk
    async with walking(
        walk.session, visit.processes, child_id, actor=walk.actor, now=walk.now
    ) as child:
        if child.ending is None and child.instance.state not in INSTANCE.terminal:
            child.end_early(CANCELLED, reason=reason, undoing=walk.instance.undoing)
            await child.wake()
