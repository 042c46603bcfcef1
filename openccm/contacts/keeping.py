"""Keeping reminders: each when its own workflow says so, or all that are due as a job."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.contacts.reminders import due_reminders, keep
from openccm.jobs.job import Job, Skipped
from openccm.jobs.tables import JobRun
from openccm.platform.clock import Clock
from openccm.platform.database import Database
from openccm.repository.versions import Repository
from openccm.work.worksheet import ENGINE


class Keeper:
    """Turns reminders into to-dos. Whatever it does twice happens once."""

    def __init__(self, database: Database, repository: Repository, clock: Clock) -> None:
        self._database = database
        self._repository = repository
        self._clock = clock

    async def look(self, reminder_id: UUID) -> datetime | None:
        """Do what is due, and say when to look again; None for never."""
        now = self._clock()
        async with self._database.begin() as session:
            kept = await keep(session, self._repository, reminder_id, actor=ENGINE, now=now)
        return kept.until


class ToDosFromContacts(Job):
    """Turns every reminder that is due into its to-do, also where its own workflow has not."""

    code = "todo-from-contacts"
    title = "To-dos from the reminders that are due"

    def __init__(self, repository: Repository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock

    async def due(
        self, session: AsyncSession, run: JobRun, after: str, limit: int
    ) -> Sequence[str]:
        """The reminders that are due."""
        last = UUID(after) if after else None
        found = await due_reminders(session, self._clock(), after=last, limit=limit)
        return [str(each) for each in found]

    async def work(self, session: AsyncSession, run: JobRun, key: str) -> None:
        """Turn one of them into its to-do.

        Raises:
            Skipped: It became one meanwhile, or is not due any more.
            OpenCCMError: The to-do cannot be raised; the reminder stays due.
        """
        now = self._clock()
        kept = await keep(session, self._repository, UUID(key), actor=ENGINE, now=now)
        if kept.fault is not None:
            raise kept.fault
        if not kept.raised:
            raise Skipped("It is not due any more.")
