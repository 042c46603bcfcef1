"""The workflow that brings one version into force at its instant, however far away that is."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import (
        PUBLICATION_WORKFLOW,
        PUBLISH_DUE,
        WAKE,
        PublicationInput,
        PublicationResult,
    )


@workflow.defn(name=PUBLICATION_WORKFLOW)
class Publication:
    """Waits for a version's instant; ends when nothing is to come, and is started anew then."""

    def __init__(self) -> None:
        self._wakes = 0

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """The schedule has changed."""
        self._wakes += 1

    @workflow.run
    async def run(self, order: PublicationInput) -> None:
        """Look, wait, look again."""
        while True:
            seen = self._wakes
            result = await workflow.execute_activity(
                PUBLISH_DUE,
                order,
                result_type=PublicationResult,
                start_to_close_timeout=timedelta(minutes=1),
                retry_policy=RetryPolicy(maximum_interval=timedelta(seconds=30)),
                summary="Do what is due",
            )
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(order)
            if self._wakes != seen:
                continue
            if result.until is None:
                return
            await self._pause(result, seen)

    async def _pause(self, result: PublicationResult, seen: int) -> None:
        assert result.until is not None
        workflow.set_current_details(f"Due at {result.until:%Y-%m-%d %H:%M:%S} UTC.")
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=max(result.until - workflow.now(), timedelta(0)),
                timeout_summary="Wait for the instant",
            )
        except TimeoutError:
            return
