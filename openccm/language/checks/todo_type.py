"""To-do types: their rules compile, and every name they write is declared."""

import re
from collections.abc import Collection, Iterator, Mapping

from openccm.language.checks.data import check_name
from openccm.language.context import rule_fields
from openccm.language.document import Document
from openccm.language.fields import FieldShape
from openccm.language.problems import Path, Problem
from openccm.language.todo_type import Span, ToDoTypeDefinition
from openccm.rules.expressions import check_expression
from openccm.rules.findings import suggestion

PLACE = re.compile(r"\{([^{}]*)\}")
"""A field's place in a summary."""


def check_todo_type(
    definition: ToDoTypeDefinition, document: Document, calendars: Collection[str]
) -> Iterator[Problem]:
    """Findings about everything but the shape of single values."""
    yield from _check_calendar(definition, document, calendars)
    yield from _check_names("context", definition.context, document)
    yield from _check_names("form", definition.form, document)
    yield from check_places(
        definition.summary, definition.context, document, ("summary",), "context"
    )
    yield from _check_priority(definition, document)
    yield from _check_outcomes(definition, document)
    yield from _check_times(definition, document)


def _check_calendar(
    definition: ToDoTypeDefinition, document: Document, calendars: Collection[str]
) -> Iterator[Problem]:
    code = definition.sla.calendar if definition.sla else None
    if code is not None and code not in calendars:
        message, mend = f"There is no calendar {code}.", suggestion(code, calendars)
        yield document.problem(("sla", "calendar"), message, mend)


def _check_names(
    place: str, fields: Mapping[str, FieldShape], document: Document
) -> Iterator[Problem]:
    for name in fields:
        yield from check_name(name, fields, document, (place, name))


def check_places(
    text: str | None,
    fields: Mapping[str, FieldShape],
    document: Document,
    path: Path,
    where: str,
) -> Iterator[Problem]:
    """Every ``{field}`` in a line is declared, and fits a line."""
    for name in PLACE.findall(text or ""):
        field = fields.get(name)
        if field is None:
            mend = suggestion(name, fields)
            yield document.problem(path, f"There is no field {name} in {where}.", mend)
        elif field.type in ("list", "object"):
            message = f"{name} is a {field.type}, which fits no line."
            yield document.problem(path, message, "Name fields with single values.")


def _check_priority(definition: ToDoTypeDefinition, document: Document) -> Iterator[Problem]:
    fields = rule_fields(definition.context)
    for index, rule in enumerate(definition.priority_when):
        path: Path = ("priority-when", index, "when")
        for finding in check_expression(rule.when, fields):
            mark = document.inside(path, rule.when, finding.at)
            yield document.problem(path, finding.message, finding.mend, mark=mark)


def _check_outcomes(definition: ToDoTypeDefinition, document: Document) -> Iterator[Problem]:
    for name, outcome in definition.outcomes.items():
        for index, field in enumerate(outcome.requires):
            if field not in definition.form:
                path: Path = ("outcomes", name, "requires", index)
                mend = suggestion(field, definition.form)
                yield document.problem(path, f"There is no field {field} in form.", mend)


def _check_times(definition: ToDoTypeDefinition, document: Document) -> Iterator[Problem]:
    sla = definition.sla
    if sla is not None:
        yield from _check_span(sla.within, definition, document, ("sla", "within"))
        if sla.until is not None and not _of_days(sla.within):
            message, mend = "The hour of a day is for days.", "Take until: out, or write days."
            yield document.problem(("sla", "until"), message, mend)
        if sla.warn >= 100:
            message, mend = "A warning comes before it is due.", "Write a share below 100 %."
            yield document.problem(("sla", "warn"), message, mend)
    for index, each in enumerate(definition.escalate):
        path: Path = ("escalate", index, "after")
        if isinstance(each.after, Span):
            yield from _check_span(each.after, definition, document, path)
        elif sla is None:
            message, mend = "There is no time to take a share of.", "Add sla:, or write a time."
            yield document.problem(path, message, mend)
    yield from _check_order(definition, document)


def _check_span(
    span: Span, definition: ToDoTypeDefinition, document: Document, path: Path
) -> Iterator[Problem]:
    if span.is_business and (definition.sla is None or definition.sla.calendar is None):
        message = "Nobody says when there is business."
        yield document.problem(path, message, "Add calendar: to sla:.")


def _check_order(definition: ToDoTypeDefinition, document: Document) -> Iterator[Problem]:
    """Of two times in one measure, the later one stands later."""
    latest: dict[str, int] = {}
    for index, each in enumerate(definition.escalate):
        unit = each.after.unit if isinstance(each.after, Span) else "share"
        amount = each.after.amount if isinstance(each.after, Span) else each.after
        if amount <= latest.get(unit, 0):
            path: Path = ("escalate", index, "after")
            message = "This is no later than one above it."
            yield document.problem(path, message, "Put them in the order of time.")
        latest[unit] = max(amount, latest.get(unit, 0))


def _of_days(span: Span) -> bool:
    return span.unit == "business day" or (span.unit == "second" and span.amount % 86_400 == 0)
