"""How workflow code is isolated: the standard sandbox, less what is pure and costly to import."""

import sys

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import (
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowRunner,
)
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

PASSED_THROUGH = (
    "openccm.contracts",
    "openccm.plan",
    "pydantic",
    "pydantic_core",
    "annotated_types",
)
"""Pure modules; importing them afresh for every workflow would cost half of a worker."""


class Runner(SandboxedWorkflowRunner):
    """The sandbox that workers and replays share."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A run in a sandbox of its own."""
        return _Instance(super().create_instance(det))


class _Instance(WorkflowInstance):
    """A run that is entered to work, and for nothing else.

    The library would also enter it several times for each payload, to ask where that belongs.
    Nothing here converts payloads by that, and entering takes longer than converting.
    """

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inner.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()


def runner() -> WorkflowRunner:
    """A runner of workflows, each in its sandbox."""
    # Every run imports its workflow anew, which must not mean to compile it anew.
    sys.dont_write_bytecode = False
    return Runner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    )
