"""What the expressions of a process can name: its data, its variables, what its steps kept."""

from collections.abc import Iterator, Mapping

from openccm.language.context import declared_shapes, shape_of
from openccm.language.definition import Definition
from openccm.language.fields import FieldShape
from openccm.language.offer_fields import CASE_FIELDS, offer_shape, offers_fields
from openccm.language.process import ProcessDefinition
from openccm.language.steps import (
    CallStep,
    CaseStep,
    DecideStep,
    ListenStep,
    OfferStep,
    StepBase,
    TaskStep,
)
from openccm.rules.shapes import TEXT, Shape

EVENT = "event"
"""The name of the event that a stop is about."""

ALWAYS: Mapping[str, Shape] = {
    "today": Shape("date"),
    "now": Shape("datetime"),
    "key": TEXT,
    "person": Shape("object", fields={"key": TEXT, "language": TEXT}),
    "account": Shape("object", fields={"key": TEXT}),
}
"""Names that every process has; no field may bear one of them."""


def process_fields(
    definition: ProcessDefinition, used: Mapping[str, Definition]
) -> dict[str, Shape]:
    """Everything an expression can name; ``used`` are the definitions it relies on, by code."""
    variables = {name: shape_of(variable) for name, variable in definition.variables.items()}
    kept = {
        name: Shape("object", fields=declared_shapes(fields))
        for name, fields in kept_by(definition, used)
    }
    heard = {
        name: Shape("object", fields=declared_shapes(event.data))
        for name, event in definition.events.items()
    }
    return {**ALWAYS, **declared_shapes(definition.data), **variables, **heard, **kept}


def kept_by(
    definition: ProcessDefinition, used: Mapping[str, Definition]
) -> Iterator[tuple[str, Mapping[str, FieldShape]]]:
    """The names under which steps keep what others answer, and what those answer."""
    for step in (*definition.steps.values(), *definition.undo.values()):
        match step:
            case DecideStep(table=code, into=name):
                pass
            case TaskStep(to_do=code, into=str() as name):
                pass
            case CallStep(hook=code, into=str() as name):
                pass
            case CaseStep(into=name):
                yield name, CASE_FIELDS
                continue
            case OfferStep(into=name):
                yield name, offers_fields(currency_of(step, used))
                continue
            case _:
                continue
        if code in used:
            yield name, used[code].gives()


def currency_of(step: OfferStep, used: Mapping[str, Definition]) -> str | None:
    """The currency of what an offer step offers."""
    amount = used[step.table].gives().get("amount") if step.table in used else None
    return amount.currency if amount else None


def given_by(step: StepBase) -> frozenset[str]:
    """The names that have a value once a step is over."""
    if isinstance(step, ListenStep):
        return frozenset(step.events)
    into = getattr(step, "into", None)
    return frozenset((into,)) if into else frozenset()


def step_fields(
    definition: ProcessDefinition, used: Mapping[str, Definition], step: StepBase
) -> dict[str, Shape]:
    """What the expressions of one step can name beside those of the process."""
    if not isinstance(step, OfferStep):
        return {}
    people = definition.data.get(step.for_each)
    entry = shape_of(people).item if people is not None else None
    each = {"each": entry} if entry is not None else {}
    return {**each, "offer": offer_shape(currency_of(step, used))}


def event_fields(
    definition: ProcessDefinition, used: Mapping[str, Definition], event: str
) -> dict[str, Shape]:
    """What the condition of a stop can name: all of the process, and the event."""
    declared = declared_shapes(definition.events[event].data)
    return process_fields(definition, used) | {EVENT: Shape("object", fields=declared)}
