"""A process: its names, what it relies on, its flow, its expressions, its outcomes."""

from collections.abc import Iterator, Mapping

from openccm.language.bundle import Bundle, Library
from openccm.language.checks.data import check_fields
from openccm.language.checks.process_cases import check_cases
from openccm.language.checks.process_flow import check_flow
from openccm.language.checks.process_partners import check_partners
from openccm.language.checks.process_values import Values
from openccm.language.data_service import DataServiceDefinition
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.fields import PAYLOAD
from openccm.language.flow import RESERVED, flow_of
from openccm.language.hook import HookDefinition
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.process_context import ALWAYS, EVENT
from openccm.language.scalars import TimeSpan
from openccm.language.steps import ApproveStep, ListenStep, SetStep, SettleStep, StepBase, TaskStep
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.rules.findings import suggestion

KEYS = ("person", "account")
"""What an event can be matched by beside the fields of the payload."""


def check_process(
    definition: ProcessDefinition, bundle: Bundle, library: Library
) -> Iterator[Problem]:
    """Everything that keeps a process from running, or from meaning what its author thinks."""
    document = bundle.document
    known = {each.definition.code: each.definition for each in library.bundles}
    used = {use.code: known[use.code] for use in definition.uses() if use.code in known}
    flow = flow_of(definition)
    yield from check_fields(
        definition.data, document, library.of(DataServiceDefinition), (*ALWAYS, EVENT)
    )
    yield from _check_names(definition, document, used)
    yield from _check_uses(definition, document, known)
    yield from _check_events(definition, document)
    yield from check_flow(definition, flow, document)
    yield from check_partners(definition, document, library)
    values = Values(definition, flow, document, used)
    yield from values.check()
    yield from check_cases(definition, document, used)
    for name in definition.events.keys() - values.heard:
        message = f"Nothing listens to {name}."
        mend = "Take it out, or name it in a listen step or a stop."
        yield document.problem(("events", name), message, mend, key=True, severity="warning")
    for name, step in definition.steps.items():
        yield from _check_step(("steps", name), step, definition, document)
        yield from _check_outcomes(("steps", name), step, document, used)
        yield from _check_patience(("steps", name), step, definition, document, used)


def _check_names(
    definition: ProcessDefinition, document: Document, used: Mapping[str, Definition]
) -> Iterator[Problem]:
    """One name, one meaning: data, variables, events and what steps keep."""
    roots = {name.partition(".")[0]: "a field" for name in definition.data}
    roots |= dict.fromkeys((*ALWAYS, EVENT), "always there")
    for part, names in (("variables", definition.variables), ("events", definition.events)):
        for name in names:
            if name in roots:
                message = f"{name} is {roots[name]} already."
                yield document.problem((part, name), message, "Use another name.", key=True)
            roots[name] = f"one of the {part}"
    for name, step in definition.steps.items():
        into = getattr(step, "into", None)
        if into in roots:
            path: Path = ("steps", name, "into")
            yield document.problem(path, f"{into} is {roots[into]} already.", "Use another name.")
        if isinstance(step, SetStep):
            for variable in step.values.keys() - definition.variables.keys():
                path = ("steps", name, "values", variable)
                mend = suggestion(variable, definition.variables)
                message = f"There is no variable {variable}."
                yield document.problem(path, message, mend, key=True)


def _check_uses(
    definition: ProcessDefinition, document: Document, known: Mapping[str, Definition]
) -> Iterator[Problem]:
    """Everything it relies on is there, and is of the right kind."""
    places: list[tuple[Path, StepBase]] = [
        *((("steps", name), step) for name, step in definition.steps.items()),
        *((("undo", name), step) for name, step in definition.undo.items()),
    ]
    for path, step in places:
        for use in step.uses():
            field = next(
                (part for part in _USE_FIELDS if getattr(step, part.replace("-", "_"), None)), "do"
            )
            yield from _missing((*path, field), use.kind, use.code, document, known)
        hook = known.get(getattr(step, "hook", ""))
        if isinstance(hook, HookDefinition) and hook.point != "process.call":
            message = f"{hook.code} is asked at {hook.point}, not by a process."
            yield document.problem((*path, "hook"), message, "Name a hook of process.call.")
    if definition.calendar:
        yield from _missing(("calendar",), "calendar", definition.calendar, document, known)


_USE_FIELDS = ("communication", "case", "table", "to-do", "hook", "process", "type")


def _missing(
    path: Path, kind: str, code: str, document: Document, known: Mapping[str, Definition]
) -> Iterator[Problem]:
    if code not in known or known[code].kind != kind:
        codes = [each.code for each in known.values() if each.kind == kind]
        yield document.problem(path, f"There is no {kind} {code}.", suggestion(code, codes))


def _check_events(definition: ProcessDefinition, document: Document) -> Iterator[Problem]:
    payload = [name for name, field in definition.data.items() if field.from_ == PAYLOAD]
    for name, event in definition.events.items():
        for theirs, ours in event.match.items():
            if ours not in (*payload, *KEYS):
                path: Path = ("events", name, "match", theirs)
                message = f"{ours} is not known when the process begins."
                mend = suggestion(ours, (*payload, *KEYS))
                yield document.problem(path, message, mend)


def _check_step(
    path: Path, step: StepBase, definition: ProcessDefinition, document: Document
) -> Iterator[Problem]:
    if isinstance(step, ListenStep):
        for event in step.events:
            if event not in definition.events:
                mend = suggestion(event, definition.events)
                message = f"There is no event {event}."
                yield document.problem((*path, "events", event), message, mend, key=True)
    for name in ("for_", "before", "after", "within"):
        span = getattr(step, name, None)
        business = isinstance(span, TimeSpan) and span.unit.startswith("business")
        if business and definition.calendar is None:
            message = "Business days are those of a calendar, and the process names none."
            mend = "Add calendar: at the top, or count plain days."
            yield document.problem((*path, name.rstrip("_")), message, mend)


def _check_patience(
    path: Path,
    step: StepBase,
    definition: ProcessDefinition,
    document: Document,
    used: Mapping[str, Definition],
) -> Iterator[Problem]:
    """What waits has an end, or somebody who is reminded."""
    mend: str | None = None
    match step:
        case ListenStep(within=None) if not definition.stops:
            mend = "Say within: how long, and silence: what then."
        case SettleStep(within=None) if not definition.stops:
            mend = "Say within: how long; then it is overdue."
        case TaskStep(to_do=code) | ApproveStep(to_do=code):
            todo = used.get(code)
            if isinstance(todo, ToDoTypeDefinition) and not (todo.sla or todo.escalate):
                mend = f"Give {code} an sla: or escalate:, so that somebody is reminded."
        case _:
            pass
    if mend is not None:
        message = "This may wait for ever."
        yield document.problem(path, message, mend, key=True, severity="warning")


def _check_outcomes(
    path: Path, step: StepBase, document: Document, used: Mapping[str, Definition]
) -> Iterator[Problem]:
    """The outcomes that a step names are outcomes it can have."""
    named: Mapping[str, str] = getattr(step, "outcomes", {})
    possible = list(step.outcomes_known)
    for use in step.uses():
        if use.code in used:
            possible += used[use.code].outcomes_given()
    for outcome in named:
        if possible and outcome not in (*possible, *RESERVED):
            message = f"{outcome} is no outcome of this step."
            mend = suggestion(outcome, possible)
            yield document.problem((*path, "outcomes", outcome), message, mend, key=True)
