"""Runs a plan in this process, as the workflow does, but with time and answers in one's own hand.

For rehearsals: what an author tries before publishing, and what tests try by the thousand. The
threads are those of ``workflows.run``; nothing here outlives the process.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never
from uuid import UUID

from openccm.contracts import WAIT, StepInput, StepResult
from openccm.plan import Call, Each, End, Fork, Plan

Take = Callable[[StepInput], Awaitable[StepResult]]


@dataclass(slots=True)
class Thread:
    """One thread: where it stands, and what it waits for."""

    step: str
    visit: int = 0
    communication: UUID | None = None
    """The communication it is about, in the run of a request."""
    created: tuple[UUID, ...] = ()
    """The communications that its last step created."""
    waits: StepResult | None = None
    """What the last look answered, while it waits."""
    inside: list["Thread"] = field(default_factory=list["Thread"])


class Stepper:
    """A run of a plan for one subject, step by step."""

    def __init__(self, plan: Plan, subject: UUID, take: Take) -> None:
        self.plan = plan
        self._subject = subject
        self._take = take
        self._visits: dict[str, int] = {}
        self._main: Thread | None = Thread(plan.start)
        self.taken: list[tuple[str, str]] = []
        """Every step that was left, and the way it was left by."""

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self._main is None

    @property
    def waiting(self) -> Sequence[Thread]:
        """The threads that wait."""
        return [] if self._main is None else list(_leaves(self._main))

    @property
    def until(self) -> datetime | None:
        """When the first of them looks again by itself."""
        times = [each.waits.until for each in self.waiting if each.waits and each.waits.until]
        return min(times, default=None)

    async def run(self) -> None:
        """Go on until every thread waits or the run is over. A thread that waits looks again."""
        if self._main is not None and await self._advance(self._main):
            self._main = None

    async def _advance(self, thread: Thread) -> bool:
        """Bring one thread as far as it goes; whether it is over."""
        while True:
            instruction = self.plan.instructions[thread.step]
            match instruction:
                case Call():
                    way = await self._look(thread)
                    if way is None:
                        return False
                    call = self.plan.instructions[thread.step]
                    assert isinstance(call, Call)
                    thread.step, thread.visit = call.next[way], 0
                case Each() | Fork():
                    thread.inside = thread.inside or _begun(instruction, thread)
                    thread.inside = [
                        each for each in thread.inside if not await self._advance(each)
                    ]
                    if thread.inside:
                        return False
                    thread.step = instruction.next
                case End():
                    return True
                case _:
                    assert_never(instruction)

    async def _look(self, thread: Thread) -> str | None:
        """One look at a step: the way on, or None where it waits."""
        if not thread.visit:
            thread.visit = self._visits[thread.step] = self._visits.get(thread.step, 0) + 1
        result = await self._take(
            StepInput(
                subject=self._subject,
                communication_id=thread.communication,
                step=thread.step,
                visit=thread.visit,
                code=self.plan.code,
                version=self.plan.version,
            )
        )
        if result.plan is not None:
            self.plan = result.plan
            return await self._look(thread)
        thread.waits = result if result.outcome == WAIT else None
        if thread.waits is not None:
            return None
        self.taken.append((thread.step, result.outcome))
        thread.created = result.communications
        if thread.communication is not None and thread.created:
            thread.communication = thread.created[0]  # the one that was created in its stead
        return result.outcome


def _begun(instruction: Each | Fork, thread: Thread) -> list[Thread]:
    match instruction:
        case Each():
            return [Thread(instruction.start, communication=each) for each in thread.created]
        case Fork():
            return [Thread(step, communication=thread.communication) for step in instruction.starts]


def _leaves(thread: Thread) -> Sequence[Thread]:
    if thread.inside:
        return [leaf for each in thread.inside for leaf in _leaves(each)]
    return [thread] if thread.waits else []
