"""Data: every field has one meaning, one source, and values that fit."""

from collections.abc import Collection, Iterator, Mapping

from openccm.language.communication import CommunicationDefinition
from openccm.language.context import TEMPLATE_CONTEXT
from openccm.language.data_service import DataServiceDefinition
from openccm.language.document import Document
from openccm.language.fields import PAYLOAD, DataField, DefaultValue, FieldShape
from openccm.language.problems import Path, Problem
from openccm.language.values import Misfit, read_value
from openccm.rules.findings import suggestion


def check_data(
    definition: CommunicationDefinition,
    document: Document,
    services: Mapping[str, DataServiceDefinition],
) -> Iterator[Problem]:
    """Findings about ``data:`` and ``duplicate:``."""
    yield from check_fields(definition.data, document, services)
    yield from _check_duplicate(definition, document)


def check_fields(
    fields: Mapping[str, DataField],
    document: Document,
    services: Mapping[str, DataServiceDefinition],
    always: Collection[str] = TEMPLATE_CONTEXT,
) -> Iterator[Problem]:
    """Findings about ``data:``; ``always`` are the names that are there without being declared."""
    for name, field in fields.items():
        yield from check_name(name, fields, document, ("data", name), always)
        yield from _check_source(name, field, document, services)
        yield from _check_default(name, field, document)


def check_name(
    name: str,
    fields: Mapping[str, FieldShape],
    document: Document,
    path: Path,
    always: Collection[str] = TEMPLATE_CONTEXT,
) -> Iterator[Problem]:
    """A name is either a value or a group, and none of the names that are always there."""
    root = name.partition(".")[0]
    if root in always:
        message = f"{root} is always there and cannot be declared."
        yield document.problem(path, message, "Use another name.", key=True)
    below = next((other for other in fields if other.startswith(f"{name}.")), None)
    if below is not None:
        message = f"{name} is a value here and a group in {below}."
        yield document.problem(path, message, "Rename one of them.", key=True)


def _check_source(
    name: str, field: DataField, document: Document, services: Mapping[str, DataServiceDefinition]
) -> Iterator[Problem]:
    path: Path = ("data", name, "from")
    if field.from_ == PAYLOAD:
        return
    service = services.get(field.from_)
    if service is None:
        mend = suggestion(field.from_, [PAYLOAD, *services])
        yield document.problem(path, f"There is no data service {field.from_}.", mend)
        return
    offered = service.fields.get(name)
    if offered is None:
        message = f"The data service {field.from_} has no {name}."
        yield document.problem(path, message, suggestion(name, service.fields))
        return
    for where, message, mend, of_name in _differences(field, offered, ("data", name)):
        yield document.problem(where, message, mend, key=of_name)


def _differences(field: FieldShape, offered: FieldShape, path: Path) -> Iterator[Misfit]:
    """Where a field expects another kind of value than its service gives."""
    if field.type != offered.type:
        message = f"The data service gives {offered.type} here, not {field.type}."
        yield Misfit((*path, "type"), message, f"Write type: {offered.type}.")
        return
    if field.currency and field.currency != offered.currency:
        given = offered.currency or "no fixed currency"
        message = f"The data service gives {given} here, not {field.currency}."
        yield Misfit((*path, "currency"), message, "Use the currency of the service.")
    for part, shape in (field.fields or {}).items():
        below = (*path, "fields", part)
        known = (offered.fields or {}).get(part)
        if known is None:
            mend = suggestion(part, offered.fields or {})
            message = f"The data service gives no {part} here."
            yield Misfit(below, message, mend, of_name=True)
        else:
            yield from _differences(shape, known, below)


def _check_default(name: str, field: DataField, document: Document) -> Iterator[Problem]:
    if not isinstance(field.missing, DefaultValue):
        return
    path: Path = ("data", name, "missing", "default")
    misfits: list[Misfit] = []
    read_value(field, field.missing.default, path, misfits)
    for where, message, mend, of_name in misfits:
        yield document.problem(where, message, mend, key=of_name)


def _check_duplicate(definition: CommunicationDefinition, document: Document) -> Iterator[Problem]:
    by = definition.duplicate.by if definition.duplicate else ()
    for index, name in enumerate(by):
        path: Path = ("duplicate", "by", index)
        field = definition.data.get(name)
        if field is None:
            mend = suggestion(name, definition.data)
            yield document.problem(path, f"There is no field {name}.", mend)
        elif field.from_ != PAYLOAD:
            message = f"{name} is not known yet when duplicates are looked for."
            yield document.problem(path, message, "Name fields that come from: payload.")
        elif field.type in ("list", "object"):
            message = f"{name} is a {field.type}, which cannot be compared."
            yield document.problem(path, message, "Name fields with single values.")
