"""The workflow that looks after one to-do: its timers mark and escalate what is not done."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import LOOK_AFTER_TODO, TODO_WORKFLOW, WAKE, ToDoInput, ToDoResult


@workflow.defn(name=TODO_WORKFLOW)
class LookAfter:
    """Looks whenever something is due; ends when the to-do is closed or nothing more can come."""

    def __init__(self) -> None:
        self._wakes = 0

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """The to-do was closed, or raised just now: look at it."""
        self._wakes += 1

    @workflow.run
    async def run(self, order: ToDoInput) -> None:
        """Look until nothing more happens by itself."""
        while True:
            seen = self._wakes
            result = await workflow.execute_local_activity(
                LOOK_AFTER_TODO,
                order,
                result_type=ToDoResult,
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=15)),
                summary="Mark and escalate what is due",
            )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(order)
            if self._wakes != seen:
                continue
            if result.until is None:
                return
            await self._pause(result, seen)

    async def _pause(self, result: ToDoResult, seen: int) -> None:
        assert result.until is not None
        workflow.set_current_details(
            f"Nobody has done it; next look {result.until:%Y-%m-%d %H:%M:%S} UTC."
        )
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=max(result.until - workflow.now(), timedelta(0)),
                timeout_summary="Wait until something is due",
            )
        except TimeoutError:
            return
