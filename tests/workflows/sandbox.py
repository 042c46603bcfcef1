"""The sandbox in which tests run workflows: it refuses what would not replay, such as clocks."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "openccm.contracts",
    "openccm.plan",
    "pydantic",
    "pydantic_core",
    "annotated_types",
)
"""Pure modules, which need not be imported afresh for every workflow."""


def runner() -> SandboxedWorkflowRunner:
    """The standard sandbox. Workers do without: it would cost them a third of their time."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
