"""The activities of a run's steps. Each does one thing, looks at the rows first, may run twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from temporalio import activity

from openccm.communications.compose import compose_step
from openccm.communications.desk import Desk
from openccm.communications.follow import fall_back, follow
from openccm.communications.gather import gather
from openccm.communications.hand_over import hand_over
from openccm.contracts import COMPOSE, FALL_BACK, FOLLOW, GATHER, HAND_OVER, StepInput, StepResult

_BEAT = 5.0


class StepActivities:
    """Every step that a communication's plan can call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn(name=GATHER)
    async def gather(self, step: StepInput) -> StepResult:
        """Decide and find the data."""
        return await gather(self._desk, step)

    @activity.defn(name=COMPOSE)
    async def compose(self, step: StepInput) -> StepResult:
        """Render and store."""
        return await compose_step(self._desk, step)

    @activity.defn(name=HAND_OVER)
    async def hand_over(self, step: StepInput) -> StepResult:
        """Hand over to the channel, with a heartbeat so that a dead worker is noticed."""
        async with _beating():
            return await hand_over(self._desk, step)

    @activity.defn(name=FOLLOW)
    async def follow(self, step: StepInput) -> StepResult:
        """Look what became of it."""
        return await follow(self._desk, step)

    @activity.defn(name=FALL_BACK)
    async def fall_back(self, step: StepInput) -> StepResult:
        """Go on with the next channel."""
        return await fall_back(self._desk, step)


@asynccontextmanager
async def _beating() -> AsyncGenerator[None]:
    async def beat() -> None:
        while True:
            await asyncio.sleep(_BEAT)
            activity.heartbeat()

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
