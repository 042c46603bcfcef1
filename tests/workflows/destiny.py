"""What can befall a process that runs on a real server."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, or_, select
from temporalio.client import WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from openccm.platform.temporal import run_id
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import WorkflowInstance
from tests.processes.fate import Fate
from tests.workflows.served import PATIENCE, Served, go_ahead


@dataclass(slots=True, repr=False, kw_only=True)
class Destiny(Fate):
    """One instance and its children, as runs on a server that skips time when it is told to."""

    served: Served
    environment: WorkflowEnvironment
    _over: bool = False

    @property
    def over(self) -> bool:
        return self._over

    async def on(self) -> None:
        """Do what is owed, wake everybody, and wait until all of them rest."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(2):
                await self.served.relay.turn()
                rows = await self.family()
                for row in rows:
                    await self.served.engine.wake_run(run_id(row.code, row.system_code, row.key))
                for row in rows:
                    while not (await self.served.rests(row) and await self.agrees(row)):
                        await asyncio.sleep(0.02)
        self._over = await self.ended(await self.row())
        await self.stands()

    async def time(self) -> None:
        """Go to when the first of all looks again by itself; or a day on."""
        clock = self.stage.station.clock
        times = [each.until for each in await self.steps() if each.left_at is None and each.until]
        span = max(min(times, default=clock() + timedelta(days=1)) - clock(), timedelta(0))
        span = min(span + timedelta(seconds=1), timedelta(days=4_000))
        self.told.append(f"time {span}")
        go_ahead(self.served, span)
        for row in await self.family():
            if not await self.ended(row):
                await self.environment.fast_forward(self.served.handle(row), span)

    async def family(self) -> list[WorkflowInstance]:
        """The instance and those it started."""
        async with self.stage.station.database.read() as session:
            wanted = or_(col(WorkflowInstance.id) == self.id, WorkflowInstance.parent_id == self.id)
            return list(await session.scalars(select(WorkflowInstance).where(wanted)))

    async def ended(self, row: WorkflowInstance) -> bool:
        """Whether its run is over; a run never ends but by coming to its end."""
        status = (await self.served.handle(row).describe()).status
        assert status in (WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED)
        return status is WorkflowExecutionStatus.COMPLETED

    async def agrees(self, row: WorkflowInstance) -> bool:
        """Whether the rows have caught up with the run."""
        state = (await self.served.row(row.id)).state
        return (state in INSTANCE.terminal) == await self.ended(row) and state != "running"
