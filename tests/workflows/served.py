"""Processes on a real Temporal server: the worker of production, real rows, and a clock ahead."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from activities.relay import Relay
from openccm.contracts import RunInput
from openccm.platform.database import Database
from openccm.platform.temporal import Engine, run_id
from openccm.processes import queries
from openccm.processes.book import Processes
from openccm.processes.tables import WorkflowInstance
from tests.core.making import GoingClock
from tests.core.station import open_station
from tests.processes.stage import Stage
from tests.support.sandbox import runner
from workflows.rounds import ROUNDS
from workflows.run import Run
from workflows.worker import build_worker

PATIENCE = 120.0


class ProcessEngine(Engine):
    """Leaves the communications that processes ask for to the test, which settles them itself."""

    async def start_run(self, order: RunInput, workflow_id: str) -> None:
        if order.plan.start != "gather":
            await super().start_run(order, workflow_id)


@dataclass(slots=True)
class Served:
    """A stage whose processes run on a server."""

    stage: Stage
    client: Client
    queue: str
    relay: Relay
    engine: Engine

    def worker(self, cached: int = 1_000) -> Worker:
        """A worker of production; stop it and start another as often as you like."""
        desk = self.stage.station.desk
        settings = desk.settings.model_copy(update={"max_cached_workflows": cached})
        return build_worker(replace(desk, settings=settings), self.engine, task_queue=self.queue)

    def handle(self, row: WorkflowInstance) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(run_id(row.code, row.system_code, row.key))

    async def row(self, instance_id: UUID) -> WorkflowInstance:
        async with self.stage.station.database.read() as session:
            return await queries.instance_by_id(session, instance_id)

    async def rests(self, row: WorkflowInstance) -> bool:
        """Whether a run has ended or waits, and nothing of it is under way."""
        found = (await self.handle(row).describe()).raw_description
        if found.workflow_execution_info.status != WorkflowExecutionStatus.RUNNING:
            return True
        return not (found.pending_activities or found.HasField("pending_workflow_task"))

    async def settled(self, *rows: WorkflowInstance) -> None:
        """Wait until the runs of all these rest."""
        async with asyncio.timeout(PATIENCE):
            for row in rows:
                while not await self.rests(row):
                    await asyncio.sleep(0.02)

    async def replays(self, row: WorkflowInstance) -> None:
        """Its history replays, every run of it."""
        replayer = Replayer(
            workflows=[Run, *ROUNDS],
            workflow_runner=runner(),
            data_converter=pydantic_data_converter,
        )
        workflow_id = run_id(row.code, row.system_code, row.key)
        async for each in self.client.list_workflows(f"WorkflowId = '{workflow_id}'"):
            handle = self.client.get_workflow_handle(workflow_id, run_id=each.run_id)
            await replayer.replay_workflow(await handle.fetch_history())


@asynccontextmanager
async def serving(
    environment: WorkflowEnvironment, database: Database, folder: Path
) -> AsyncIterator[Served]:
    async with open_station(database, folder / "station", clock=GoingClock()) as station:
        definitions = folder / "processes"
        definitions.mkdir()
        stage = Stage(station, Processes(station.desk), definitions)
        queue = f"queue-{uuid4()}"
        engine = ProcessEngine(environment.client, queue)
        relay = Relay(station.desk, engine)
        yield Served(stage, environment.client, queue, relay, engine)


def go_ahead(served: Served, span: timedelta) -> None:
    clock = served.stage.station.clock
    assert isinstance(clock, GoingClock)
    clock.ahead += span


def chunks(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
