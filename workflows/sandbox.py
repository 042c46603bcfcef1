"""How workflow code is isolated: the standard sandbox, less what is pure and costly to import."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "openccm.contracts",
    "openccm.plan",
    "pydantic",
    "pydantic_core",
    "annotated_types",
)
"""Pure modules; importing them afresh for every workflow would cost half of a worker."""


def runner() -> SandboxedWorkflowRunner:
    """The sandbox that workers and replays share."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
