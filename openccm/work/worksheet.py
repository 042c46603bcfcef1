"""One to-do under work: the only place where its state changes.

A worksheet locks its to-do. What time alone has done to it (a lease ran out, its day has come, it
is late) is settled when it is opened, so nobody needs to sweep. What is decided while it is open
becomes, at its close and in the same transaction: the row's new state, the audit trail, and the
wake of whoever waits for it.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import NotFoundError
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.platform.outbox import Deed
from openccm.repository.versions import Repository
from openccm.work.lifecycle import HELD, TO_DO
from openccm.work.tables import ToDo
from openccm.work.times import sla_mark

ENGINE = "engine"

_WAKES: dict[str, Deed] = {
    "instance": "wake-instance",
    "request": "wake",
    "reminder": "reminder",
}
"""Owners that wait for their to-dos, and how they are woken."""

_WATCHFUL = ("instance", "request")
"""Owners that look at the time while they wait."""

# populate_existing: what the caller read before the lock may have changed while it waited.
_LOCKED = (
    select(ToDo)
    .where(ToDo.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


class Worksheet:
    """A locked to-do, its type, and what was decided while it was open."""

    def __init__(
        self,
        session: AsyncSession,
        todo: ToDo,
        definition: ToDoTypeDefinition,
        *,
        actor: str,
        now: datetime,
    ) -> None:
        self.session = session
        self.todo = todo
        self.definition = definition
        self.actor = actor
        self.now = now
        self.wakes_owner = True
        """Whether the owner is woken when the to-do is closed; not when the owner does it."""
        self.in_place_of: Mapping[str, str] = {}
        """For the trail: whose place the actor takes, by a role they bear for them."""
        self._facts: list[Fact] = []
        self._wake = False
        self._look = False

    def begin(self, *, waited_for: bool = True) -> None:
        """Write down that it was raised."""
        todo = self.todo
        self.session.add(todo)
        detail = {"type": todo.type, "version": todo.version, "role": todo.role}
        self._note("to-do.raised", None, detail, to_state=todo.state)
        # One that nothing waits for needs somebody who looks at the time.
        self._look = todo.owner_kind not in _WATCHFUL or not waited_for

    def settle(self) -> None:
        """Do what time has done since anybody looked."""
        todo = self.todo
        if todo.state in TO_DO.terminal:
            return
        if todo.state != "open" and todo.free_at is not None and todo.free_at <= self.now:
            why = "lease_ran_out" if todo.state in HELD else "follow_up_date"
            self.move("open", why, by=ENGINE)
        mark = sla_mark(todo.at_risk_at, todo.due_at, self.now)
        if mark != todo.sla:
            todo.sla = mark
            self.note(f"to-do.{mark}", by=ENGINE)

    def move(
        self,
        state: str,
        reason: str | None = None,
        *,
        by: str | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Change the state, and forget what belonged to the one before.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        todo, before = self.todo, self.todo.state
        TO_DO.check(before, state)
        self._note(
            f"to-do.{'released' if state == 'open' else state}",
            reason,
            detail or {},
            by=by,
            from_state=before,
            to_state=state,
        )
        todo.state = state
        if state in ("open", "deferred"):
            todo.assigned_to = None
        if state not in HELD:
            todo.lease_until = None
        if state != "deferred":
            todo.follow_up_at = None
        if state in TO_DO.terminal:
            todo.closed_at, todo.closed_by = self.now, by or self.actor
            self._wake = self.wakes_owner

    def note(
        self,
        action: str,
        reason: str | None = None,
        detail: dict[str, Any] | None = None,
        *,
        by: str | None = None,
    ) -> None:
        """Put something on the trail that is no change of state."""
        self._note(action, reason, detail or {}, by=by)

    async def close(self) -> None:
        """Write everything down; called once, by ``opened``."""
        todo = self.todo
        todo.free_at = _free_at(todo)
        if self._facts:
            todo.updated_at = self.now
        rows, head = chained(self._facts, Head(todo.trail_sequence, todo.trail_hash))
        todo.trail_sequence, todo.trail_hash = head.sequence, head.hash
        await self.session.flush()
        await insert_entries(self.session, rows)
        if self._look or (self._wake and todo.owner_kind not in _WATCHFUL):
            await outbox.put(self.session, "to-do", [todo.id], self.now)
        if self._wake and todo.owner_kind in _WAKES:
            assert todo.owner_id is not None
            await outbox.put(self.session, _WAKES[todo.owner_kind], [todo.owner_id], self.now)

    def _note(
        self,
        action: str,
        reason: str | None,
        detail: dict[str, Any],
        *,
        by: str | None = None,
        **states: str | None,
    ) -> None:
        self._facts.append(
            Fact(
                chain=chain_of(self.todo.id),
                at=self.now,
                actor=by or self.actor,
                action=action,
                object_kind="to-do",
                object_id=str(self.todo.id),
                reason=reason,
                detail={**self.in_place_of, **detail} if by is None else detail,
                **states,
            )
        )


@asynccontextmanager
async def opened(
    session: AsyncSession, repository: Repository, todo_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[Worksheet]:
    """Open a to-do's worksheet; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such to-do.
    """
    todo = await session.scalar(_LOCKED, {"id": todo_id})
    if todo is None:
        raise NotFoundError("to-do", todo_id)
    async with opened_row(session, repository, todo, actor=actor, now=now) as sheet:
        yield sheet


@asynccontextmanager
async def opened_row(
    session: AsyncSession, repository: Repository, todo: ToDo, *, actor: str, now: datetime
) -> AsyncGenerator[Worksheet]:
    """Open the worksheet of a to-do that this transaction has locked."""
    definition = await repository.kept(session, ToDoTypeDefinition, todo.type, todo.version)
    sheet = Worksheet(session, todo, definition, actor=actor, now=now)
    sheet.settle()
    yield sheet
    await sheet.close()


def chain_of(todo_id: UUID) -> str:
    """The audit chain of a to-do."""
    return f"to-do:{todo_id}"


def _free_at(todo: ToDo) -> datetime | None:
    if todo.state in TO_DO.terminal:
        return None
    if todo.state in HELD:
        return todo.lease_until
    return todo.follow_up_at if todo.state == "deferred" else todo.created_at
