"""The workflow that looks after a to-do, on a server that skips time."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from openccm.contracts import LOOK_AFTER_TODO, TODO_WORKFLOW, WAKE, ToDoInput, ToDoResult
from workflows.sandbox import runner
from workflows.todos import LookAfter


class Looks:
    """Answers looks with the times it was given, one after another; then with none."""

    def __init__(self, *until: timedelta) -> None:
        self._until = list(until)
        self.number = 0
        self.first = asyncio.Event()

    @activity.defn(name=LOOK_AFTER_TODO)
    async def look(self, order: ToDoInput) -> ToDoResult:
        self.number += 1
        self.first.set()
        if not self._until:
            return ToDoResult()
        return ToDoResult(until=datetime.now(UTC) + self._until.pop(0))


async def looked_after(
    environment: WorkflowEnvironment, looks: Looks, *, wake: bool = False
) -> None:
    queue = f"queue-{uuid4()}"
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[LookAfter],
        activities=[looks.look],
        workflow_runner=runner(),
    ):
        handle = await environment.client.start_workflow(
            TODO_WORKFLOW,
            ToDoInput(todo_id=uuid4()),
            id=f"{TODO_WORKFLOW}/{uuid4()}",
            task_queue=queue,
        )
        if wake:
            await looks.first.wait()
            await handle.signal(WAKE)
        await handle.result()


async def test_it_looks_at_every_time_it_is_told_and_then_ends(
    skipping: WorkflowEnvironment,
) -> None:
    looks = Looks(timedelta(days=2), timedelta(days=4))

    await looked_after(skipping, looks)

    assert looks.number == 3


async def test_a_wake_makes_it_look_before_its_time(temporal: WorkflowEnvironment) -> None:
    looks = Looks(timedelta(days=2))

    await looked_after(temporal, looks, wake=True)

    assert looks.number == 2


async def test_where_nothing_can_happen_one_look_is_enough(temporal: WorkflowEnvironment) -> None:
    looks = Looks()

    await looked_after(temporal, looks)

    assert looks.number == 1
