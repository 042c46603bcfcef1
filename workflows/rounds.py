"""Workflows that go their round: look, do what is due, wait for the next time, look again.

One for each subject that something is owed to or due for. Each ends when nothing is to come, and
the next deed in the outbox starts it anew.
"""

from datetime import timedelta
from typing import ClassVar

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import (
        CALLBACKS,
        DELIVER_CALLBACKS,
        EVENTS,
        HANDLE_EVENTS,
        JOB,
        JOB_DUE,
        KEEP_REMINDER,
        LOOK_AFTER_PRINT_RUN,
        LOOK_AFTER_TODO,
        OPEN_JOB,
        PRINT_RUN,
        PUBLICATION,
        PUBLISH_DUE,
        REMINDER,
        TO_DO,
        WAKE,
        WORK_ON_JOB,
        RoundInput,
        RoundResult,
    )

_TIMEOUT = timedelta(minutes=10)
_HEARTBEAT = timedelta(seconds=15)
_RETRY = RetryPolicy(maximum_interval=timedelta(seconds=30))


class Rounds:
    """What all of them do."""

    activity: ClassVar[str]
    title: ClassVar[str]
    """What a supervisor reads of a round."""
    waits: ClassVar[str]
    """What a supervisor reads while it waits."""

    def __init__(self) -> None:
        self._wakes = 0

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """There is more to do, or another time to wait for."""
        self._wakes += 1

    async def _go(self, order: RoundInput) -> None:
        """Go round until nothing is to come."""
        while True:
            seen = self._wakes
            result = await workflow.execute_activity(
                self.activity,
                order,
                result_type=RoundResult,
                start_to_close_timeout=_TIMEOUT,
                heartbeat_timeout=_HEARTBEAT,
                retry_policy=_RETRY,
                summary=self.title,
            )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(order)
            if self._wakes != seen:
                continue
            if result.until is None:
                return
            await self._pause(result, seen)

    async def _pause(self, result: RoundResult, seen: int) -> None:
        assert result.until is not None
        workflow.set_current_details(f"{self.waits} {result.until:%Y-%m-%d %H:%M:%S} UTC.")
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=max(result.until - workflow.now(), timedelta(0)),
                timeout_summary=f"{self.waits} {result.until:%Y-%m-%d %H:%M}",
            )
        except TimeoutError:
            return


@workflow.defn(name=CALLBACKS)
class Callbacks(Rounds):
    """Tells one subscription what it is owed, for as long as it takes."""

    activity = DELIVER_CALLBACKS
    title = "Tell the core system"
    waits = "The receiver does not answer; next try"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Deliver until nothing is owed."""
        await self._go(order)


@workflow.defn(name=EVENTS)
class Events(Rounds):
    """Works on system events, for as long as any are due."""

    activity = HANDLE_EVENTS
    title = "Do what the events lead to"
    waits = "An event could not be worked on; next try"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Work until nothing is due."""
        await self._go(order)


@workflow.defn(name=TO_DO)
class LookAfter(Rounds):
    """Looks after one to-do that nothing else waits for: marks and escalates what is not done."""

    activity = LOOK_AFTER_TODO
    title = "Mark and escalate what is due"
    waits = "Nobody has done it; next look"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Look until it is closed, or nothing more happens by itself."""
        await self._go(order)


@workflow.defn(name=PUBLICATION)
class Publication(Rounds):
    """Brings one version into force at its instant, however far away that is."""

    activity = PUBLISH_DUE
    title = "Do what is due"
    waits = "Due at"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Look, wait, look again."""
        await self._go(order)


@workflow.defn(name=JOB)
class JobRound(Rounds):
    """Works on one run of a job, chunk after chunk."""

    activity = WORK_ON_JOB
    title = "Work on the next items"
    waits = "The run waits; next look"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Work until the run has ended, or somebody has stopped it."""
        await self._go(order)


@workflow.defn(name=JOB_DUE)
class JobDue(Rounds):
    """Opens the run of a job whose time has come; a schedule starts it."""

    activity = OPEN_JOB
    title = "Open the run"
    waits = "Opens at"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Open it, once."""
        await self._go(order)


@workflow.defn(name=PRINT_RUN)
class PrintRunRound(Rounds):
    """Looks after one print run until all of its pieces are answered for."""

    activity = LOOK_AFTER_PRINT_RUN
    title = "Hand over, or read the print house's answers"
    waits = "Looks again at"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Look until it is reconciled, or waits for a person."""
        await self._go(order)


@workflow.defn(name=REMINDER)
class Keep(Rounds):
    """Keeps one reminder: on its day it becomes a to-do, and is over when that is closed."""

    activity = KEEP_REMINDER
    title = "Remind"
    waits = "To be looked at again at"

    @workflow.run
    async def run(self, order: RoundInput) -> None:
        """Look, wait for its day, look again."""
        await self._go(order)


ROUNDS = (Callbacks, Events, LookAfter, Publication, JobRound, JobDue, PrintRunRound, Keep)
"""All of them, for workers and replays."""
