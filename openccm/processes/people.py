"""Steps that have to do with people: to-dos, whose outcomes are read, and customer contacts."""

from openccm.contacts.typed import NewContact
from openccm.language.steps import ApproveStep, ContactStep, TaskStep
from openccm.language.todo_type import OUTCOME_DATE
from openccm.processes.deeds import Left, Visit, Waiting, way_of
from openccm.work.escalation import escalate_due
from openccm.work.lifecycle import TO_DO
from openccm.work.raising import NewToDo, raise_todo
from openccm.work.tables import ToDo

APPROVED, REJECTED = "approved", "rejected"
"""The outcomes that a to-do of an approval must have."""


async def task(visit: Visit, step: TaskStep) -> Left | Waiting:
    """Wait until somebody has done it, and keep what they filled in; or go on at once."""
    todo = await _todo(visit, step, step.role, frozenset())
    if not step.wait:
        return Left(outcome="raised")
    if todo.state not in TO_DO.terminal:
        return await _waiting(visit, todo)
    if step.into is not None:
        named = {OUTCOME_DATE: todo.outcome_on} if todo.outcome_on is not None else {}
        visit.walk.keep(step.into, {**todo.form, **named})
    return _outcome(visit, step, todo)


async def approve(visit: Visit, step: ApproveStep) -> Left | Waiting:
    """Wait until another person than the one who asked has decided."""
    role = None
    if step.role is not None and visit.row.subject is None:
        role = visit.walk.value(step.role)
        if not role:
            return Left(outcome="automatic")
    todo = await _todo(visit, step, role, frozenset({visit.walk.instance.started_by}))
    if todo.state not in TO_DO.terminal:
        return await _waiting(visit, todo)
    visit.row.reason = todo.reason
    if todo.outcome == APPROVED:
        return Left(outcome=APPROVED)
    return Left(REJECTED, todo.outcome or todo.state)


async def contact(visit: Visit, step: ContactStep) -> Left:
    """Log a customer contact, once for each visit."""
    walk = visit.walk
    instance, person = walk.instance, walk.person
    premise = walk.value(step.premise) if step.premise else None
    new = NewContact(
        type=step.type,
        version=instance.pins[step.type],
        origin="process",
        origin_id=instance.id,
        made_as=f"instance:{instance.id}:{visit.row.step}/{visit.row.visit}",
        person=person.key if person else instance.person_key,
        account=instance.account_key,
        premise=None if premise is None else str(premise),
        characteristics=walk.values(step.characteristics),
        reminder=step.reminder,
    )
    contacts = visit.processes.desk.contacts
    logged = await contacts.log(walk.session, new, caller=walk.caller, now=walk.now)
    visit.row.subject = logged.id
    return Left(outcome="logged")


async def _todo(
    visit: Visit, step: TaskStep | ApproveStep, role: str | None, not_by: frozenset[str]
) -> ToDo:
    walk, row = visit.walk, visit.row
    if row.subject is None:
        instance, person = walk.instance, walk.person
        new = NewToDo(
            type=step.to_do,
            version=instance.pins[step.to_do],
            owner_kind="instance",
            owner_id=instance.id,
            owner_step=f"{row.step}/{row.visit}",
            raised_by=instance.started_by,
            role=role,
            context=walk.values(step.context),
            waited_for=isinstance(step, ApproveStep) or step.wait,
            not_by=not_by,
            person_id=person.id if person else None,
            person_key=person.key if person else instance.person_key,
            account_key=instance.account_key,
        )
        todo = await raise_todo(walk.session, visit.processes.desk.repository, new, walk.now)
        row.subject = todo.id
        return todo
    return await walk.session.get_one(ToDo, row.subject)


async def _waiting(visit: Visit, todo: ToDo) -> Waiting:
    walk = visit.walk
    repository = visit.processes.desk.repository
    until = await escalate_due(walk.session, repository, todo.id, walk.now)
    return Waiting(f"{todo.role} to do {todo.type}", until=until)


def _outcome(visit: Visit, step: TaskStep, todo: ToDo) -> Left:
    visit.row.reason = todo.reason
    return way_of(step, todo.outcome or todo.state)
