"""The workflows that go their round, each kind on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from openccm.contracts import RoundInput, RoundResult
from openccm.platform.temporal import Engine
from tests.support.sandbox import runner
from workflows.rounds import ROUNDS, Rounds

WORDS = ("callbacks", "events", "to-do", "publication", "job", "job-due", "print-run")
KINDS = {word: place for place, word in enumerate(WORDS)}
"""The workflow types that histories name, by their place."""


class Rows:
    """Answers rounds with the waits it was given, one after another; then that nothing is left."""

    def __init__(self, *waits: timedelta) -> None:
        self._waits = list(waits)
        self.subjects: list[UUID] = []
        self.gate = asyncio.Event()
        self.gate.set()

    def activity(self, name: str) -> Any:
        @activity.defn(name=name)
        async def look(order: RoundInput) -> RoundResult:
            self.subjects.append(order.subject)
            await self.gate.wait()
            if not self._waits:
                return RoundResult()
            return RoundResult(until=datetime.now(UTC) + self._waits.pop(0))

        return look


@asynccontextmanager
async def going(
    environment: WorkflowEnvironment, rows: Rows, kind: str = "callbacks"
) -> AsyncIterator[tuple[Engine, UUID, WorkflowHandle[Any, Any]]]:
    queue, subject = f"queue-{uuid4()}", uuid4()
    workflow: type[Rounds] = ROUNDS[KINDS[kind]]
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[workflow],
        activities=[rows.activity(workflow.activity)],
        workflow_runner=runner(),
    ):
        engine = Engine(environment.client, queue)
        await engine.wake_round(kind, subject)
        yield engine, subject, environment.client.get_workflow_handle(f"{kind}/{subject}")


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_looks_for_its_own_subject_and_ends_when_nothing_is_to_come(
    temporal: WorkflowEnvironment, kind: str
) -> None:
    rows = Rows()
    async with going(temporal, rows, kind) as (_, subject, handle):
        await handle.result()

    assert set(rows.subjects) == {subject}


async def test_the_next_deed_begins_it_anew(temporal: WorkflowEnvironment) -> None:
    rows = Rows()
    async with going(temporal, rows) as (engine, subject, handle):
        await handle.result()
        first = len(rows.subjects)
        await engine.wake_round("callbacks", subject)
        await handle.result()

    assert len(rows.subjects) > first


async def test_whoever_wakes_it_during_a_round_gets_another(temporal: WorkflowEnvironment) -> None:
    rows = Rows()
    rows.gate.clear()
    async with going(temporal, rows) as (engine, subject, handle):
        while not rows.subjects:
            await asyncio.sleep(0.02)
        await engine.wake_round("callbacks", subject)
        rows.gate.set()
        await handle.result()
        description = await handle.describe()

    assert len(rows.subjects) == 2
    assert description.status is WorkflowExecutionStatus.COMPLETED


async def test_a_year_is_waited_for_in_one_timer(skipping: WorkflowEnvironment) -> None:
    rows = Rows(timedelta(days=365))
    async with going(skipping, rows, "publication") as (_, _, handle):
        await handle.result()
        history = await handle.fetch_history()

    timers = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    assert len(timers) == 1
    replayer = Replayer(
        workflows=list(ROUNDS),
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(history)


async def test_a_wake_makes_it_look_before_its_time(temporal: WorkflowEnvironment) -> None:
    rows = Rows(timedelta(days=2))
    async with going(temporal, rows, "to-do") as (engine, subject, handle):
        while not rows.subjects:
            await asyncio.sleep(0.02)
        while (await handle.describe()).raw_description.pending_activities:
            await asyncio.sleep(0.02)
        await engine.wake_round("to-do", subject)
        await handle.result()

    assert len(rows.subjects) >= 2
