"""The worker process: the one place where workflows and activities meet."""

import asyncio
import logging
import signal
from contextlib import suppress
from datetime import timedelta

import uvloop
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.errors import Discreet
from activities.relay import Relay
from activities.rounds import RoundActivities
from activities.steps import ProcessActivities, StepActivities
from openccm.communications.desk import Desk, open_desk
from openccm.contracts import TASK_QUEUE
from openccm.job_list import every_job
from openccm.jobs.job import Jobs
from openccm.platform import garbage, logs
from openccm.platform.settings import Settings
from openccm.platform.temporal import Engine
from openccm.processes.book import Processes
from workflows.rounds import ROUNDS
from workflows.run import Run

_log = logging.getLogger(__name__)
_PAUSE = 1.0


def build_worker(
    desk: Desk, engine: Engine, *, task_queue: str = TASK_QUEUE, jobs: Jobs | None = None
) -> Worker:
    """A worker that runs every definition."""
    steps = StepActivities(desk)
    processes = ProcessActivities(Processes(desk))
    rounds = RoundActivities(desk, jobs or Jobs(every_job(desk)))
    settings = desk.settings
    return Worker(
        engine.client,
        task_queue=task_queue,
        workflows=[Run, *ROUNDS],
        activities=[
            steps.gather,
            steps.compose,
            steps.hand_over,
            steps.follow,
            steps.fall_back,
            processes.take_step,
            rounds.deliver_callbacks,
            rounds.handle_events,
            rounds.look_after_todo,
            rounds.keep_reminder,
            rounds.publish_due,
            rounds.work_on_job,
            rounds.open_job,
            rounds.look_after_print_run,
        ],
        # The tests run this code in the sandbox, where it would be caught at what it must not do.
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[Discreet()],
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=settings.max_concurrent_workflow_tasks,
        max_concurrent_activities=settings.max_concurrent_activities,
        max_concurrent_local_activities=settings.max_concurrent_local_activities,
        graceful_shutdown_timeout=timedelta(seconds=5),
    )


async def serve(settings: Settings) -> None:
    """Work until asked to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    engine = await _connected(settings, stop)
    if engine is None:
        return
    async with open_desk(settings) as desk:
        relay = asyncio.create_task(Relay(desk, engine).run())
        async with build_worker(desk, engine):
            if settings.ready_file is not None:
                settings.ready_file.parent.mkdir(parents=True, exist_ok=True)
                settings.ready_file.touch()
            await _first(asyncio.create_task(stop.wait()), relay)
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay


async def _connected(settings: Settings, stop: asyncio.Event) -> Engine | None:
    """An engine once Temporal answers; None where this is to end before."""
    while not stop.is_set():
        try:
            return await Engine.connect(settings.temporal_address, settings.temporal_namespace)
        except RuntimeError:
            _log.warning("worker waits for temporal", extra={"address": settings.temporal_address})
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _PAUSE)
    return None


async def _first(*tasks: asyncio.Task[object]) -> None:
    """Until one of them ends; an error that ended it goes on."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def main() -> None:
    """Run a worker with the settings of the environment."""
    settings = Settings.load()
    logs.set_up(settings.log_level)
    garbage.settle()
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
