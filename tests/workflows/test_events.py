"""The workflow of events, on a real server: rounds until nothing is due, and again when woken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import activity
from temporalio.client import WorkflowExecutionStatus
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from openccm.contracts import EVENTS_WORKFLOW, HANDLE_EVENTS, EventsResult
from openccm.platform.temporal import Engine
from workflows.events import Events
from workflows.sandbox import runner


class Rounds:
    """Answers rounds as told, then that nothing is left."""

    def __init__(self, *answers: EventsResult) -> None:
        self._answers = list(answers)
        self.done = 0
        self.gate = asyncio.Event()
        self.gate.set()

    @activity.defn(name=HANDLE_EVENTS)
    async def handle_events(self) -> EventsResult:
        self.done += 1
        await self.gate.wait()
        return self._answers.pop(0) if self._answers else EventsResult()


@asynccontextmanager
async def woken(environment: WorkflowEnvironment, rounds: Rounds) -> AsyncIterator[Engine]:
    queue = f"queue-{uuid4()}"
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[Events],
        activities=[rounds.handle_events],
        workflow_runner=runner(),
    ):
        engine = Engine(environment.client, queue)
        await engine.wake_events()
        yield engine


async def test_it_ends_when_nothing_is_due_and_begins_anew(temporal: WorkflowEnvironment) -> None:
    rounds = Rounds()
    async with woken(temporal, rounds) as engine:
        handle = engine.client.get_workflow_handle(EVENTS_WORKFLOW)
        await handle.result()
        first = rounds.done
        await engine.wake_events()
        await handle.result()

    assert first >= 1
    assert rounds.done > first


async def test_whoever_wakes_it_during_a_round_gets_another(temporal: WorkflowEnvironment) -> None:
    rounds = Rounds()
    rounds.gate.clear()
    async with woken(temporal, rounds) as engine:
        while not rounds.done:
            await asyncio.sleep(0.02)
        await engine.wake_events()
        rounds.gate.set()
        handle = engine.client.get_workflow_handle(EVENTS_WORKFLOW)
        await handle.result()
        description = await handle.describe()

    assert rounds.done == 2
    assert description.status is WorkflowExecutionStatus.COMPLETED


async def test_what_was_put_off_is_looked_at_again_in_time(temporal: WorkflowEnvironment) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    rounds = Rounds(EventsResult(until=soon))
    async with woken(temporal, rounds) as engine:
        handle = engine.client.get_workflow_handle(EVENTS_WORKFLOW)
        await handle.result()
        history = await handle.fetch_history()

    assert rounds.done >= 2
    replayer = Replayer(
        workflows=[Events],
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(history)
