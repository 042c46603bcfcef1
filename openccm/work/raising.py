"""Raising to-dos for whoever waits for them, and cancelling them when their cause has gone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.bearers import same_person
from openccm.errors import ConflictError, InvalidError
from openccm.language.calendar import CalendarDefinition
from openccm.language.todo_type import Skill, Sla, ToDoTypeDefinition
from openccm.platform.columns import new_id
from openccm.repository.versions import Repository
from openccm.rules.business_time import BusinessCalendar
from openccm.work.forms import read_context, summary_of
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo
from openccm.work.times import times_of
from openccm.work.urgency import priority_of
from openccm.work.worksheet import ENGINE, Worksheet, opened

OwnerKind = Literal["instance", "request", "case", "system", "reminder", "contact", "event"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToDo:
    """What is to be done, and for whom."""

    type: str
    """The code of the to-do type."""
    version: int | None = None
    """Its version where the owner is pinned to one; else the live one."""
    owner_kind: OwnerKind
    owner_id: UUID | None = None
    """The instance, request or reminder that is woken when it is closed; the case it belongs to,
    or the contact or event it came of; None for a ``system``."""
    waited_for: bool = True
    """Whether the owner, an instance or a request, looks at the time until it is closed."""
    owner_step: str
    """What of the owner it belongs to. A step that comes round again adds its round:
    ``collector/2``. For a ``system``: its code and its own key, ``BILLING/K-17``."""
    raised_by: str
    """The actor whose doing this is."""
    role: str | None = None
    """One of the type's roles; None for its first."""
    priority: int | None = None
    """Instead of the calculated one."""
    due_at: datetime | None = None
    """Instead of what the type's ``sla`` says."""
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])
    skills: Mapping[str, int] = field(default_factory=dict[str, int])
    """Levels that this to-do needs instead of those of its type."""
    not_by: frozenset[str] = frozenset()
    """Actors who may not do it, for a type with four eyes; that needs at least one."""
    person_id: UUID | None = None
    person_key: str | None = None
    account_key: str | None = None

    @property
    def raised_as(self) -> str:
        """The owner as one text."""
        return f"{self.owner_kind}:{self.owner_id or ''}:{self.owner_step}"


async def raise_todo(
    session: AsyncSession, repository: Repository, new: NewToDo, now: datetime
) -> ToDo:
    """The to-do of this owner: a new one, or the one that was raised for it before.

    Raises:
        NotFoundError: There is no such type, or its calendar is not published.
        RuleError: Its calendar has no such time.
        InvalidError: A value does not fit the type; names it.
        ConflictError: The owner has a to-do of another type there.
    """
    await _lock(session, new.raised_as)
    known = await session.scalar(select(ToDo).where(ToDo.raised_as == new.raised_as))
    if known is not None:
        if known.type != new.type:
            raise ConflictError(f"This was asked before, and raised a {known.type}.")
        return known
    if new.version is None:
        definition, version = await repository.newest(session, ToDoTypeDefinition, new.type)
    else:
        version = new.version
        definition = await repository.kept(session, ToDoTypeDefinition, new.type, version)
    calendar = await calendar_of(session, repository, definition.sla)
    barred = [await same_person(session, actor) for actor in new.not_by]
    new = replace(new, not_by=frozenset[str]().union(*barred))
    todo = _todo(new, definition, version, now, calendar)
    sheet = Worksheet(session, todo, definition, actor=new.raised_by, now=now)
    sheet.begin(waited_for=new.waited_for)
    await sheet.close()
    return todo


async def calendar_of(
    session: AsyncSession, repository: Repository, sla: Sla | None
) -> BusinessCalendar | None:
    """The calendar that a time is reckoned by, where it names one.

    Raises:
        NotFoundError: It is not published.
    """
    if sla is None or sla.calendar is None:
        return None
    found, _ = await repository.newest(session, CalendarDefinition, sla.calendar)
    return found.calendar


