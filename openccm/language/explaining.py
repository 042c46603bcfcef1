"""A compiled plan in words: what each step does, what it waits for, what is tried again."""

from collections.abc import Iterator

from pydantic import BaseModel, Field

from openccm.language.communication import CommunicationDefinition
from openccm.language.definition import Definition
from openccm.language.flow import NEXT
from openccm.language.process import ProcessDefinition
from openccm.language.process_compiler import BEGIN, FINISH, STOP, UNWIND
from openccm.language.steps import CallStep, LookUpStep, StepBase
from openccm.plan import AnyInstruction, Call, Each, End, Fork, Plan

_OURS = {
    BEGIN: "Fetch the data of the services.",
    FINISH: "End with the outcome done.",
    STOP: "End early: cancel what is pending.",
    UNWIND: "Take back the latest deed that is not taken back yet.",
}
_CARE = "until a data service answers, for 24 hours"
_COMMUNICATION = {
    "gather": "Decide whether, to whom and by which channel, and fetch the data.",
    "deliver": "Deliver each communication by itself.",
    "compose": "Render and store what will be sent.",
    "hand-over": "Check once more, and hand over to the provider.",
    "follow": "Wait for what becomes of it.",
    "fall-back": "Open a communication on the next channel.",
    "done": "This communication is done.",
    "end": "The request is done.",
}


class StepExplained(BaseModel):
    """One instruction of a plan."""

    step: str
    title: str
    instruction: str = Field(description="`call`, `fork`, `each` or `end`.")
    says: str = Field(description="What it does, in a sentence.")
    runs: str = Field(description="Where it runs: inside the worker, or as a task of its own.")
    waits: str | None = Field(description="What it waits for; null where no time passes.")
    retried: str | None = Field(description="What is tried again, and for how long.")
    ways: dict[str, str] = Field(description="Where each outcome leads.")


class PlanExplained(BaseModel):
    """A plan in words."""

    code: str
    kind: str
    digest: str
    straight_through: bool = Field(
        description="Whether it ends without waiting for time, events, people or answers."
    )
    why: str
    steps: list[StepExplained]


def explain(plan: Plan, definition: Definition) -> PlanExplained:
    """A compiled definition, step by step in the order of the plan."""
    waiting = list(_waiting(definition))
    return PlanExplained(
        code=plan.code,
        kind=definition.kind,
        digest=plan.digest,
        straight_through=not waiting,
        why=_why(waiting),
        steps=[_explained(each, definition) for each in plan.instructions.values()],
    )


def lines_of(explained: PlanExplained) -> Iterator[str]:
    """The explanation for a terminal."""
    yield f"{explained.code}: {explained.why}"
    for number, step in enumerate(explained.steps, 1):
        yield ""
        yield f"{number}. {step.step}: {step.says}"
        yield (
            f"   {step.instruction}, {step.runs}"
            if step.instruction == "call"
            else (f"   {step.instruction}")
        )
        if step.waits:
            yield f"   waits {step.waits}"
        if step.retried:
            yield f"   tries again {step.retried}"
        for way, target in step.ways.items():
            yield f"   {way} -> {target}"


def _waiting(definition: Definition) -> Iterator[str]:
    if isinstance(definition, ProcessDefinition):
        for name, step in definition.steps.items():
            if step.waiting_for() is not None:
                yield name


def _why(waiting: list[str]) -> str:
    if not waiting:
        return "straight-through: no step waits for time, events, people or answers."
    shown = ", ".join(waiting[:5]) + (" and others" if len(waiting) > 5 else "")
    return f"a run of its own for each, because of {shown}."


def _explained(instruction: AnyInstruction, definition: Definition) -> StepExplained:
    step = _step(definition, instruction.step)
    return StepExplained(
        step=instruction.step,
        title=instruction.title,
        instruction=instruction.kind,
        says=_says(instruction, definition, step),
        runs=_runs(instruction),
        waits=_waits(step, instruction, definition),
        retried=_retried(instruction, definition, step),
        ways=_ways(instruction),
    )


def _step(definition: Definition, name: str) -> StepBase | None:
    if not isinstance(definition, ProcessDefinition):
        return None
    return definition.steps.get(name) or definition.undo.get(name)


def _ways(instruction: AnyInstruction) -> dict[str, str]:
    match instruction:
        case Call(next=ways):
            return dict(ways)
        case Each(start=start, next=following):
            return {"each": start, NEXT: following}
        case Fork(starts=starts, next=following):
            return {f"branch {n}": each for n, each in enumerate(starts, 1)} | {"join": following}
        case End():
            return {}


def _runs(instruction: AnyInstruction) -> str:
    if not isinstance(instruction, Call):
        return "inside the run"
    if instruction.local:
        return f"inside the worker, at most {instruction.timeout:g} seconds"
    return f"as a task of its own, at most {instruction.timeout:g} seconds"


def _says(instruction: AnyInstruction, definition: Definition, step: StepBase | None) -> str:
    if step is not None:
        return step.sentence()
    if isinstance(definition, CommunicationDefinition):
        return _COMMUNICATION.get(instruction.step, instruction.title)
    return _OURS.get(instruction.step, "The end of this thread.")


def _waits(
    step: StepBase | None, instruction: AnyInstruction, definition: Definition
) -> str | None:
    if step is not None:
        return step.waiting_for()
    if not isinstance(definition, CommunicationDefinition):
        return None
    return {
        "hand-over": "while it is quiet hours or the definition is held",
        "follow": "for a receipt, 5 days at most",
    }.get(instruction.step)


def _retried(
    instruction: AnyInstruction, definition: Definition, step: StepBase | None
) -> str | None:
    asks = isinstance(step, LookUpStep | CallStep) or instruction.step in (BEGIN, "gather")
    if asks:
        after = f"; then {step.error}" if step is not None and step.error else ""
        return (
            f"{_CARE}{after}"
            if not isinstance(step, CallStep)
            else f"as the policy of its hook says{after}"
        )
    if isinstance(definition, CommunicationDefinition) and instruction.step == "hand-over":
        pauses = ", ".join(f"{pause:g} s" for pause in definition.retry)
        return f"while the provider is unwell, after {pauses}" if pauses else None
    return None
