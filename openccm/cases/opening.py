"""Opening cases, and the to-dos that come with a status."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.cases.case_file import CaseFile, opened
from openccm.cases.lifecycles import UNDECIDED
from openccm.cases.tables import Case
from openccm.errors import ConflictError
from openccm.language.case_type import CaseTypeDefinition
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.platform.columns import new_id
from openccm.repository.versions import Repository
from openccm.work.lifecycle import TO_DO
from openccm.work.raising import NewToDo, calendar_of, raise_todo
from openccm.work.tables import ToDo
from openccm.work.times import at_risk_at, due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What a case is about, and who opens it."""

    type: str
    version: int | None = None
    """The version of its type where whoever opens it is pinned to one; else the live one."""
    raised_as: str
    system_code: str
    subject: str = ""
    person_id: UUID | None = None
    person_key: str | None = None
    account_key: str | None = None
    instance_id: UUID | None = None


async def open_case(
    session: AsyncSession, repository: Repository, new: NewCase, *, actor: str, now: datetime
) -> Case:
    """The case that was opened for this: a new one, or the one that was opened before.

    Raises:
        NotFoundError: There is no such type, or its calendar is not published.
        ConflictError: A case of another type was opened for it.
    """
    known = await session.scalar(select(Case).where(Case.raised_as == new.raised_as))
    if known is not None:
        if known.type != new.type:
            raise ConflictError(f"This was asked before, and opened a {known.type}.")
        return known
    if new.version is None:
        definition, version = await repository.newest(session, CaseTypeDefinition, new.type)
    else:
        version = new.version
        definition = await repository.kept(session, CaseTypeDefinition, new.type, version)
    calendar = await calendar_of(session, repository, definition.sla)
    due = due_at(definition.sla, now, calendar)
    case_id = new_id()
    case = Case(
        id=case_id,
        number=f"C-{case_id.hex[-10:].upper()}",
        type=new.type,
        version=version,
        status=definition.first,
        subject=new.subject,
        person_id=new.person_id,
        person_key=new.person_key,
        account_key=new.account_key,
        system_code=new.system_code,
        raised_as=new.raised_as,
        instance_id=new.instance_id,
        opened_by=actor,
        opened_at=now,
        due_at=due,
        at_risk_at=at_risk_at(definition.sla, now, due),
        updated_at=now,
    )
    file = CaseFile(session, case, (), definition, actor=actor, now=now)
    file.begin()
    file.wakes_instance = False
    await file.close()
    await _raise_tasks(file, repository)
    return case


async def advance(
    session: AsyncSession,
    repository: Repository,
    case_id: UUID,
    status: str,
    *,
    actor: str,
    now: datetime,
    reason: str | None = None,
    by_instance: bool = False,
) -> Case:
    """Bring a case to a status, and raise the to-dos that come with it.

    Raises:
        NotFoundError: There is no such case.
        InvalidError: Its type has no such status.
        IllegalTransitionError: The life cycle does not lead there.
        ConflictError: Something mandatory is not done yet, or it cannot be reopened any more.
    """
    async with opened(session, repository, case_id, actor=actor, now=now) as file:
        file.wakes_instance = not by_instance
        if file.enter(status, reason):
            if file.case.state == "closed":
                await _require_done(file)
            await _raise_tasks(file, repository)
        return file.case


async def _require_done(file: CaseFile) -> None:
    """Nothing mandatory is open.

    Raises:
        ConflictError: Names what is.
    """
    mandatory = [f"task/{name}" for name, each in file.definition.tasks.items() if each.mandatory]
    unfinished = await file.session.scalars(
        select(ToDo.title).where(
            ToDo.owner_kind == "case",
            ToDo.owner_id == file.case.id,
            col(ToDo.owner_step).in_(mandatory),
            col(ToDo.state).not_in(TO_DO.terminal),
        )
    )
    titles = list(unfinished)
    if titles:
        raise ConflictError(
            f"The case has mandatory to-dos that are not done: {', '.join(titles)}."
        )
    undecided = sum(offer.state in UNDECIDED for offer in file.offers.values())
    if undecided:
        raise ConflictError(f"The case has {undecided} compensation offers nobody has decided on.")


async def _raise_tasks(file: CaseFile, repository: Repository) -> None:
    case = file.case
    for name, task in file.definition.tasks_at(case.status).items():
        kind, _ = await repository.newest(file.session, ToDoTypeDefinition, task.to_do)
        shown = {"case.number": case.number, "case.subject": case.subject, "case.type": case.type}
        new = NewToDo(
            type=task.to_do,
            owner_kind="case",
            owner_id=case.id,
            owner_step=f"task/{name}",
            raised_by=file.actor,
            context={field: value for field, value in shown.items() if field in kind.context},
            not_by=frozenset({case.opened_by}),
            person_id=case.person_id,
            person_key=case.person_key,
            account_key=case.account_key,
        )
        await raise_todo(file.session, repository, new, file.now)
