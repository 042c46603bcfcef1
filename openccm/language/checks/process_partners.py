"""What a process asks of other definitions: people who can answer it, and no endless chain."""

from collections.abc import Iterator, Mapping

from openccm.language.bundle import Library
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.flow import flow_of
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.steps import ApproveStep, StartStep, TaskStep
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.rules.findings import suggestion


def check_partners(
    definition: ProcessDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    """Findings about the to-dos and the processes that its steps begin."""
    known = {each.definition.code: each.definition for each in library.bundles}
    for part, steps in (("steps", definition.steps), ("undo", definition.undo)):
        for name, step in steps.items():
            wanted = known.get(step.to_do) if isinstance(step, TaskStep | ApproveStep) else None
            if isinstance(step, TaskStep) and isinstance(wanted, ToDoTypeDefinition):
                yield from _check_task((part, name), step, wanted, document)
            if isinstance(step, ApproveStep) and isinstance(wanted, ToDoTypeDefinition):
                yield from _check_approval((part, name), wanted, document)
    yield from _check_chain(definition, document, known)


def _check_task(
    path: Path, step: TaskStep, wanted: ToDoTypeDefinition, document: Document
) -> Iterator[Problem]:
    if wanted.four_eyes:
        message = f"{wanted.code} needs four eyes, and a task does not say whose."
        yield document.problem((*path, "to-do"), message, "Use do: approve.")
    if step.role is not None and step.role not in wanted.roles:
        message = f"A {wanted.code} is not for {step.role}."
        yield document.problem((*path, "role"), message, suggestion(step.role, wanted.roles))


def _check_approval(
    path: Path, wanted: ToDoTypeDefinition, document: Document
) -> Iterator[Problem]:
    missing = [each for each in ApproveStep.outcomes_known if each not in wanted.outcomes]
    if missing:
        message = f"A {wanted.code} cannot end as {' or '.join(missing)}."
        mend = "Name a to-do type with the outcomes approved and rejected."
        yield document.problem((*path, "to-do"), message, mend)


def _check_chain(
    definition: ProcessDefinition, document: Document, known: Mapping[str, Definition]
) -> Iterator[Problem]:
    """Processes must not start one another in a ring without time passing."""
    for name, code in _started_at_once(definition).items():
        seen, waiting = set[str](), [code]
        while waiting:
            code = waiting.pop()
            if code == definition.code:
                message = "This starts the process again for ever, without time passing."
                mend = "Put a wait before it, or take it out."
                yield document.problem(("steps", name, "process"), message, mend)
                break
            other = known.get(code)
            if code not in seen and isinstance(other, ProcessDefinition):
                seen.add(code)
                waiting.extend(_started_at_once(other).values())


def _started_at_once(definition: ProcessDefinition) -> dict[str, str]:
    """The steps that may start another process before any time has passed, and which."""
    flow = flow_of(definition)
    found: dict[str, str] = {}
    seen, waiting = set[str](), [next(iter(definition.steps))]
    while waiting:
        name = waiting.pop()
        step = definition.steps.get(name)
        if step is None or name in seen:
            continue
        seen.add(name)
        if isinstance(step, StartStep):
            found[name] = step.process
        if not step.takes_time:
            waiting.extend(flow.ways[name].values())
    return found
