"""The door to Temporal: how runs are named, started and woken. Every deed may be done twice."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from temporalio.client import (
    Client,
    RetryConfig,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
)
from temporalio.common import (
    Priority,
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from openccm.contracts import JOB_DUE, TASK_QUEUE, WAKE, RoundInput, RunInput

_PATIENCE = 2.0
_CATCH_UP = timedelta(days=1)
_HASTY = RetryConfig(max_elapsed_time_millis=1_000, max_retries=3)

DEFINITION = SearchAttributeKey.for_keyword("OpenccmDefinition")


class Engine:
    """Starts and wakes what runs in Temporal."""

    def __init__(
        self, client: Client, task_queue: str = TASK_QUEUE, *, patience: float | None = None
    ) -> None:
        self.client = client
        self._task_queue = task_queue
        self._patience = patience

    @classmethod
    async def connect(cls, address: str, namespace: str, *, lazy: bool = False) -> "Engine":
        """An engine over a new connection.

        A lazy one is for whom somebody waits: it connects with its first deed, and gives up within
        seconds where the server is away, because what it leaves undone stands in the outbox.

        Raises:
            RuntimeError: The server does not answer, and the engine is not a lazy one.
        """
        client = await Client.connect(
            address,
            namespace=namespace,
            data_converter=pydantic_data_converter,
            lazy=lazy,
            retry_config=_HASTY if lazy else None,
        )
        return cls(client, patience=_PATIENCE if lazy else None)

    async def start_run(self, order: RunInput, workflow_id: str) -> None:
        """Start a request's run unless it was started before."""
        title = f"{order.plan.code} version {order.plan.version}"
        attributes: Sequence[SearchAttributePair[str]] = [
            SearchAttributePair(DEFINITION, order.plan.code)
        ]
        try:
            await self._answered(
                self.client.start_workflow(
                    order.plan.code,
                    order,
                    id=workflow_id,
                    task_queue=self._task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    search_attributes=TypedSearchAttributes(attributes),
                    priority=Priority(priority_key=order.priority),
                    static_summary=title,
                )
            )
        except WorkflowAlreadyStartedError:
            return

    async def wake_run(self, workflow_id: str) -> None:
        """Tell a run to look again; one that has ended has nothing to look for."""
        try:
            await self._answered(self.client.get_workflow_handle(workflow_id).signal(WAKE))
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    async def wake_round(self, kind: str, subject: UUID) -> None:
        """See to it that a workflow goes its round for a subject: started, or woken where it is.

        It comes before requests: the default would let it starve behind them, as long as more
        come in.
        """
        await self._answered(
            self.client.start_workflow(
                kind,
                RoundInput(subject=subject),
                id=f"{kind}/{subject}",
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                start_signal=WAKE,
                priority=Priority(priority_key=1),
            )
        )

    async def keep_schedule(self, job: str, timetable_id: UUID, spec: ScheduleSpec | None) -> None:
        """See to it that a job is begun at these times, or at none."""
        handle = self.client.get_schedule_handle(schedule_id(job))
        if spec is None:
            try:
                await self._answered(handle.delete())
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
            return
        schedule = Schedule(
            action=ScheduleActionStartWorkflow(
                JOB_DUE,
                RoundInput(subject=timetable_id),
                id=f"{JOB_DUE}/{job}",
                task_queue=self._task_queue,
            ),
            spec=spec,
            policy=SchedulePolicy(catchup_window=_CATCH_UP),
        )
        try:
            await self._answered(self.client.create_schedule(schedule_id(job), schedule))
        except ScheduleAlreadyRunningError:
            await self._answered(handle.update(lambda _: ScheduleUpdate(schedule=schedule)))

    async def next_time(self, job: str) -> datetime | None:
        """When a job begins next by itself; None where it does not, or Temporal is away."""
        handle = self.client.get_schedule_handle(schedule_id(job))
        try:
            async with asyncio.timeout(self._patience):
                times = (await handle.describe()).info.next_action_times
        except (RPCError, RuntimeError, TimeoutError):
            return None
        return times[0] if times else None

    async def check(self) -> None:
        """Whether the server answers.

        Raises:
            RPCError: It is unwell.
            RuntimeError: It does not answer.
        """
        await self._answered(self.client.service_client.check_health())

    async def _answered(self, deed: Awaitable[object]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await deed
        except TimeoutError:
            raise RuntimeError("Temporal does not answer.") from None


def run_id(definition: str, system_code: str, idempotency_key: str) -> str:
    """The workflow id of a request: business keys that a supervisor recognises."""
    return f"{definition}/{system_code}/{idempotency_key}"


def schedule_id(job: str) -> str:
    """The id of a job's schedule."""
    return f"{JOB_DUE}/{job}"
