"""One command for many to-dos: each in a transaction of its own, so none keeps others from it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import OpenCCMError
from openccm.platform.database import Database
from openccm.work.commands import Hand, forward
from openccm.work.tables import ToDo

Command = Callable[[AsyncSession, Hand, UUID], Awaitable[ToDo]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one of them."""

    todo_id: UUID
    state: str | None
    """Its state after the command; None where it was refused."""
    refusal: OpenCCMError | None = None


async def for_each(
    database: Database, hand: Hand, todo_ids: Sequence[UUID], command: Command
) -> list[Verdict]:
    """Carry out a command on each, in order, and say what became of each."""
    verdicts: list[Verdict] = []
    for todo_id in dict.fromkeys(todo_ids):
        try:
            async with database.begin() as session:
                todo = await command(session, hand, todo_id)
        except OpenCCMError as error:
            verdicts.append(Verdict(todo_id, None, error))
        else:
            verdicts.append(Verdict(todo_id, todo.state))
    return verdicts


def dealt_out(agents: Sequence[str], reason: str | None) -> Command:
    """A command that puts to-dos into the hands of agents in turn, so that each gets as many."""
    turn = 0

    async def deal(session: AsyncSession, hand: Hand, todo_id: UUID) -> ToDo:
        nonlocal turn
        agent = agents[turn % len(agents)]
        todo = await forward(session, hand, todo_id, agent=agent, reason=reason)
        turn += 1
        return todo

    return deal
