"""What templates and rules can name beside the declared data."""

from collections.abc import Mapping

from openccm.language.communication import CommunicationDefinition
from openccm.language.fields import FieldShape
from openccm.rules.expressions import Expression, compile_expression
from openccm.rules.shapes import TEXT, Shape

_PERSON = ("name", "given_name", "family_name", "salutation", "language")

TEMPLATE_CONTEXT: Mapping[str, Shape] = {
    "person": Shape("object", fields=dict.fromkeys(_PERSON, TEXT)),
    "account": Shape("object", fields={"key": TEXT}),
    "address": Shape("object", fields={"lines": Shape("list", item=TEXT)}),
    "reference": TEXT,
    "today": Shape("date"),
    "sender": Shape("object", fields={"name": TEXT, "address": TEXT}),
    "unsubscribe_url": TEXT,
}
"""Names every template may use; no field may bear one of them."""

FRAGMENT_CONTEXT: Mapping[str, Shape] = {
    name: TEMPLATE_CONTEXT[name] for name in ("person", "account", "reference", "today", "sender")
}
"""Names that every fragment may use beside its parameters."""

UNSUBSCRIBE = "unsubscribe_url"

_RULE_CONTEXT: Mapping[str, Shape] = {
    "today": Shape("date"),
    "person": Shape("object", fields={"language": TEXT}),
}

EVENT_CONTEXT: Mapping[str, Shape] = {
    "today": Shape("date"),
    "event": Shape(
        "object",
        fields={
            **dict.fromkeys(("id", "source", "type", "person", "account", "premise"), TEXT),
            "occurred_at": Shape("datetime"),
        },
    ),
}
"""Names that bindings may use beside an event's data; no field may bear one of them."""


CONTACT_CONTEXT: Mapping[str, Shape] = {
    "today": Shape("date"),
    "contact": Shape("object", fields=dict.fromkeys(("person", "account", "premise"), TEXT)),
}
"""Names that contact types may use beside the characteristics; no field may bear one of them."""


def rule_fields(data: Mapping[str, FieldShape]) -> dict[str, Shape]:
    """Everything a rule can name: the declared data, ``today`` and ``person.language``."""
    return {**_RULE_CONTEXT, **declared_shapes(data)}


def event_fields(data: Mapping[str, FieldShape]) -> dict[str, Shape]:
    """Everything a binding can name: the event's data, the event itself and ``today``."""
    return {**EVENT_CONTEXT, **declared_shapes(data)}


def deed_fields(data: Mapping[str, FieldShape], for_each: str | None) -> dict[str, Shape]:
    """Everything the values of a binding can name: with a list to go through, its entry too."""
    if for_each is None or for_each not in data:
        return event_fields(data)
    entry = shape_of(data[for_each]).item
    rest = {name: field for name, field in data.items() if name != for_each}
    return {**event_fields(rest), **({"each": entry} if entry is not None else {})}


def contact_fields(characteristics: Mapping[str, FieldShape]) -> dict[str, Shape]:
    """Everything a contact type can name: the characteristics, whom it is about and ``today``."""
    return {**CONTACT_CONTEXT, **declared_shapes(characteristics)}


def template_fields(data: Mapping[str, FieldShape]) -> dict[str, Shape]:
    """Everything a template can name: the declared data and the context."""
    return {**TEMPLATE_CONTEXT, **declared_shapes(data)}


def conditions_of(definition: CommunicationDefinition) -> dict[str, Expression]:
    """The eligibility rules, compiled; evaluate them over data nested as templates see it.

    Raises:
        ExpressionError: A rule cannot be compiled, which the checker would have told.
    """
    fields = rule_fields(definition.data)
    return {
        name: compile_expression(rule.when, fields)
        for name, rule in definition.eligibility.items()
        if rule.when is not None
    }


def declared_shapes(data: Mapping[str, FieldShape]) -> dict[str, Shape]:
    """Declared fields as rules see them: dotted names as groups."""
    return _grouped({name: shape_of(shape) for name, shape in data.items()})


def shape_of(field: FieldShape) -> Shape:
    """One declared field as rules see it."""
    parts = {name: shape_of(part) for name, part in (field.fields or {}).items()}
    match field.type:
        case "list":
            return Shape("list", item=Shape("object", fields=parts))
        case "object":
            return Shape("object", fields=parts)
        case "money":
            return Shape("number", currency=field.currency)
        case "text" | "number" | "date" | "datetime" | "boolean":
            return Shape(field.type)


def _grouped(shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """Dotted names as nested groups."""
    grouped: dict[str, Shape] = {}
    groups: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        first, _, rest = name.partition(".")
        if rest:
            groups.setdefault(first, {})[rest] = shape
        else:
            grouped[first] = shape
    for first, parts in groups.items():
        grouped[first] = Shape("object", fields=_grouped(parts))
    return grouped
