"""The flow of a process: which way leads from which step to which."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from openccm.language.process import ProcessDefinition
from openccm.language.steps import (
    END,
    ERROR,
    BranchStep,
    EndStep,
    ListenStep,
    ParallelStep,
    StepBase,
)

NEXT = "next"
"""The way on where no outcome says otherwise."""

STOPPED = "stopped"
"""The way of every step once the process is to end early."""

JOIN = "join"
"""The way on from where branches meet."""

RESERVED = frozenset((NEXT, ERROR, STOPPED, JOIN))
"""Words that no author may use for an outcome."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Every way between the steps of a process."""

    ways: Mapping[str, Mapping[str, str]]
    """Step to way to target: another step, or ``end``."""
    branches: Mapping[str, frozenset[str]]
    """For each parallel step: the steps inside its branches, those of inner ones left out."""
    home: Mapping[str, str] = field(default_factory=dict[str, str])
    """Step to the parallel step whose branch it stands in."""

    def after(self, step: str) -> Iterator[str]:
        """Where a step can lead in one go; a parallel step leads to where its branches meet."""
        ways = self.ways.get(step, {})
        yield from dict.fromkeys([ways[JOIN]] if JOIN in ways else ways.values())


def flow_of(definition: ProcessDefinition) -> Flow:
    """The flow of a definition; targets that do not exist are left as written."""
    ways = {
        name: _ways(step, following)
        for (name, step), following in zip(
            definition.steps.items(), [*list(definition.steps)[1:], END], strict=True
        )
    }
    flow = Flow(ways, {})
    branches = {
        name: frozenset(_inside(step, flow) - _around(name, definition, flow))
        for name, step in definition.steps.items()
        if isinstance(step, ParallelStep)
    }
    home = {inner: name for name, steps in branches.items() for inner in steps}
    return Flow(ways, branches, home)


def title_of(name: str, step: StepBase | None = None) -> str:
    """What people read for a step: its title, else made of its name."""
    return (step.title if step else None) or name.replace("-", " ").capitalize()


def _ways(step: StepBase, following: str) -> dict[str, str]:
    ways = dict(step.ways())
    match step:
        case EndStep():
            return {}
        case ParallelStep(join=join):
            return ways | {JOIN: join}
        case ListenStep():
            pass
        case BranchStep():
            ways.setdefault("otherwise", step.next or following)
        case _:
            ways[NEXT] = step.next or following
    if step.error:
        ways[ERROR] = step.error
    return ways


def _around(parallel: str, definition: ProcessDefinition, flow: Flow) -> set[str]:
    """The steps that can be reached without going through the branches of a parallel step."""
    seen = set[str]()
    waiting = [next(iter(definition.steps))]
    while waiting:
        step = waiting.pop()
        if step not in seen and step in flow.ways:
            seen.add(step)
            ways = flow.after(step) if step == parallel else flow.ways[step].values()
            waiting.extend(ways)
    return seen


def _inside(parallel: ParallelStep, flow: Flow) -> set[str]:
    """The steps of its branches, up to where they meet."""
    seen = set[str]()
    waiting = list(parallel.branches.values())
    while waiting:
        step = waiting.pop()
        if step not in seen and step in flow.ways and step != parallel.join:
            seen.add(step)
            waiting.extend(flow.after(step))
    return seen
