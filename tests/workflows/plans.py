"""Plans and far-end stand-ins for the interpreter's tests."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from temporalio import activity

from openccm.contracts import (
    COMPOSE,
    FALL_BACK,
    FOLLOW,
    GATHER,
    HAND_OVER,
    RunInput,
    StepInput,
    StepResult,
)
from openccm.plan import Call, Each, End, Plan

REQUEST = UUID(int=1)
FIRST, SECOND = UUID(int=11), UUID(int=12)


def plan() -> Plan:
    """The shape that communications compile to."""
    instructions = (
        Call(
            step="gather",
            title="Decide",
            activity=GATHER,
            local=True,
            next={"prepared": "deliver", "ended": "end"},
        ),
        Each(step="deliver", title="Deliver", start="compose", next="end"),
        Call(
            step="compose",
            title="Compose",
            activity=COMPOSE,
            local=True,
            next={"rendered": "hand-over", "ended": "done"},
        ),
        Call(
            step="hand-over",
            title="Hand over",
            activity=HAND_OVER,
            next={"sent": "follow", "ended": "done", "fall-back": "fall-back"},
        ),
        Call(
            step="follow",
            title="Follow",
            activity=FOLLOW,
            local=True,
            next={"ended": "done", "fall-back": "fall-back"},
        ),
        Call(
            step="fall-back",
            title="Fall back",
            activity=FALL_BACK,
            local=True,
            next={"composing": "compose", "ended": "done"},
        ),
        End(step="done", title="Done"),
        End(step="end", title="End"),
    )
    return Plan(
        code="TEST-CODE",
        version=1,
        digest="0" * 64,
        start="gather",
        instructions={instruction.step: instruction for instruction in instructions},
    )


def run_input() -> RunInput:
    return RunInput(plan=plan(), subject=REQUEST)


class Script:
    """Answers the interpreter's calls from a list for each activity, and remembers who asked."""

    def __init__(self, **answers: Sequence[StepResult]) -> None:
        self._answers = {name: list(results) for name, results in answers.items()}
        self.asked: dict[str, list[StepInput]] = defaultdict(list)
        self.meanwhile: dict[str, list[Callable[[], Awaitable[None]]]] = defaultdict(list)
        """What happens while the next call of an activity looks."""

    def activities(self) -> list[Callable[..., Any]]:
        """One activity for each name of the contract."""
        return [self._named(name) for name in (GATHER, COMPOSE, HAND_OVER, FOLLOW, FALL_BACK)]

    def _named(self, name: str) -> Callable[..., Any]:
        @activity.defn(name=name)
        async def answer(step: StepInput) -> StepResult:
            self.asked[name].append(step)
            if self.meanwhile[name]:
                await self.meanwhile[name].pop(0)()
            results = self._answers[name]
            return results.pop(0) if len(results) > 1 else results[0]

        return answer
