"""Event bindings: what they lead to is there, and gets what it needs."""

from collections.abc import Iterator, Mapping

from openccm.language.bundle import Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.context import EVENT_CONTEXT, deed_fields, event_fields, shape_of
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.event_binding import EventBindingDefinition, EventField
from openccm.language.fields import PAYLOAD, DataField, DefaultValue
from openccm.language.problems import Path, Problem
from openccm.language.values import Misfit, read_value
from openccm.rules.expressions import ValueExpression, compile_expression, compile_value
from openccm.rules.findings import ExpressionError, suggestion
from openccm.rules.shapes import Shape

Payload = Mapping[str, str]


def check_event_binding(
    binding: EventBindingDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    """Findings about a binding among the other definitions."""
    for name, field in binding.data.items():
        yield from _check_field(name, field, binding, document)
    yield from _check_condition(binding, document)
    yield from _check_once(binding, document)
    yield from _check_list(binding, document)
    yield from _check_offers(binding, document)
    yield from _check_request(binding, document, library)
    yield from _check_process(binding, document, library)


def _check_field(
    name: str, field: EventField, binding: EventBindingDefinition, document: Document
) -> Iterator[Problem]:
    path: Path = ("data", name)
    root = name.partition(".")[0]
    if root in (*EVENT_CONTEXT, "each"):
        message = f"{root} is always there and cannot be declared."
        yield document.problem(path, message, "Use another name.", key=True)
    below = next((other for other in binding.data if other.startswith(f"{name}.")), None)
    if below is not None:
        message = f"{name} is a value here and a group in {below}."
        yield document.problem(path, message, "Rename one of them.", key=True)
    if isinstance(field.missing, DefaultValue):
        misfits: list[Misfit] = []
        read_value(field, field.missing.default, (*path, "missing", "default"), misfits)
        for where, message, mend, of_name in misfits:
            yield document.problem(where, message, mend, key=of_name)


def _check_condition(binding: EventBindingDefinition, document: Document) -> Iterator[Problem]:
    if binding.when is None:
        return
    path: Path = ("when",)
    try:
        rest = {name: each for name, each in binding.data.items() if name != binding.for_each}
        expression = compile_expression(binding.when, event_fields(rest))
    except ExpressionError as error:
        yield from _told(error, binding.when, path, document)
        return
    for field in sorted(expression.reads - expression.guards):
        if field in binding.data and binding.data[field].missing == "hide":
            message = f"{field} may have no value; then this condition fails."
            mend = f"Ask first: {field} != null && …"
            yield document.problem(path, message, mend, severity="warning")


def _check_once(binding: EventBindingDefinition, document: Document) -> Iterator[Problem]:
    for index, name in enumerate(binding.once.by if binding.once else ()):
        path: Path = ("once", "by", index)
        field = binding.data.get(name)
        if field is None:
            mend = suggestion(name, binding.data)
            yield document.problem(path, f"There is no field {name}.", mend)
        elif field.type in ("list", "object"):
            message = f"{name} is a {field.type}, which cannot be compared."
            yield document.problem(path, message, "Name fields with single values.")


def _check_list(binding: EventBindingDefinition, document: Document) -> Iterator[Problem]:
    if binding.for_each is None:
        return
    field = binding.data.get(binding.for_each)
    if field is None or field.type != "list":
        lists = [name for name, each in binding.data.items() if each.type == "list"]
        message = f"{binding.for_each} is no list of the data."
        yield document.problem(("for-each",), message, suggestion(binding.for_each, lists))
    elif field.missing != "fail":
        message = f"Without {binding.for_each} there is nothing to go through."
        yield document.problem(("data", binding.for_each), message, "Take missing: out.")


def _check_offers(binding: EventBindingDefinition, document: Document) -> Iterator[Problem]:
    for name in ("offer", "cause"):
        source = getattr(binding.offers, name, None)
        if source is not None:
            yield from _check_text(binding, source, ("offers", name), document)


def _check_request(
    binding: EventBindingDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    deed = binding.request
    if deed is None:
        return
    communications = library.of(CommunicationDefinition)
    wanted = communications.get(deed.communication)
    if wanted is None:
        mend = suggestion(deed.communication, communications)
        message = f"There is no communication {deed.communication}."
        yield document.problem(("request", "communication"), message, mend)
        return
    if deed.channel is not None and deed.channel not in wanted.channels:
        message = f"{wanted.code} is not sent by {deed.channel}."
        mend = f"Use one of: {', '.join(wanted.channels)}."
        yield document.problem(("request", "channel"), message, mend)
    if deed.person is not None:
        yield from _check_text(binding, deed.person, ("request", "person"), document)
    yield from _check_payload(binding, deed.payload, wanted.data, "request", document)


def _check_process(
    binding: EventBindingDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    deed = binding.process
    if deed is None:
        return
    processes = _processes(library)
    wanted = processes.get(deed.process)
    if wanted is None:
        message = f"There is no process {deed.process}."
        mend = suggestion(deed.process, processes)
        yield document.problem(("process", "process"), message, mend)
    else:
        yield from _check_payload(binding, deed.payload, _data_of(wanted), "process", document)
    for name in ("key", "person"):
        source = getattr(deed, name)
        if source is not None:
            yield from _check_text(binding, source, ("process", name), document)
    if binding.for_each is not None and deed.key is None:
        message = "The instances of the entries need a key each."
        mend = "Add key: with a value that only this entry has."
        yield document.problem(("process",), message, mend, key=True)


def _processes(library: Library) -> dict[str, Definition]:
    definitions = (bundle.definition for bundle in library.bundles)
    return {each.code: each for each in definitions if each.kind == "process"}


def _data_of(definition: Definition) -> Mapping[str, DataField]:
    return getattr(definition, "data", {})


def _check_text(
    binding: EventBindingDefinition, source: str, path: Path, document: Document
) -> Iterator[Problem]:
    """An expression that names something by its key."""
    try:
        value = compile_value(source, deed_fields(binding.data, binding.for_each))
    except ExpressionError as error:
        yield from _told(error, source, path, document)
        return
    if value.shape.kind not in ("text", "number", "date"):
        message = f"A key is a text, and this is {value.shape}."
        yield document.problem(path, message, "Name a field with a text.")


def _check_payload(
    binding: EventBindingDefinition,
    payload: Payload,
    wanted: Mapping[str, DataField],
    deed: str,
    document: Document,
) -> Iterator[Problem]:
    """What is given must be asked for, fit, and be all that cannot be missing."""
    asked = {name: field for name, field in wanted.items() if field.from_ == PAYLOAD}
    for name, source in payload.items():
        path: Path = (deed, "payload", name)
        if name not in asked:
            message = f"{name} is not taken from a payload there."
            yield document.problem(path, message, suggestion(name, asked), key=True)
            continue
        try:
            value = compile_value(source, deed_fields(binding.data, binding.for_each))
        except ExpressionError as error:
            yield from _told(error, source, path, document)
            continue
        yield from _check_value(binding, value, asked[name], path, document)
    for name, field in asked.items():
        if name not in payload and field.missing == "fail":
            message = f"{name} is missing, and nothing can be done without it."
            place: Path = (deed, "payload") if payload else (deed,)
            yield document.problem(place, message, f"Add {name}: to payload:.", key=True)


def _check_value(
    binding: EventBindingDefinition,
    value: ValueExpression,
    wanted: DataField,
    path: Path,
    document: Document,
) -> Iterator[Problem]:
    difference = _difference(value.shape, shape_of(wanted))
    if difference is not None:
        mend = "Take it from another field, or declare this one as it is wanted."
        yield document.problem(path, difference, mend)
    for name in value.reads:
        field = binding.data.get(name)
        if field is not None and field.missing == "hide" and wanted.missing == "fail":
            message = f"{name} may have no value, and nothing can be done without it."
            yield document.problem(path, message, f"Let {name} be missing: fail, or a default.")


def _difference(given: Shape, wanted: Shape) -> str | None:
    """In what a value is not as it is wanted."""
    if given.kind != wanted.kind:
        return f"This is {given}, and {wanted} is wanted."
    if given.currency != wanted.currency and wanted.currency is not None:
        return f"This is in {given.currency or 'no fixed currency'}, not in {wanted.currency}."
    if given.item is not None and wanted.item is not None:
        return _difference(given.item, wanted.item)
    for name, part in wanted.fields.items():
        if name not in given.fields:
            return f"This has no {name}, which is wanted."
        below = _difference(given.fields[name], part)
        if below is not None:
            return f"{name}: {below}"
    extra = given.fields.keys() - wanted.fields.keys()
    return f"{min(extra)} is not wanted." if extra else None


def _told(error: ExpressionError, text: str, path: Path, document: Document) -> Iterator[Problem]:
    for finding in error.findings:
        mark = document.inside(path, text, finding.at)
        yield document.problem(path, finding.message, finding.mend, mark=mark)
