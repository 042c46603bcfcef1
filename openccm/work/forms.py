"""What people and processes fill in, read as a to-do's type declares it."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python

from openccm.errors import InvalidError
from openccm.language.checks.todo_type import PLACE
from openccm.language.fields import FieldShape
from openccm.language.todo_type import Outcome, ToDoTypeDefinition
from openccm.language.values import nested, read_values


def read_context(definition: ToDoTypeDefinition, given: Mapping[str, Any]) -> dict[str, Any]:
    """The context as it is kept: nested, and nothing in it that the type does not declare.

    Raises:
        InvalidError: A value does not fit; names it.
    """
    return _kept(definition.context, given, "context")


def read_form(
    definition: ToDoTypeDefinition, outcome: Outcome, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The form as it is kept: nested, and complete for this outcome.

    Raises:
        InvalidError: A field is missing, unknown or of the wrong type; names it.
    """
    kept = _kept(definition.form, given, "form")
    filled = read_values(definition.form, given).values
    for name in outcome.requires:
        if name not in filled:
            raise InvalidError(f"form.{name}", f"{name} must be filled in.")
    return kept


def summary_of(definition: ToDoTypeDefinition, context: Mapping[str, Any]) -> str:
    """The line that agents read in lists."""
    if definition.summary is None:
        return definition.title
    values = read_values(definition.context, context).values
    return PLACE.sub(lambda place: str(values.get(place[1], "–")), definition.summary)


def _kept(fields: Mapping[str, FieldShape], given: Mapping[str, Any], place: str) -> dict[str, Any]:
    read = read_values(fields, given)
    if read.misfits:
        first = read.misfits[0]
        path = ".".join((place, *map(str, first.path)))
        raise InvalidError(path, f"{first.message} {first.mend}")
    return to_jsonable_python(nested(read.values))
