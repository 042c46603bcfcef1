"""What people do with a to-do: take it, give it back, put it off, pass it on, finish it.

Every command locks the to-do and looks at it as it then is, so of two who do the same at once one
is refused, and told what the other did.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.access.caller import Caller
from openccm.access.reach import require_within
from openccm.errors import ConflictError, DeniedError, InvalidError
from openccm.language.todo_type import Outcome
from openccm.repository.versions import Repository
from openccm.work.dispositions import dispose, tried_again
from openccm.work.forms import read_form
from openccm.work.lifecycle import HELD, TO_DO
from openccm.work.rights import (
    PURGE,
    SUPERVISE,
    refuse_closed,
    require_doer,
    require_sight,
    require_steward,
    supervises,
)
from openccm.work.skills import Shortfall, shortfalls, skills_of
from openccm.work.tables import ToDo, ToDoNote, line_of
from openccm.work.worksheet import Worksheet, opened


@dataclass(frozen=True, slots=True)
class Done:
    """How a to-do is finished."""

    outcome: str
    form: Mapping[str, Any] = field(default_factory=dict[str, Any])
    reason: str | None = None
    on: date | None = None
    """The day that belongs to the outcome's disposition."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A to-do that was taken, and what its taker lacks of the skills it asks for."""

    todo: ToDo
    short_of: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose command it is, and what every command works with."""

    repository: Repository
    caller: Caller
    now: datetime

    @asynccontextmanager
    async def on(self, session: AsyncSession, todo_id: UUID) -> AsyncGenerator[Worksheet]:
        """The worksheet of a to-do that is not closed.

        Raises:
            NotFoundError: There is no such to-do.
            HiddenError: It is about somebody of another division.
            ConflictError: It is closed.
        """
        await require_within(session, self.caller, "to-do", ToDo, todo_id)
        async with opened(
            session, self.repository, todo_id, actor=self.caller.actor, now=self.now
        ) as sheet:
            refuse_closed(sheet.todo)
            sheet.in_place_of = self.caller.acts_for(sheet.todo.role)
            yield sheet


async def claim(session: AsyncSession, hand: Hand, todo_id: UUID) -> Claimed:
    """Take a to-do, or keep one for another lease.

    Raises:
        ConflictError: It is closed or somebody else has it.
        DeniedError: The caller lacks its role or a skill, or asked for it.
    """
    async with hand.on(session, todo_id) as sheet:
        levels = await skills_of(session, hand.caller.actor)
        return take(sheet, hand.caller, levels)


def take(sheet: Worksheet, caller: Caller, levels: Mapping[str, int]) -> Claimed:
    """Give an open worksheet's to-do to the caller, whose skills these are."""
    require_doer(sheet, caller)
    short_of = shortfalls(sheet.todo.skills, levels)
    for skill, level, mode in short_of:
        if mode == "error":
            raise DeniedError(f"This to-do needs the skill {skill} at level {level}.")
    if sheet.todo.state not in HELD:
        lacking = {each.skill: each.level for each in short_of}
        sheet.move("assigned", detail={"short_of": lacking} if lacking else {})
    _lease(sheet, caller.actor)
    return Claimed(sheet.todo, tuple(short_of))


