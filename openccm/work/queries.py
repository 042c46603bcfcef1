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
from openccm.work.tables import ToDo


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which to-dos are wanted; None for all."""

    state: str | None = None
    sla: str | None = None
    type: str | None = None
    role: str | None = None
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
) -> Sequence[ToDo]:
    """Oldest first; ids are time-ordered, so the last id of a page is its cursor."""
    conditions = _conditions(wanted, now)
    if after is not None:
        conditions.append(col(ToDo.id) > after)
    statement = select(ToDo).where(*conditions).order_by(col(ToDo.id)).limit(limit)
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
            (col(ToDo.role), wanted.role),
            (col(ToDo.person_key), wanted.person),
            (col(ToDo.account_key), wanted.account),
            (col(ToDo.owner_id), wanted.owner),
            (col(ToDo.assigned_to), wanted.assigned_to),
        )
        if value is not None
    ]
    if wanted.state == "open":
        conditions.append(col(ToDo.free_at) <= now)
    elif wanted.state is not None:
        is_still = or_(col(ToDo.free_at).is_(None), col(ToDo.free_at) > now)
        conditions.append(and_(col(ToDo.state) == wanted.state, is_still))
    if wanted.within is not None:
        conditions.append(wanted.within)
    if wanted.visible_to is not None:
        actor, roles = wanted.visible_to
        mine = (ToDo.assigned_to, ToDo.raised_by, ToDo.closed_by)
        conditions.append(
            or_(col(ToDo.role).in_(roles), *(col(column) == actor for column in mine))
        )
    return conditions
