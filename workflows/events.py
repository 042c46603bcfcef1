"""The workflow that works on system events, for as long as any are due."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import EVENTS_WORKFLOW, HANDLE_EVENTS, WAKE, EventsResult


@workflow.defn(name=EVENTS_WORKFLOW)
class Events:
    """Works in rounds; ends when nothing is due and is started anew by the next event."""

    def __init__(self) -> None:
        self._wakes = 0

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """More events have come in."""
        self._wakes += 1

    @workflow.run
    async def run(self) -> None:
        """Work until nothing is due."""
        while True:
            seen = self._wakes
            result = await workflow.execute_activity(
                HANDLE_EVENTS,
                result_type=EventsResult,
                start_to_close_timeout=timedelta(minutes=10),
                heartbeat_timeout=timedelta(seconds=15),
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=15)),
                summary="Do what the events lead to",
            )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new()
            if self._wakes != seen:
                continue
            if result.until is None:
                return
            await self._pause(result, seen)

    async def _pause(self, result: EventsResult, seen: int) -> None:
        assert result.until is not None
        workflow.set_current_details(
            f"An event could not be worked on; next try {result.until:%Y-%m-%d %H:%M:%S} UTC."
        )
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=max(result.until - workflow.now(), timedelta(0)),
                timeout_summary="Wait before the next try",
            )
        except TimeoutError:
            return
