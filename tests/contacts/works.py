"""The works behind a desk: whatever the outbox owes is done, at the time the test says it is.

The rows, the deeds and the plans are those of an installation; only time is in the test's hand.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from openccm.communications.compose import compose_step
from openccm.communications.desk import Desk
from openccm.communications.gather import gather
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.contacts.keeping import Keeper
from openccm.contracts import StepInput, StepResult
from openccm.events.handling import Handler
from openccm.job_list import every_job
from openccm.jobs.job import Jobs
from openccm.jobs.working import Foreman
from openccm.platform import outbox
from openccm.processes.book import Processes
from openccm.processes.queries import instance_by_id
from openccm.processes.stepper import Stepper
from openccm.processes.taking import take_step
from openccm.work.escalation import Watch


@dataclass(slots=True)
class Works:
    """Does what is owed."""

    desk: Desk
    runs: dict[UUID, Stepper] = field(default_factory=dict[UUID, Stepper])

    async def go_on(self) -> None:
        """Do all that is owed by now, and what follows from it; then look at every timer."""
        while await self._owed():
            pass
        for run in list(self.runs.values()):
            await run.run()
        while await self._owed():
            pass

    async def _owed(self) -> bool:
        async with self.desk.database.read() as session:
            entries = await outbox.due(session, self.desk.clock(), 500)
        deeds = dict.fromkeys((entry.deed, entry.subject) for entry in entries)
        async with self.desk.database.begin() as session:
            await outbox.done(session, [entry.id for entry in entries])
        for deed, subject in deeds:
            await self._do(deed, subject)
        return bool(entries)

    async def _do(self, deed: str, subject: UUID) -> None:
        desk = self.desk
        match deed:
            case "events":
                await Handler(desk).round()
            case "start-instance" | "wake-instance":
                await (await self._run(subject)).run()
            case "start" | "wake":
                await self._send(subject)
            case "reminder":
                await Keeper(desk.database, desk.repository, desk.clock).look(subject)
            case "to-do":
                await Watch(desk.database, desk.repository, desk.clock).look(subject)
            case "job":
                foreman = Foreman(desk.database, Jobs(every_job(desk)), desk.clock)
                while await foreman.turn(subject) is not None:
                    pass
            case _:
                return

    async def _run(self, instance_id: UUID) -> Stepper:
        if instance_id not in self.runs:
            async with self.desk.database.read() as session:
                row = await instance_by_id(session, instance_id)
                stored = await self.desk.repository.stored(session, row.code, row.version)
            assert stored.plan is not None
            self.runs[instance_id] = Stepper(stored.plan, instance_id, self._take)
        return self.runs[instance_id]

    async def _take(self, order: StepInput) -> StepResult:
        return await take_step(Processes(self.desk), order)

    async def _send(self, request_id: UUID) -> None:
        """Gather and compose; letters then wait for their extract."""
        async with self.desk.database.read() as session:
            row = await session.get_one(CommunicationRequest, request_id)
        given = {"subject": row.id, "code": row.definition, "version": row.version}
        result = await gather(self.desk, StepInput(step="gather", **given))
        for communication_id in result.communications:
            async with self.desk.database.read() as session:
                one = await session.get_one(Communication, communication_id)
            if one.state == "pending":
                order = StepInput(step="compose", communication_id=communication_id, **given)
                await compose_step(self.desk, order)


def at(text: str) -> datetime:
    """A moment of the story."""
    return datetime.fromisoformat(text)
