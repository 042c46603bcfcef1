"""The workflow of a scheduled version: it waits for the instant, however far, and looks again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from openccm.contracts import (
    PUBLICATION_WORKFLOW,
    PUBLISH_DUE,
    WAKE,
    PublicationInput,
    PublicationResult,
)
from workflows.publication import Publication
from workflows.sandbox import runner


class Rows:
    """What the activity finds, look after look."""

    def __init__(self, *answers: datetime | None) -> None:
        self._answers = list(answers)
        self.looks = 0

    def activity(self) -> Any:
        @activity.defn(name=PUBLISH_DUE)
        async def publish_due(order: PublicationInput) -> PublicationResult:
            self.looks += 1
            return PublicationResult(until=self._answers.pop(0))

        return publish_due


@asynccontextmanager
async def running(
    environment: WorkflowEnvironment, rows: Rows
) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    queue = f"queue-{uuid4()}"
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[Publication],
        activities=[rows.activity()],
        workflow_runner=runner(),
    ):
        yield await environment.client.start_workflow(
            PUBLICATION_WORKFLOW,
            PublicationInput(version_id=uuid4()),
            id=f"{PUBLICATION_WORKFLOW}/{uuid4()}",
            task_queue=queue,
            start_signal=WAKE,
        )


async def test_a_year_is_waited_for_in_one_timer(skipping: WorkflowEnvironment) -> None:
    rows = Rows(datetime.now(UTC) + timedelta(days=365), None)
    async with running(skipping, rows) as handle:
        await handle.result()
        history = await handle.fetch_history()

    timers = [event for event in history.events if event.HasField("timer_started_event_attributes")]
    assert (rows.looks, len(timers)) == (2, 1)


async def test_a_schedule_that_is_taken_back_ends_it(temporal: WorkflowEnvironment) -> None:
    rows = Rows(datetime.now(UTC) + timedelta(days=365), None, None)
    async with running(temporal, rows) as handle:
        while rows.looks < 1:
            await asyncio.sleep(0.02)
        await handle.signal(WAKE)
        await handle.result()

    assert rows.looks == 2


async def test_what_is_not_there_yet_is_looked_for_again(skipping: WorkflowEnvironment) -> None:
    """The machine's clock may be behind the server's by a moment."""
    now = datetime.now(UTC)
    rows = Rows(now + timedelta(hours=1), now + timedelta(hours=1, seconds=1), None)
    async with running(skipping, rows) as handle:
        await handle.result()

    assert rows.looks == 3


async def test_its_history_replays(skipping: WorkflowEnvironment) -> None:
    async with running(skipping, Rows(datetime.now(UTC) + timedelta(days=1), None)) as handle:
        await handle.result()
        history = await handle.fetch_history()

    replayer = Replayer(
        workflows=[Publication], workflow_runner=runner(), data_converter=pydantic_data_converter
    )
    await replayer.replay_workflow(history)
