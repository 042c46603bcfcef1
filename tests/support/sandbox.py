"""The sandbox in which the tests run workflow code: what is not repeatable fails there at once.

Production runs the same code without it; see docs/adr/0022-workflows-are-proved-in-the-sandbox.md.
"""

import sys

from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

PASSED_THROUGH = (
    "openccm.contracts",
    "openccm.plan",
    "pydantic",
    "pydantic_core",
    "annotated_types",
)
"""Pure modules; importing them afresh for every workflow would take most of the tests' time."""


def runner() -> WorkflowRunner:
    """A runner of workflows, each in a sandbox of its own."""
    # Every run imports its workflow anew, which must not mean to compile it anew.
    sys.dont_write_bytecode = False
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