async def start(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
    """Say that the work has begun; the lease begins anew.

    Raises:
        ConflictError: It is closed, nobody or somebody else has it, or it has begun.
    """
    async with hand.on(session, todo_id) as sheet:
        require_doer(sheet, hand.caller)
        sheet.move("in_progress")
        _lease(sheet, hand.caller.actor)
        return sheet.todo


async def release(session: AsyncSession, hand: Hand, todo_id: UUID, reason: str | None) -> ToDo:
    """Give a to-do back to its role; or take up one that was put off.

    Raises:
        ConflictError: It is closed or open, or somebody else has it.
        DeniedError: The caller lacks its role.
    """
    async with hand.on(session, todo_id) as sheet:
        require_steward(sheet.todo, hand.caller)
        sheet.move("open", reason)
        return sheet.todo


async def defer(
    session: AsyncSession, hand: Hand, todo_id: UUID, until: datetime, reason: str | None
) -> ToDo:
    """Put a to-do off; only a supervisor may do so beyond the time it is due.

    Raises:
        InvalidError: The follow-up date has passed, or is later than it is due.
        ConflictError: It is closed or put off already, or somebody else has it.
        DeniedError: The caller lacks its role.
    """
    async with hand.on(session, todo_id) as sheet:
        todo = sheet.todo
        require_steward(todo, hand.caller)
        if until <= hand.now:
            raise InvalidError("follow_up_at", "Name a time that is still to come.")
        if todo.due_at is not None and until > todo.due_at and not supervises(hand.caller):
            due = f"{todo.due_at:%Y-%m-%d %H:%M} UTC"
            message = f"It is due at {due}; only a supervisor may put it off beyond that."
            raise InvalidError("follow_up_at", message)
        sheet.move("deferred", reason, detail={"follow_up_at": until.isoformat()})
        todo.follow_up_at = until
        return todo


async def forward(
    session: AsyncSession,
    hand: Hand,
    todo_id: UUID,
    *,
    role: str | None = None,
    agent: str | None = None,
    reason: str | None = None,
) -> ToDo:
    """Pass a to-do on to another role, or into the hands of an agent.

    Raises:
        InvalidError: Neither or an impossible one is named.
        ConflictError: It is closed, or somebody else has it.
        DeniedError: The caller lacks its role.
    """
    async with hand.on(session, todo_id) as sheet:
        todo = sheet.todo
        require_steward(todo, hand.caller)
        _check_forward(sheet, role, agent)
        if todo.state != "open":
            sheet.move("open", reason)
        detail = {"from": todo.role, "role": role or todo.role, "agent": agent}
        sheet.note("to-do.forwarded", reason, detail)
        todo.role = role or todo.role
        if agent is not None:
            sheet.move("assigned", reason, detail={"to": agent})
            _lease(sheet, agent)
        return todo


async def set_priority(
    session: AsyncSession, hand: Hand, todo_id: UUID, priority: int, reason: str
) -> ToDo:
    """Say how urgent it is; from then on nothing calculates it.

    Raises:
        DeniedError: The caller is no supervisor.
        InvalidError: There is no such priority.
        ConflictError: It is closed.
    """
    hand.caller.require(SUPERVISE)
    if not 1 <= priority <= 9:
        raise InvalidError("priority", "Give a priority from 1, the most urgent, to 9.")
    async with hand.on(session, todo_id) as sheet:
        detail = {"from": sheet.todo.priority, "to": priority}
        sheet.note("to-do.priority_set", reason, detail)
        sheet.todo.priority, sheet.todo.priority_by = priority, hand.caller.actor
        return sheet.todo


async def complete(session: AsyncSession, hand: Hand, todo_id: UUID, done: Done) -> ToDo:
    """Finish a to-do; whoever waits for it is woken.

    Raises:
        ConflictError: It is closed (says by whom and when), put off, or somebody else has it.
        NotFoundError: The outcome's disposition is not live any more.
        DeniedError: The caller lacks its role, or asked for it and it needs other eyes.
        InvalidError: The outcome is not declared, or a reason or a field of the form is missing or
            wrong; names it.
    """
    async with hand.on(session, todo_id) as sheet:
        require_doer(sheet, hand.caller)
        outcome = _outcome(sheet, done)
        todo = sheet.todo
        todo.form = read_form(sheet.definition, outcome, done.form)
        await dispose(session, hand.repository, sheet, outcome, on=done.on)
        if tried_again(sheet, done.outcome, outcome, done.reason):
            return todo
        detail = {"outcome": done.outcome, "disposition": outcome.disposition}
        sheet.move("completed", done.reason, detail=detail)
        todo.outcome, todo.reason = done.outcome, done.reason
        todo.assigned_to = todo.assigned_to or hand.caller.actor
        return todo


async def cancel(session: AsyncSession, hand: Hand, todo_id: UUID, reason: str) -> ToDo:
    """Take a to-do away because nobody need do it; whoever waits for it is woken.

    Raises:
        DeniedError: The caller is no supervisor.
        ConflictError: It is closed.
    """
    hand.caller.require(SUPERVISE)
    async with hand.on(session, todo_id) as sheet:
        sheet.move("cancelled", reason)
        sheet.todo.reason = reason
        return sheet.todo


async def purge(session: AsyncSession, hand: Hand, todo_id: UUID, reason: str) -> ToDo:
    """Destroy what a closed to-do holds: what agents read, filled in and noted.

    That there was one, who closed it and how it ended stays, and so does its trail.

    Raises:
        NotFoundError: There is no such to-do.
        HiddenError: It is about somebody of another division.
        DeniedError: The caller has no right to purge.
        ConflictError: It is not closed, or was purged before.
    """
    hand.caller.require(PURGE)
    await require_within(session, hand.caller, "to-do", ToDo, todo_id)
    actor, now = hand.caller.actor, hand.now
    async with opened(session, hand.repository, todo_id, actor=actor, now=now) as sheet:
        todo = sheet.todo
        if todo.state not in TO_DO.terminal:
            raise ConflictError(f"This to-do is {todo.state}. Only what is closed can be purged.")
        if todo.purged_at is not None:
            raise ConflictError(f"This to-do was purged by {todo.purged_by}.")
        todo.title, todo.context, todo.form, todo.reason = sheet.definition.title, {}, {}, None
        todo.purged_at, todo.purged_by = now, actor
        await session.execute(delete(ToDoNote).where(col(ToDoNote.todo_id) == todo_id))
        sheet.note("to-do.purged", reason)
        return todo


async def add_note(session: AsyncSession, hand: Hand, todo_id: UUID, text: str) -> ToDoNote:
    """Write something down in a to-do; what it says stays out of the trail.

    Raises:
        ConflictError: It is closed.
        DeniedError: It is for another role.
    """
    async with hand.on(session, todo_id) as sheet:
        require_sight(hand.caller, sheet.todo)
        note = ToDoNote(todo_id=todo_id, text=text, by=hand.caller.actor, at=hand.now)
        session.add(note)
        sheet.note("to-do.noted", detail={"note": str(note.id)})
        return note


def _lease(sheet: Worksheet, agent: str) -> None:
    sheet.todo.assigned_to = agent
    sheet.todo.lease_until = sheet.now + timedelta(seconds=sheet.definition.lease)


def _outcome(sheet: Worksheet, done: Done) -> Outcome:
    outcome = sheet.definition.outcomes.get(done.outcome)
    if outcome is None:
        known = ", ".join(sheet.definition.outcomes)
        raise InvalidError("outcome", f"A {sheet.todo.type} can end with {known} only.")
    if outcome.reason == "required" and not (done.reason or "").strip():
        raise InvalidError("reason", f"Say why it ends with {done.outcome}.")
    return outcome


def _check_forward(sheet: Worksheet, role: str | None, agent: str | None) -> None:
    known = sheet.definition.all_roles
    if role is None and agent is None:
        raise InvalidError("role", "Name a role, an agent, or both.")
    if role is not None and role not in known:
        roles = ", ".join(sorted(known))
        raise InvalidError("role", f"A {sheet.todo.type} is for {roles} only.")
    if agent is not None and line_of(agent) in sheet.todo.not_by:
        raise InvalidError("agent", "Whoever asked for this may not do it: it needs other eyes.")