async def cancel_todos_of(
    session: AsyncSession,
    repository: Repository,
    owner_kind: OwnerKind,
    owner_id: UUID,
    reason: str,
    now: datetime,
    *,
    step: str | None = None,
    actor: str = ENGINE,
) -> list[UUID]:
    """Cancel what is still open of an owner, or of one of its steps in all its rounds.

    The owner is not woken: it is the one who asks. Answers with those that were cancelled.
    """
    cancelled: list[UUID] = []
    for todo_id in await session.scalars(_open_of(owner_kind, owner_id, step)):
        async with opened(session, repository, todo_id, actor=actor, now=now) as sheet:
            if sheet.todo.state not in TO_DO.terminal:
                sheet.wakes_owner = False
                sheet.todo.reason = reason
                sheet.move("cancelled", reason)
                cancelled.append(todo_id)
    return cancelled


def _open_of(owner_kind: OwnerKind, owner_id: UUID, step: str | None) -> Any:
    wanted: list[ColumnElement[bool]] = [
        col(ToDo.owner_kind) == owner_kind,
        col(ToDo.owner_id) == owner_id,
        col(ToDo.state).not_in(TO_DO.terminal),
    ]
    if step is not None:
        rounds = col(ToDo.owner_step).startswith(f"{step}/", autoescape=True)
        wanted.append(or_(col(ToDo.owner_step) == step, rounds))
    return select(ToDo.id).where(*wanted).order_by(col(ToDo.id))


def _todo(
    new: NewToDo,
    definition: ToDoTypeDefinition,
    version: int,
    now: datetime,
    calendar: BusinessCalendar | None,
) -> ToDo:
    context = read_context(definition, new.context)
    skills = _skills(definition, new.skills)
    calculated = priority_of(definition, context, level=0, today=now.date())
    times = times_of(definition, now, calendar, new.due_at)
    return ToDo(
        id=new_id(),
        type=new.type,
        version=version,
        title=summary_of(definition, context),
        role=_role(new, definition),
        priority=calculated if new.priority is None else _priority(new.priority),
        priority_by=None if new.priority is None else new.raised_by,
        owner_kind=new.owner_kind,
        owner_id=new.owner_id,
        owner_step=new.owner_step,
        raised_as=new.raised_as,
        raised_by=new.raised_by,
        not_by=_barred(new, definition),
        person_id=new.person_id,
        person_key=new.person_key,
        account_key=new.account_key,
        context=context,
        skills={name: [skill.level, skill.mode] for name, skill in skills.items()},
        skill_key=_skill_key(skills),
        at_risk_at=times.at_risk_at,
        due_at=times.due_at,
        escalates_at=[each.isoformat() for each in times.escalates_at],
        created_at=now,
        updated_at=now,
    )


def _role(new: NewToDo, definition: ToDoTypeDefinition) -> str:
    role = new.role or definition.roles[0]
    if role not in definition.roles:
        known = ", ".join(definition.roles)
        raise InvalidError("role", f"A {new.type} is for {known} only.")
    return role


def _priority(priority: int) -> int:
    if not 1 <= priority <= 9:
        raise InvalidError("priority", "Give a priority from 1, the most urgent, to 9.")
    return priority


def _barred(new: NewToDo, definition: ToDoTypeDefinition) -> str:
    if not definition.four_eyes:
        return ""
    if not new.not_by:
        raise InvalidError("not_by", f"A {new.type} needs four eyes: name who may not do it.")
    return "".join(f"\n{actor}" for actor in sorted(new.not_by)) + "\n"


def _skills(definition: ToDoTypeDefinition, given: Mapping[str, int]) -> dict[str, Skill]:
    for name, level in given.items():
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", name) or not 1 <= level <= 9:
            raise InvalidError(f"skills.{name}", "Name a skill and a level from 1 to 9.")
    known = definition.skills
    own = {
        name: Skill(level=level, mode=known[name].mode if name in known else "error")
        for name, level in given.items()
    }
    return {**known, **own}


def _skill_key(skills: Mapping[str, Skill]) -> str:
    must = (f"{name}:{each.level}" for name, each in skills.items() if each.mode == "error")
    return ",".join(sorted(must))


async def _lock(session: AsyncSession, raised_as: str) -> None:
    # Two who raise the same one must not both miss it. SQLite has one writer at a time as it is.
    if session.get_bind().dialect.name == "postgresql":
        key = func.hashtextextended(raised_as, 1)
        await session.execute(select(func.pg_advisory_xact_lock(key)))
