"""The interpreter, on a real server, with the activities faked by name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from openccm.contracts import WAIT, WAKE, StepResult
from tests.support.sandbox import runner
from tests.workflows.plans import FIRST, SECOND, Script, run_input
from workflows.run import Run

PREPARED = StepResult(outcome="prepared", communications=(FIRST,))
RENDERED = StepResult(outcome="rendered")
ENDED = StepResult(outcome="ended")
SENT = StepResult(outcome="sent")


@asynccontextmanager
async def running(
    environment: WorkflowEnvironment, script: Script
) -> AsyncIterator[WorkflowHandle[object, str]]:
    """A started run with a worker of its own."""
    queue = f"queue-{uuid4()}"
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[Run],
        activities=script.activities(),
        workflow_runner=runner(),
    ):
        yield await environment.client.start_workflow(
            "TEST-CODE",
            run_input(),
            id=f"TEST-CODE/{uuid4()}",
            task_queue=queue,
            result_type=str,
            run_timeout=timedelta(days=400),
        )


async def test_a_plain_communication_takes_three_steps(temporal: WorkflowEnvironment) -> None:
    script = Script(gather=[PREPARED], compose=[RENDERED], hand_over=[ENDED])
    async with running(temporal, script) as handle:
        await handle.result()
        history = await handle.fetch_history()

    assert [step.communication_id for step in script.asked["hand_over"]] == [FIRST]
    assert len(history.events) <= 30


async def test_every_communication_has_a_track_of_its_own(temporal: WorkflowEnvironment) -> None:
    both = StepResult(outcome="prepared", communications=(FIRST, SECOND))
    script = Script(gather=[both], compose=[RENDERED], hand_over=[ENDED])
    async with running(temporal, script) as handle:
        await handle.result()

    assert {step.communication_id for step in script.asked["hand_over"]} == {FIRST, SECOND}


async def test_a_fallback_goes_on_with_the_communication_it_opened(
    temporal: WorkflowEnvironment,
) -> None:
    script = Script(
        gather=[PREPARED],
        compose=[RENDERED],
        hand_over=[StepResult(outcome="fall-back"), ENDED],
        fall_back=[StepResult(outcome="composing", communications=(SECOND,))],
    )
    async with running(temporal, script) as handle:
        await handle.result()

    assert [step.communication_id for step in script.asked["compose"]] == [FIRST, SECOND]


async def test_a_wait_ends_with_its_time(skipping: WorkflowEnvironment) -> None:
    later = datetime.now(UTC) + timedelta(days=30)
    waiting = StepResult(outcome=WAIT, until=later, waiting_for="quiet hours")
    script = Script(gather=[PREPARED], compose=[RENDERED], hand_over=[waiting, ENDED])
    async with running(skipping, script) as handle:
        await handle.result()

    assert len(script.asked["hand_over"]) == 2


async def test_a_wait_without_a_time_ends_with_a_wake(temporal: WorkflowEnvironment) -> None:
    held = StepResult(outcome=WAIT, waiting_for="a person to release it")
    script = Script(gather=[held, PREPARED], compose=[RENDERED], hand_over=[ENDED])
    async with running(temporal, script) as handle:
        await _until_asked(script, "gather")
        await handle.signal(WAKE)
        await handle.result()

    assert len(script.asked["gather"]) == 2


async def test_a_wake_that_comes_while_a_step_looks_is_not_lost(
    temporal: WorkflowEnvironment,
) -> None:
    held = StepResult(outcome=WAIT, waiting_for="a person to release it")
    script = Script(gather=[PREPARED], compose=[RENDERED], hand_over=[held, ENDED])

    async def wake_meanwhile() -> None:
        info = activity.info()
        assert info.workflow_id is not None
        await temporal.client.get_workflow_handle(info.workflow_id).signal(WAKE)

    script.meanwhile["hand_over"] = [wake_meanwhile]
    async with running(temporal, script) as handle:
        await handle.result()

    assert len(script.asked["hand_over"]) == 2


async def test_supervisors_read_what_a_run_waits_for(temporal: WorkflowEnvironment) -> None:
    held = StepResult(outcome=WAIT, waiting_for="a person to release it", marks={"status": "held"})
    script = Script(gather=[held, ENDED])
    async with running(temporal, script) as handle:
        await _until_asked(script, "gather")
        details = await handle.query("__temporal_workflow_metadata")
        attributes = (await handle.describe()).typed_search_attributes
        await handle.signal(WAKE)
        await handle.result()

    assert "a person to release it" in str(details)
    found = {pair.key.name: pair.value for pair in attributes}
    assert found["OpenccmWaitingFor"] == "a person to release it"
    assert found["OpenccmStatus"] == "held"


async def test_marks_are_cleared_when_the_wait_is_over(temporal: WorkflowEnvironment) -> None:
    held = StepResult(outcome=WAIT, waiting_for="a person to release it")
    script = Script(gather=[held, ENDED])
    async with running(temporal, script) as handle:
        await _until_asked(script, "gather")
        await handle.signal(WAKE)
        await handle.result()
        attributes = (await handle.describe()).typed_search_attributes

    found = {pair.key.name: pair.value for pair in attributes}
    assert found.get("OpenccmWaitingFor", "") == ""


async def _until_asked(script: Script, name: str) -> None:
    while not script.asked[name]:
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)
