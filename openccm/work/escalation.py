"""What time does to a to-do that nobody does: it is marked, and escalated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.platform.clock import Clock
from openccm.platform.database import Database
from openccm.repository.versions import Repository
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo
from openccm.work.urgency import priority_of
from openccm.work.worksheet import ENGINE, Worksheet, opened


async def escalate_due(
    session: AsyncSession, repository: Repository, todo_id: UUID, now: datetime
) -> datetime | None:
    """Mark and escalate what is due by now, and say when to look again.

    None when nothing more will happen by itself: it is closed, or all its times have passed.
    Doing it twice, or late, does everything once.

    Raises:
        NotFoundError: There is no such to-do.
    """
    async with opened(session, repository, todo_id, actor=ENGINE, now=now) as sheet:
        if sheet.todo.state in TO_DO.terminal:
            return None
        _escalate(sheet)
        _reckon(sheet)
    return next_look(sheet.todo, now)


def next_look(todo: ToDo, now: datetime) -> datetime | None:
    """The next time at which something happens to a to-do by itself."""
    times = [datetime.fromisoformat(each) for each in todo.escalates_at]
    known = (todo.at_risk_at, todo.due_at, *times)
    return min((each for each in known if each is not None and each > now), default=None)


class Watch:
    """Looks after to-dos that nothing else looks after."""

    def __init__(self, database: Database, repository: Repository, clock: Clock) -> None:
        self._database = database
        self._repository = repository
        self._clock = clock

    async def look(self, todo_id: UUID) -> datetime | None:
        """Do what is due, and say when to look again; None for never."""
        async with self._database.begin() as session:
            return await escalate_due(session, self._repository, todo_id, self._clock())


def _escalate(sheet: Worksheet) -> None:
    """Every escalation whose time has come, in order, each once."""
    todo = sheet.todo
    while todo.escalation_level < len(todo.escalates_at):
        if datetime.fromisoformat(todo.escalates_at[todo.escalation_level]) > sheet.now:
            return
        escalation = sheet.definition.escalate[todo.escalation_level]
        todo.escalation_level += 1
        detail = {
            "level": todo.escalation_level,
            "from": todo.role,
            "role": escalation.to or todo.role,
        }
        sheet.note("to-do.escalated", detail=detail)
        todo.role = escalation.to or todo.role


def _reckon(sheet: Worksheet) -> None:
    """The priority anew, unless somebody has set it by hand."""
    todo = sheet.todo
    if todo.priority_by is not None:
        return
    level, today = todo.escalation_level, sheet.now.date()
    priority = priority_of(sheet.definition, todo.context, level=level, today=today)
    if priority != todo.priority:
        detail = {"from": todo.priority, "to": priority}
        sheet.note("to-do.priority_calculated", detail=detail)
        todo.priority = priority
