"""Plain data: what may cross into a template, and what an author calls it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import cast

from openccm.errors import TemplateError

PLAIN = frozenset(
    {str, int, float, Decimal, bool, date, datetime, time, type(None), dict, list, tuple}
)
MAX_DEPTH = 30

KINDS: dict[type, str] = {
    str: "a text",
    bool: "a yes or no",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    date: "a date",
    datetime: "a date with a time",
    dict: "a group of fields",
    list: "a list",
    tuple: "a list",
}


def kind_of(value: object) -> str:
    """What an author calls such a value."""
    return KINDS.get(type(value), f"a {type(value).__name__}")


def check_plain(value: object, where: str, depth: int = 0) -> None:
    """Refuse whatever is more than data: an object has methods that a template could call.

    Raises:
        TemplateError: Names where the object stands.
    """
    kind = type(value)
    if kind not in PLAIN and not (depth == 0 and isinstance(value, Mapping)):
        raise TemplateError(f"{where} is {kind_of(value)}, not plain data.", template=where)
    if depth > MAX_DEPTH:
        raise TemplateError(f"The data is nested more than {MAX_DEPTH} deep.", template=where)
    if isinstance(value, Mapping):
        for key, each in cast("Mapping[object, object]", value).items():
            check_plain(key, where, depth + 1)
            check_plain(each, str(key), depth + 1)
    elif isinstance(value, list | tuple):
        for each in cast("Iterable[object]", value):
            check_plain(each, where, depth + 1)
