"""The one workflow that runs every compiled definition. Its type is the definition's code."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from temporalio import workflow
from temporalio.common import Priority, RawValue, RetryPolicy, SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from openccm.contracts import ASK, WAIT, WAKE, Answer, RunInput, StepInput, StepResult, Track
    from openccm.plan import Call, Each, End, Fork, Plan
    from workflows.asking import put

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
    """Runs a plan: one thread, and more where the plan forks."""

    def __init__(self) -> None:
        self._wakes = 0
        self._renewing = False
        self._visits: dict[str, int] = {}
        self._standing: dict[str, str] = {}
        self._marks: dict[str, str] = {}
        self._plan: Plan | None = None

    @workflow.run
    async def run(self, args: Sequence[RawValue]) -> None:
        """Run the plan to its end; what came of it stands in the rows."""
        start = workflow.payload_converter().from_payload(args[0].payload, RunInput)
        self._visits = dict(start.visits)
        rest = await self._thread(start, start.at or Track(step=start.plan.start))
        if rest is not None:
            now = {"plan": self._plan or start.plan, "at": rest, "visits": self._visits}
            workflow.continue_as_new(args=[start.model_copy(update=now)])
        self._tell()

    @workflow.signal(name=WAKE)
    def wake(self) -> None:
        """Something this run waits for has changed: look again."""
        self._wakes += 1

    async def _thread(self, start: RunInput, at: Track) -> Track | None:
        """Follow one thread to its end; or answer where it stands, for a new history to go on."""
        created: tuple[UUID, ...] = ()
        while True:
            instruction = start.plan.instructions[at.step]
            match instruction:
                case Call():
                    at = self._entered(at)
                    result = await self._settled(start, instruction, at)
                    if result is None:
                        return at
                    created = result.communications
                    communication = _heir(at.communication, created)
                    at = Track(step=instruction.next[result.outcome], communication=communication)
                case Each() | Fork():
                    began = _begun(instruction, created, at.communication)
                    inside = await self._together(start, began if at.inside is None else at.inside)
                    if inside:
                        return at.model_copy(update={"inside": inside})
                    at = Track(step=instruction.next, communication=at.communication)
                case End():
                    return None
                case _:
                    assert_never(instruction)

    def _entered(self, at: Track) -> Track:
        """The thread with its visit counted, unless it stands there already."""
        if at.visit:
            return at
        visit = self._visits[at.step] = self._visits.get(at.step, 0) + 1
        return at.model_copy(update={"visit": visit})

    async def _together(self, start: RunInput, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """Follow threads side by side; answers where those stand that have not ended."""
        stands = await asyncio.gather(*(self._thread(start, track) for track in tracks))
        return tuple(track for track in stands if track is not None)

    async def _settled(self, start: RunInput, call: Call, at: Track) -> StepResult | None:
        """Call until the answer is anything but ``wait``; None where the history is to be renewed.

        Nothing is lost by that: a thread that goes on looks at the rows before it waits again.
        """
        # Here as well, not only before a wait: some loops go a long way without one.
        self._renewing = self._renewing or workflow.info().is_continue_as_new_suggested()
        place = f"{call.step}/{at.communication}"
        waited = False
        while not self._renewing:
            seen = self._wakes
            result = await self._call(start, call, at)
            while result.outcome == ASK and result.question is not None:
                answer = await put(result.question, call.title, start.priority)
                result = await self._call(start, call, at, answer)
            self._marks |= result.marks
            if result.outcome != WAIT:
                self._standing.pop(place, None)
                if waited:
                    self._tell(waiting_for="")
                return result
            waited = True
            self._tell(waiting_for=result.waiting_for)
            self._stand(place, call, result)
            self._plan = result.plan or self._plan
            self._renewing = (
                self._plan is not None or workflow.info().is_continue_as_new_suggested()
            )
            await self._pause(call, result, seen)
        return None

    async def _pause(self, call: Call, result: StepResult, seen: int) -> None:
        """Wait for the time the step named or for a wake, whichever comes first."""
        timeout = None
        if result.until is not None:
            timeout = max(result.until - workflow.now(), timedelta(0))
        try:
            await workflow.wait_condition(
                lambda: self._wakes != seen or self._renewing,
                timeout=timeout,
                timeout_summary=f"{call.title}: {result.waiting_for}",
            )
        except TimeoutError:
            return

    async def _call(
        self, start: RunInput, call: Call, at: Track, answer: Answer | None = None
    ) -> StepResult:
        order = StepInput(
            subject=start.subject,
            communication_id=at.communication,
            step=call.step,
            visit=at.visit,
            code=start.plan.code,
            version=start.plan.version,
            answer=answer,
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

    def _stand(self, place: str, call: Call, result: StepResult) -> None:
        """Say in the UI where the run stands and what it waits for."""
        until = f" until {result.until:%Y-%m-%d %H:%M} UTC" if result.until else ""
        self._standing[place] = f"**{call.title}**: waiting for {result.waiting_for}{until}"
        workflow.set_current_details("\n\n".join(self._standing.values()))


def _heir(communication: UUID | None, created: Sequence[UUID]) -> UUID | None:
    """Whom a communication's thread goes on with: the one created in its stead, where one was."""
    return created[0] if communication is not None and created else communication


def _begun(
    instruction: Each | Fork, created: Sequence[UUID], communication: UUID | None
) -> tuple[Track, ...]:
    """The threads that an instruction begins."""
    match instruction:
        case Each():
            return tuple(Track(step=instruction.start, communication=each) for each in created)
        case Fork():
            return tuple(
                Track(step=start, communication=communication) for start in instruction.starts
            )
