"""The one workflow that runs every compiled definition. Its type is the definition's code."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from temporalio import workflow
from temporalio.common import Priority, RawValue, RetryPolicy, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import WAIT, WAKE, RunInput, StepInput, StepResult
    from openccm.plan import Call, Each, End

ATTRIBUTES = {
    "person": SearchAttributeKey.for_keyword("OpenccmPerson"),
    "channel": SearchAttributeKey.for_keyword("OpenccmChannel"),
    "status": SearchAttributeKey.for_keyword("OpenccmStatus"),
    "waiting_for": SearchAttributeKey.for_keyword("OpenccmWaitingFor"),
}

# Only our own infrastructure is retried here (database away, worker killed), for as long as it
# takes. What providers and templates answer is an outcome, never an exception.
_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=15),
)


@workflow.defn(dynamic=True)
class Run:
    """Runs a plan for one request: one track, and one more for each of its communications."""

    def __init__(self) -> None:
        self._wakes = 0
        self._standing: dict[UUID | None, str] = {}
        self._marks: dict[str, str] = {}

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None:
        """Run the plan to its end; what came of it stands in the rows."""
        start = workflow.payload_converter().from_payload(args[0].payload, RunInput)
        await self._track(start, start.plan.start, None)
        self._tell()

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """Something this run waits for has changed: look again."""
        self._wakes += 1

    async def _track(self, start: RunInput, step: str, communication: UUID | None) -> None:
        created: tuple[UUID, ...] = ()
        while True:
            instruction = start.plan.instructions[step]
            match instruction:
                case Call():
                    result = await self._settled(start, instruction, communication)
                    created = result.communications
                    if communication is not None and created:
                        communication = created[0]
                    step = instruction.next[result.outcome]
                case Each():
                    await asyncio.gather(
                        *(self._track(start, instruction.start, each) for each in created)
                    )
                    step = instruction.next
                case End():
                    self._standing.pop(communication, None)
                    return
                case _:
                    assert_never(instruction)

    async def _settled(self, start: RunInput, call: Call, communication: UUID | None) -> StepResult:
        """Call until the answer is anything but ``wait``."""
        waited = False
        while True:
            seen = self._wakes
            result = await self._call(start, call, communication)
            self._marks |= result.marks
            if result.outcome != WAIT:
                if waited:
                    self._tell(waiting_for="")
                return result
            waited = True
            self._tell(waiting_for=result.waiting_for)
            self._stand(call, communication, result)
            await self._pause(call, result, seen)

    async def _pause(self, call: Call, result: StepResult, seen: int) -> None:
        """Wait for the time the step named or for a wake, whichever comes first."""
        timeout = None
        if result.until is not None:
            timeout = max(result.until - workflow.now(), timedelta(0))
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen,
                timeout=timeout,
                timeout_summary=f"{call.title}: {result.waiting_for}",
            )
        except TimeoutError:
            return

    async def _call(self, start: RunInput, call: Call, communication: UUID | None) -> StepResult:
        order = StepInput(
            request_id=start.request_id,
            communication_id=communication,
            step=call.step,
            code=start.plan.code,
            version=start.plan.version,
        )
        timeout = timedelta(seconds=call.timeout)
        if call.local:
            return await workflow.execute_local_activity(
                call.activity,
                order,
                result_type=StepResult,
                start_to_close_timeout=timeout,
                retry_policy=_RETRY,
                summary=call.title,
            )
        return await workflow.execute_activity(
            call.activity,
            order,
            result_type=StepResult,
            task_queue=call.queue,
            start_to_close_timeout=timeout,
            heartbeat_timeout=timedelta(seconds=call.heartbeat) if call.heartbeat else None,
            retry_policy=_RETRY,
            summary=call.title,
            priority=Priority(priority_key=start.priority),
        )

    def _tell(self, **marks: str) -> None:
        """Let supervisors filter by what was found out: whenever the run waits, and at its end.

        Not after every step: each time costs the server as much as a step does.
        """
        marks = self._marks | marks
        self._marks = {}
        if marks:
            workflow.upsert_search_attributes(
                [ATTRIBUTES[name].value_set(value) for name, value in marks.items()]
            )

    def _stand(self, call: Call, communication: UUID | None, result: StepResult) -> None:
        """Say in the UI where the run stands and what it waits for."""
        until = f" until {result.until:%Y-%m-%d %H:%M} UTC" if result.until else ""
        self._standing[communication] = f"**{call.title}**: waiting for {result.waiting_for}{until}"
        workflow.set_current_details("\n\n".join(self._standing.values()))
