"""The flow of a process: each step is reached, each loop takes time, each branch comes home."""

from collections.abc import Iterator, Mapping, Set
from graphlib import CycleError, TopologicalSorter

from openccm.language.document import Document
from openccm.language.flow import RESERVED, Flow
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.steps import (
    END,
    CallStep,
    EndStep,
    ParallelStep,
    RepeatStep,
    SendStep,
    SetStep,
    StepBase,
    TaskStep,
    WishesStep,
)
from openccm.rules.findings import suggestion

_UNDOING = (CallStep, WishesStep, SendStep, SetStep, TaskStep)


def check_flow(definition: ProcessDefinition, flow: Flow, document: Document) -> Iterator[Problem]:
    """Findings about how steps lead to one another."""
    missing = list(_check_targets(definition, document))
    yield from missing
    yield from _check_words(definition, document)
    yield from _check_idle(definition, document)
    yield from _check_undo(definition, document)
    if missing:
        return
    yield from _check_reach(definition, flow, document)
    yield from _check_loops(definition, flow, document)
    for name, step in definition.steps.items():
        if isinstance(step, ParallelStep):
            yield from _check_branches(name, step, flow, document)
        yield from _check_leaving(name, step, flow, document)


def _check_targets(definition: ProcessDefinition, document: Document) -> Iterator[Problem]:
    for name, step in definition.steps.items():
        for place, target in step.targets():
            path: Path = ("steps", name, *place)
            if target != END and target not in definition.steps:
                mend = suggestion(target, [*definition.steps, END])
                yield document.problem(path, f"There is no step {target}.", mend)


def _check_words(definition: ProcessDefinition, document: Document) -> Iterator[Problem]:
    for name, step in definition.steps.items():
        for word in step.ways().keys() & RESERVED:
            path: Path = ("steps", name, *step.place_of(word))
            message = f"{word} has a meaning of its own and is no outcome."
            yield document.problem(path, message, "Use another word.", key=True)


def _check_idle(definition: ProcessDefinition, document: Document) -> Iterator[Problem]:
    """What nobody would ever look at must not be written."""
    for name, step in definition.steps.items():
        if isinstance(step, ParallelStep | EndStep):
            for word in ("next", "error", "undo"):
                if getattr(step, word):
                    message = f"{word} means nothing for a step that does {step.do}."
                    path: Path = ("steps", name, word)
                    yield document.problem(path, message, "Take it out.", key=True)


def _check_undo(definition: ProcessDefinition, document: Document) -> Iterator[Problem]:
    used = {step.undo for step in definition.steps.values() if step.undo}
    for name, step in definition.steps.items():
        if step.undo and step.undo not in definition.undo:
            message = f"There is no step {step.undo} below undo:."
            mend = suggestion(step.undo, definition.undo)
            yield document.problem(("steps", name, "undo"), message, mend)
    for name, step in definition.undo.items():
        path: Path = ("undo", name)
        if name in definition.steps:
            message = f"{name} is a step of the process, too."
            yield document.problem(path, message, "Rename one of them.", key=True)
        if not isinstance(step, _UNDOING):
            message = "A step that takes back sends, sets, calls, asks or writes down."
            yield document.problem((*path, "do"), message, "Use send, set, call, task or wishes.")
        if step.next or step.error or step.undo:
            message = "What comes after a step that takes back is not for it to say."
            yield document.problem(path, message, "Take next:, error: and undo: out.", key=True)
        if name not in used:
            message = f"No step names {name} behind undo:."
            mend = "Take it out, or name it where it belongs."
            yield document.problem(path, message, mend, key=True, severity="warning")


def _check_reach(
    definition: ProcessDefinition, flow: Flow, document: Document
) -> Iterator[Problem]:
    seen = set[str]()
    waiting = [next(iter(definition.steps))]
    while waiting:
        step = waiting.pop()
        if step not in seen and step != END:
            seen.add(step)
            waiting.extend(flow.ways[step].values())
    for name in definition.steps:
        if name not in seen:
            message = f"Nothing leads to {name}."
            mend = "Lead a way to it, or take it out."
            yield document.problem(("steps", name), message, mend, key=True)


def _check_loops(
    definition: ProcessDefinition, flow: Flow, document: Document
) -> Iterator[Problem]:
    """Steps that take no time must not lead back to themselves by ways that nobody counts."""
    graph = {
        name: {
            target
            for way, target in flow.ways[name].items()
            if not (isinstance(step, RepeatStep) and target == step.from_ and way == "again")
        }
        for name, step in definition.steps.items()
        if not step.takes_time
    }
    for loop in _loops(graph):
        first = next(name for name in definition.steps if name in loop)
        message = f"This goes round for ever without time passing, through {', '.join(loop)}."
        mend = "Put a wait into it, or go back by a repeat step with at-most."
        yield document.problem(("steps", first), message, mend, key=True)


def _loops(graph: Mapping[str, Set[str]]) -> Iterator[list[str]]:
    """Ways that lead from one of these steps back to itself; each step stands in one of them."""
    steps = set(graph)
    while True:
        try:
            TopologicalSorter({step: steps & graph[step] for step in steps}).prepare()
        except CycleError as error:
            loop: list[str] = error.args[1][:-1]
            yield loop
            steps = steps.difference(loop)
        else:
            return


def _check_branches(
    name: str, step: ParallelStep, flow: Flow, document: Document
) -> Iterator[Problem]:
    """Each branch has steps of its own, and each of its ways leads to where the branches meet."""
    path: Path = ("steps", name)
    if step.join == END:
        message = "Branches meet at a step."
        yield document.problem((*path, "join"), message, "Name the step that comes after them.")
    owners: dict[str, str] = {}
    for branch, start in step.branches.items():
        if start == step.join:
            message = f"The branch {branch} has no step."
            yield document.problem((*path, "branches", branch), message, "Name its first step.")
        elif start not in flow.branches[name]:
            message = f"{start} can be reached without {name}."
            mend = "Give the branch steps of its own."
            yield document.problem((*path, "branches", branch), message, mend)
        for inner in _reach(start, step.join, flow):
            if owners.setdefault(inner, branch) != branch:
                message = f"{inner} stands in the branches {owners[inner]} and {branch}."
                mend = "Give each branch steps of its own."
                yield document.problem((*path, "branches", branch), message, mend)
                break


def _reach(start: str, join: str, flow: Flow) -> list[str]:
    seen: list[str] = []
    waiting = [start]
    while waiting:
        step = waiting.pop()
        if step not in seen and step not in (join, END):
            seen.append(step)
            waiting.extend(flow.after(step))
    return seen


def _check_leaving(name: str, step: StepBase, flow: Flow, document: Document) -> Iterator[Problem]:
    home = flow.home.get(name)
    if home is None:
        return
    join = flow.ways[home]["join"]
    mend = f"Lead it to {join}, where the branches meet."
    if isinstance(step, EndStep):
        message = f"A branch of {home} cannot end the process."
        yield document.problem(("steps", name), message, mend, key=True)
    for way, target in flow.ways[name].items():
        if target != join and target not in flow.branches[home] and flow.home.get(target) != name:
            message = f"{way} leads out of the branch of {home}, to {target}."
            yield document.problem(("steps", name), message, mend, key=True)
