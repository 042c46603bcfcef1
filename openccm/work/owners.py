"""What the owner of a to-do may do with it beside raising and cancelling it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.repository.versions import Repository
from openccm.work.lifecycle import HELD, TO_DO
from openccm.work.tables import ToDo
from openccm.work.worksheet import ENGINE, opened


async def hand_to(
    session: AsyncSession, repository: Repository, todo: ToDo, agent: str, now: datetime
) -> None:
    """Give a new to-do to the agent who asked for it, until it is due at least."""
    async with opened(session, repository, todo.id, actor=ENGINE, now=now) as sheet:
        sheet.move("assigned", detail={"to": agent})
        lease = now + timedelta(seconds=sheet.definition.lease)
        sheet.todo.assigned_to = agent
        sheet.todo.lease_until = max(lease, sheet.todo.due_at or lease)


async def finish_for(
    session: AsyncSession,
    repository: Repository,
    todo_id: UUID,
    outcome: str,
    reason: str | None,
    *,
    actor: str,
    now: datetime,
) -> bool:
    """Close a to-do because what it was raised for is settled; answers whether it was open.

    It is completed with the outcome where its type knows that one, else cancelled. The owner is
    not woken: it is the one who asks.
    """
    async with opened(session, repository, todo_id, actor=actor, now=now) as sheet:
        todo = sheet.todo
        if todo.state in TO_DO.terminal:
            return False
        sheet.wakes_owner = False
        if todo.state not in HELD and todo.state != "open":
            sheet.move("open", reason)
        known = outcome in sheet.definition.outcomes
        detail = {"outcome": outcome}
        sheet.move("completed" if known else "cancelled", reason, detail=detail)
        todo.outcome, todo.reason = outcome if known else None, reason
        return True
