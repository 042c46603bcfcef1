"""The workflow that tells one subscription what it is owed, for as long as it takes."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import (
        CALLBACKS_WORKFLOW,
        DELIVER_CALLBACKS,
        WAKE,
        CallbacksInput,
        CallbacksResult,
    )


@workflow.defn(name=CALLBACKS_WORKFLOW)
class Callbacks:
    """Delivers rounds of callbacks; ends when nothing is owed and is started anew by the next."""

    def __init__(self) -> None:
        self._wakes = 0

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """More callbacks are owed."""
        self._wakes += 1

    @workflow.run
    async def run(self, order: CallbacksInput) -> None:
        """Deliver until nothing is owed."""
        while True:
            seen = self._wakes
            result = await workflow.execute_activity(
                DELIVER_CALLBACKS,
                order,
                result_type=CallbacksResult,
                start_to_close_timeout=timedelta(minutes=10),
                heartbeat_timeout=timedelta(seconds=15),
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
                summary="Tell the core system",
            )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(order)
            if self._wakes != seen:
                continue
            if result.until is None:
                return
            await self._pause(result, seen)

    async def _pause(self, result: CallbacksResult, seen: int) -> None:
        assert result.until is not None
        workflow.set_current_details(
            f"The receiver does not answer; next try {result.until:%Y-%m-%d %H:%M:%S} UTC."
        )
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=max(result.until - workflow.now(), timedelta(0)),
                timeout_summary="Wait before the next try",
            )
        except TimeoutError:
            return
