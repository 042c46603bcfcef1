"""Questions about to-dos."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo, ToDoNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which to-dos are wanted; None for all."""

    states: Collection[str] = ()
    sla: str | None = None
    type: str | None = None
    roles: Collection[str] = ()
    person: str | None = None
    account: str | None = None
    owner: UUID | None = None
    assigned_to: str | None = None
    visible_to: tuple[str, Collection[str]] | None = None
    """An actor with their roles; None for a supervisor, who sees all."""
    within: ColumnElement[bool] | None = None
    """What the caller's divisions allow."""


async def todo_by_id(session: AsyncSession, todo_id: UUID) -> ToDo:
    """The to-do.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(ToDo, todo_id)
    if found is None:
        raise NotFoundError("to-do", todo_id)
    return found


async def todo_of(
    session: AsyncSession, owner_kind: str, owner_id: UUID | None, owner_step: str
) -> ToDo | None:
    """The to-do that was raised for an owner's step, if it was."""
    raised_as = f"{owner_kind}:{owner_id or ''}:{owner_step}"
    return await session.scalar(
        select(ToDo).where(ToDo.raised_as == raised_as).execution_options(populate_existing=True)
    )


async def todos(
    session: AsyncSession,
    wanted: Filter,
    *,
    now: datetime,
    after: UUID | None = None,
    limit: int = 50,
    urgent_first: bool = False,
) -> Sequence[ToDo]:
    """Oldest first, or in the order in which they are handed out; the last id is the cursor.

    Raises:
        NotFoundError: The cursor is no to-do.
    """
    conditions = _conditions(wanted, now)
    if after is not None:
        last = await todo_by_id(session, after)
        conditions.append(_less_urgent(last) if urgent_first else col(ToDo.id) > after)
    urgency = (col(ToDo.priority), col(ToDo.due_at).nulls_last()) if urgent_first else ()
    statement = select(ToDo).where(*conditions).order_by(*urgency, col(ToDo.id)).limit(limit)
    return (await session.scalars(statement)).all()


async def notes_of(session: AsyncSession, todo_id: UUID) -> Sequence[ToDoNote]:
    """What people wrote down in a to-do, first to last."""
    statement = select(ToDoNote).where(ToDoNote.todo_id == todo_id).order_by(col(ToDoNote.id))
    return (await session.scalars(statement)).all()


async def outstanding_of(session: AsyncSession, person: str) -> int:
    """How many to-dos about a person are not closed."""
    statement = select(func.count()).where(
        col(ToDo.person_key) == person, col(ToDo.state).not_in(TO_DO.terminal)
    )
    return await session.scalar(statement) or 0


def state_at(todo: ToDo, now: datetime) -> str:
    """The state as whoever asks now must see it: a lease may have run out since."""
    is_free = todo.free_at is not None and todo.free_at <= now
    return "open" if is_free else todo.state


def _conditions(wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [
        column == value
        for column, value in (
            (col(ToDo.sla), wanted.sla),
            (col(ToDo.type), wanted.type),
            (col(ToDo.person_key), wanted.person),
            (col(ToDo.account_key), wanted.account),
            (col(ToDo.owner_id), wanted.owner),
            (col(ToDo.assigned_to), wanted.assigned_to),
        )
        if value is not None
    ]
    if wanted.within is not None:
        conditions.append(wanted.within)
    if wanted.roles:
        conditions.append(col(ToDo.role).in_(wanted.roles))
    if wanted.states:
        conditions.append(or_(*(_stands(state, now) for state in wanted.states)))
    if wanted.visible_to is not None:
        actor, roles = wanted.visible_to
        mine = (ToDo.assigned_to, ToDo.raised_by, ToDo.closed_by)
        conditions.append(
            or_(col(ToDo.role).in_(roles), *(col(column) == actor for column in mine))
        )
    return conditions


def _stands(state: str, now: datetime) -> ColumnElement[bool]:
    """The rows that are in a state as whoever asks now must see it."""
    if state == "open":
        return col(ToDo.free_at) <= now
    is_still = or_(col(ToDo.free_at).is_(None), col(ToDo.free_at) > now)
    return and_(col(ToDo.state) == state, is_still)


def _less_urgent(last: ToDo) -> ColumnElement[bool]:
    """The rows that are handed out after this one."""
    due, is_behind = col(ToDo.due_at), col(ToDo.id) > last.id
    if last.due_at is None:
        later = and_(due.is_(None), is_behind)
    else:
        later = or_(due > last.due_at, due.is_(None), and_(due == last.due_at, is_behind))
    as_urgent = col(ToDo.priority) == last.priority
    return or_(col(ToDo.priority) > last.priority, and_(as_urgent, later))
