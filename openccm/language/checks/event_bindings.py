"""Event bindings: what they lead to is there, and gets what it needs."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from openccm.language.bundle import Bundle, Library
from openccm.language.checks.contact_type import check_reminder, check_work
from openccm.language.checks.data import check_name
from openccm.language.checks.event_samples import check_event_samples
from openccm.language.checks.handing import Giver
from openccm.language.communication import CommunicationDefinition
from openccm.language.contact_type import ContactTypeDefinition
from openccm.language.context import (
    EVENT_CONTEXT,
    contact_fields,
    declared_shapes,
    deed_fields,
    event_fields,
)
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.event_binding import EventBindingDefinition, EventField
from openccm.language.fields import DefaultValue
from openccm.language.problems import Path, Problem
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.language.values import Misfit, read_value
from openccm.rules.findings import suggestion
from openccm.rules.shapes import Shape

_KEY = "A key"


def check_event_binding(
    binding: EventBindingDefinition, bundle: Bundle, library: Library
) -> Iterator[Problem]:
    """Findings about a binding among the other definitions."""
    document = bundle.document
    for name, field in binding.data.items():
        yield from _check_field(name, field, binding, document)
    yield from _check_condition(binding, document, library)
    yield from _check_once(binding, document)
    yield from _check_list(binding, document)
    fields = deed_fields(binding.data, binding.for_each) | _answer(binding, library)
    giver = Giver(document, fields, binding.data)
    for name in ("offer", "cause"):
        yield from _check_key(getattr(binding.offers, name, None), ("offers", name), giver)
    yield from _check_request(binding, giver, library)
    yield from _check_process(binding, giver, library)
    yield from _check_contact(binding, giver, library)
    yield from _check_todo(binding, giver, library)
    yield from check_event_samples(binding, bundle)


def _answer(binding: EventBindingDefinition, library: Library) -> dict[str, Shape]:
    """What the table answers, under its name."""
    if binding.decide is None:
        return {}
    table = library.of(DecisionTableDefinition).get(binding.decide.table)
    shapes = declared_shapes(table.gives()) if table is not None else {}
    return {binding.decide.into: Shape("object", fields=shapes)}


def _check_field(
    name: str, field: EventField, binding: EventBindingDefinition, document: Document
) -> Iterator[Problem]:
    path: Path = ("data", name)
    yield from check_name(name, binding.data, document, path, (*EVENT_CONTEXT, "each"))
    if isinstance(field.missing, DefaultValue):
        misfits: list[Misfit] = []
        read_value(field, field.missing.default, (*path, "missing", "default"), misfits)
        for where, message, mend, of_name in misfits:
            yield document.problem(where, message, mend, key=of_name)


def _check_condition(
    binding: EventBindingDefinition, document: Document, library: Library
) -> Iterator[Problem]:
    """The table and the condition, which see the whole event."""
    rest = {name: each for name, each in binding.data.items() if name != binding.for_each}
    giver = Giver(document, event_fields(rest), rest)
    yield from _check_table(binding, giver, library)
    if binding.when is not None:
        answered = replace(giver, fields={**giver.fields, **_answer(binding, library)})
        yield from answered.condition(binding.when, ("when",))


def _check_table(
    binding: EventBindingDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    asked, document = binding.decide, giver.document
    if asked is None:
        return
    known = (*EVENT_CONTEXT, "each", *(name.partition(".")[0] for name in binding.data))
    if asked.into in known:
        message = f"{asked.into} is there already."
        yield document.problem(("decide", "into"), message, "Use another name.")
    tables = library.of(DecisionTableDefinition)
    if asked.table not in tables:
        mend = suggestion(asked.table, tables)
        message = f"There is no decision-table {asked.table}."
        yield document.problem(("decide", "table"), message, mend)
        return
    wanted = tables[asked.table].takes()
    said = f"is no input of {asked.table}"
    yield from giver.values(asked.inputs, wanted, ("decide", "inputs"), said)


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


def _check_key(source: str | None, path: Path, giver: Giver) -> Iterator[Problem]:
    """An expression that names something by its key."""
    if source is not None:
        yield from giver.text(source, path, _KEY)


def _check_request(
    binding: EventBindingDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    deed = binding.request
    if deed is None:
        return
    communications = library.of(CommunicationDefinition)
    wanted = communications.get(deed.communication)
    if wanted is None:
        mend = suggestion(deed.communication, communications)
        message = f"There is no communication {deed.communication}."
        yield giver.document.problem(("request", "communication"), message, mend)
        return
    if deed.channel is not None and deed.channel not in wanted.channels:
        message = f"{wanted.code} is not sent by {deed.channel}."
        mend = f"Use one of: {', '.join(wanted.channels)}."
        yield giver.document.problem(("request", "channel"), message, mend)
    yield from _check_key(deed.person, ("request", "person"), giver)
    yield from giver.values(deed.payload, wanted.takes(), ("request", "payload"))


def _check_process(
    binding: EventBindingDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    deed = binding.process
    if deed is None:
        return
    processes = _processes(library)
    wanted = processes.get(deed.process)
    if wanted is None:
        message = f"There is no process {deed.process}."
        mend = suggestion(deed.process, processes)
        yield giver.document.problem(("process", "process"), message, mend)
    else:
        yield from giver.values(deed.payload, wanted.takes(), ("process", "payload"))
    for name in ("key", "person"):
        yield from _check_key(getattr(deed, name), ("process", name), giver)
    if binding.for_each is not None and deed.key is None:
        message = "The instances of the entries need a key each."
        mend = "Add key: with a value that only this entry has."
        yield giver.document.problem(("process",), message, mend, key=True)


def _processes(library: Library) -> Mapping[str, Definition]:
    definitions = (bundle.definition for bundle in library.bundles)
    return {each.code: each for each in definitions if each.kind == "process"}


def _check_contact(
    binding: EventBindingDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    deed = binding.contact
    if deed is None:
        return
    types = library.of(ContactTypeDefinition)
    wanted = types.get(deed.type)
    if wanted is None:
        message = f"There is no contact-type {deed.type}."
        yield giver.document.problem(("contact", "type"), message, suggestion(deed.type, types))
        return
    yield from _check_key(deed.person, ("contact", "person"), giver)
    fields = wanted.characteristics
    said = f"is no characteristic of {deed.type}"
    yield from giver.values(deed.characteristics, fields, ("contact", "characteristics"), said)
    if deed.reminder is not None:
        inside = Giver(giver.document, contact_fields(fields), fields)
        yield from check_reminder(inside, library, deed.reminder, ("contact", "reminder"))


def _check_todo(
    binding: EventBindingDefinition, giver: Giver, library: Library
) -> Iterator[Problem]:
    deed = binding.to_do
    if deed is None:
        return
    yield from check_work(giver, library, ("to-do",), "type", deed.type, deed.role)
    yield from _check_key(deed.person, ("to-do", "person"), giver)
    wanted = library.of(ToDoTypeDefinition).get(deed.type)
    if wanted is not None:
        said = f"is not in the context of {deed.type}"
        yield from giver.values(deed.context, wanted.context, ("to-do", "context"), said)
