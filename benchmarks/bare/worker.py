"""The process that runs the bare workflow, as wide as OpenCCM's own, else by the SDK's defaults."""

import asyncio
import signal

import uvloop
from temporalio.worker import Worker

from benchmarks.bare.engine import QUEUE, Bare, nothing
from openccm.platform.settings import Settings
from openccm.platform.temporal import Engine


async def serve(settings: Settings) -> None:
    """Work until asked to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    engine = await Engine.connect(settings.temporal_address, settings.temporal_namespace)
    worker = Worker(
        engine.client,
        task_queue=QUEUE,
        workflows=[Bare],
        activities=[nothing],
        max_cached_workflows=settings.max_cached_workflows,
        max_concurrent_workflow_tasks=settings.max_concurrent_workflow_tasks,
        max_concurrent_activities=settings.max_concurrent_activities,
        max_concurrent_local_activities=settings.max_concurrent_local_activities,
    )
    async with worker:
        assert settings.ready_file is not None
        settings.ready_file.touch()
        await stop.wait()


if __name__ == "__main__":
    uvloop.run(serve(Settings.load()))
