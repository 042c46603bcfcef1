"""The activities of a run's steps. Each does one thing, looks at the rows first, may run twice."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary

from temporalio import activity

from activities.alive import beating, seen_through
from openccm.communications.compose import compose_step
from openccm.communications.desk import Desk
from openccm.communications.follow import fall_back, follow
from openccm.communications.gather import gather
from openccm.communications.hand_over import hand_over
from openccm.contracts import (
    COMPOSE,
    FALL_BACK,
    FOLLOW,
    GATHER,
    HAND_OVER,
    TAKE_STEP,
    StepInput,
    StepResult,
)
from openccm.processes.book import Processes
from openccm.processes.taking import take_step


class ProcessActivities:
    """The one activity that takes every step of a process."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes

    @activity.defn(name=TAKE_STEP)
    async def take_step(self, step: StepInput) -> StepResult:
        """Take a step, or look again at one that waits."""
        if activity.info().is_local:
            return await take_step(self._processes, step)
        with beating():
            return await take_step(self._processes, step)


class StepActivities:
    """Every step that a communication's plan can call."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: WeakValueDictionary[UUID | None, asyncio.Lock] = WeakValueDictionary()

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
        """Hand over to the channel.

        Temporal may take a living worker for dead, after an outage of its own, and try again here.
        The second try then waits for the first, which would look to it like one that a crash cut
        off.
        """
        turn = self._turns.setdefault(step.communication_id, asyncio.Lock())
        with beating():
            async with turn:
                return await seen_through(hand_over(self._desk, step))

    @activity.defn(name=FOLLOW)
    async def follow(self, step: StepInput) -> StepResult:
        """Look what became of it."""
        return await follow(self._desk, step)

    @activity.defn(name=FALL_BACK)
    async def fall_back(self, step: StepInput) -> StepResult:
        """Go on with the next channel."""
        return await fall_back(self._desk, step)
