"""An office at work: a real database, published to-do types, a clock, and agents with keys."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from openccm.access.caller import Caller
from openccm.language.bundle import Library
from openccm.language.folder import bundle_of
from openccm.platform import audit
from openccm.platform.audit import AuditEntry
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from openccm.repository.versions import Repository, publish
from openccm.work.commands import Hand
from openccm.work.raising import NewToDo, raise_todo
from openccm.work.skills import set_skills
from openccm.work.tables import ToDo
from openccm.work.worksheet import chain_of

NOW = datetime(2026, 3, 19, 6, tzinfo=UTC)
"""A Thursday."""
DEFINITIONS = Path(__file__).parents[2] / "definitions"

FRENCH = """
kind: to-do-type
code: FRENCH-LETTER
title: Answer a letter in French
roles: [letters]
skills: {french: {level: 2}, law: {level: 1, mode: warn}}
outcomes: {answered: {label: Answered}}
lease: 10 minutes
"""


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


class Office:
    """What tests of human work begin with."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.repository = Repository(database)
        self.clock = Clock()

    def agent(self, name: str = "AG1", *roles: str, supervises: bool = False) -> Hand:
        """A hand of someone who works on to-dos, at the time it now is."""
        scopes = {"todo:work", "todo:manage"} if supervises else {"todo:work"}
        caller = Caller(
            name,
            frozenset(scopes),
            None,
            new_id(),
            roles=frozenset(roles or ("collections",)),
        )
        return Hand(self.repository, caller, self.clock())

    def new(self, **facts: Any) -> NewToDo:
        """What a step of a process asks for."""
        given: dict[str, Any] = {
            "type": "COLL-FOLLOWUP",
            "owner_kind": "instance",
            "owner_id": new_id(),
            "owner_step": "collector",
            "raised_by": "engine",
            "context": {"bill": {"number": "B-417", "amount": "186.40", "due_date": "2026-03-02"}},
        }
        return NewToDo(**(given | facts))

    async def raised(self, **facts: Any) -> UUID:
        """A to-do that was raised just now."""
        async with self.database.begin() as session:
            todo = await raise_todo(session, self.repository, self.new(**facts), self.clock())
        return todo.id

    async def approval(self, **facts: Any) -> UUID:
        """A to-do that needs four eyes; system FLIGHTS asked for it."""
        context = {"case": {"number": "C-9"}, "offer": {"amount": "400", "rule": "EU"}}
        wanted = {"type": "COMP-APPROVAL-TASK", "not_by": frozenset({"system:FLIGHTS"})}
        return await self.raised(**(wanted | {"context": context} | facts))

    async def do(self, command: Any, hand: Hand, *words: Any, **more: Any) -> Any:
        """A command in a transaction of its own."""
        async with self.database.begin() as session:
            return await command(session, hand, *words, **more)

    async def skilled(self, actor: str, **levels: int) -> None:
        """Say what an agent is able to do."""
        async with self.database.begin() as session:
            await set_skills(session, actor, levels, by="lab", now=self.clock())

    async def todo(self, todo_id: UUID) -> ToDo:
        """The row as it stands."""
        async with self.database.read() as session:
            return await session.get_one(ToDo, todo_id)

    async def trail(self, todo_id: UUID) -> Sequence[AuditEntry]:
        """What was done to it, first to last."""
        async with self.database.read() as session:
            return await audit.entries(session, chain=chain_of(todo_id))

    async def whole(self, todo_id: UUID) -> bool:
        """Whether nothing of its trail was altered or cut off."""
        todo = await self.todo(todo_id)
        head = audit.Head(todo.trail_sequence, todo.trail_hash)
        async with self.database.read() as session:
            return await audit.first_fault(session, chain_of(todo_id), head) is None

    async def owed(self, subject: UUID) -> list[str]:
        """The deeds that the outbox owes to a subject."""
        statement = select(OutboxEntry).where(OutboxEntry.subject == subject)
        async with self.database.read() as session:
            found = await session.scalars(statement.order_by(col(OutboxEntry.id)))
            return [entry.deed for entry in found]


@asynccontextmanager
async def open_office(database: Database) -> AsyncIterator[Office]:
    """An office with the to-do types of the demonstration and one that asks for skills."""
    files = [
        DEFINITIONS / "brightwater/work/coll-followup/todo.yaml",
        DEFINITIONS / "airline/comp-approval-task/todo.yaml",
        DEFINITIONS / "brightwater/work/overdue-call/todo.yaml",
        *sorted((DEFINITIONS / "brightwater/dispositions").rglob("*.yaml")),
        DEFINITIONS / "office/uk-office/calendar.yaml",
    ]
    bundles = [bundle_of(file.parent.name, {file.name: file.read_bytes()}) for file in files]
    bundles.append(bundle_of("french-letter", {"todo.yaml": FRENCH.encode()}))
    library = Library(tuple(each for each in bundles if not isinstance(each, list)))
    assert len(library.bundles) == len(bundles), bundles
    async with database.begin() as session:
        await publish(session, library, actor="lab", now=NOW)
    yield Office(database)
