"""A hand-written workflow of the same twenty activities that a compiled process calls."""

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from uuid import UUID

    from openccm.contracts import TAKE_STEP, StepInput, StepResult

_TIMEOUT = timedelta(seconds=30)

LAST = "last"
"""The step after which nothing comes."""


@activity.defn(name=TAKE_STEP)
async def take_step(step: StepInput) -> StepResult:
    """Do nothing, and go on."""
    return StepResult(outcome="ended" if step.step == LAST else "next")


@workflow.defn(name="hand-written")
class HandWritten:
    """Step after step, as somebody would write it who needs nothing else."""

    @workflow.run
    async def run(self, subject: UUID, steps: list[str]) -> None:
        """Take them all."""
        for step in steps:
            await workflow.execute_local_activity(
                TAKE_STEP,
                StepInput(subject=subject, step=step, code="BENCH", version=1),
                result_type=StepResult,
                start_to_close_timeout=_TIMEOUT,
            )
