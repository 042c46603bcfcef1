"""A hand-written workflow of activities that do nothing: what the engine itself costs."""

from datetime import timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import BaseModel

QUEUE = "bare"
_TIMEOUT = timedelta(seconds=30)


class Shape(BaseModel):
    """How many activities of each kind a workflow runs, one after another."""

    local: int
    regular: int


@activity.defn
async def nothing() -> None:
    """Do nothing."""


@workflow.defn(name="bare")
class Bare:
    """Local activities first, then regular ones."""

    @workflow.run
    async def run(self, shape: Shape) -> None:
        """Run them all."""
        for _ in range(shape.local):
            await workflow.execute_local_activity(nothing, start_to_close_timeout=_TIMEOUT)
        for _ in range(shape.regular):
            await workflow.execute_activity(nothing, start_to_close_timeout=_TIMEOUT)
