"""From plain data to what the engine takes and back: only what a rule names, checked by shape."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, cast

from openccm.rules.arithmetic import carried
from openccm.rules.findings import RuleError
from openccm.rules.scope import ROOT
from openccm.rules.shapes import Shape

MAX_ENTRIES = 1_000
MAX_NESTED_ENTRIES = 100
"""The engine's ``filter`` and ``map`` take quadratic time: 0.2 s for 1,000 entries."""

MAX_COPIED_ENTRIES = 10_000
"""What is only handed on costs no more than its length."""


def context_of(
    data: Mapping[str, Any], paths: Mapping[str, Shape], *, loops: int
) -> dict[str, Any]:
    """The engine's variables; a field without a value is left out.

    Raises:
        RuleError: A value is not of the declared kind, or a list is too long for a rule.
    """
    limit = MAX_ENTRIES if loops < 2 else MAX_NESTED_ENTRIES
    root: dict[str, Any] = {}
    for path, shape in paths.items():
        value = value_at(data, path)
        if value is not None:
            _put(root, path, _converted(value, shape, path, limit))
    return {ROOT: root}


def result_of(answer: Any, shape: Shape) -> Any:
    """The engine's answer as plain data: decimals for numbers, dates for dates."""
    match shape.kind:
        case "number":
            number = Decimal(repr(answer))
            return Decimal(int(number)) if number == number.to_integral_value() else number
        case "date":
            return answer.date()
        case "list":
            assert shape.item is not None, "a list declares its entries"
            return [result_of(entry, shape.item) for entry in answer]
        case "object":
            return {name: result_of(answer[name], shape.fields[name]) for name in answer}
        case _:
            return answer


def copy_of(value: Any, shape: Shape, path: str) -> Any:
    """A field's own value, whole and exactly as it stands, for a rule that does nothing with it.

    Raises:
        RuleError: The value is not of the declared kind.
    """
    _converted(value, shape, path, MAX_COPIED_ENTRIES)
    return _copied(value, shape)


def _copied(value: Any, shape: Shape) -> Any:
    match shape:
        case Shape("number"):
            return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        case Shape("list", item=Shape() as item):
            return [_copied(entry, item) for entry in value]
        case Shape("object", fields=parts):
            there = (name for name in parts if value.get(name) is not None)
            return {name: _copied(value[name], parts[name]) for name in there}
        case _:
            return value


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path, None where the way ends early."""
    value: Any = data
    for part in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = cast(Mapping[str, Any], value).get(part)
    return value


def _put(root: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for group in groups:
        root = root.setdefault(group, {})
    if isinstance(value, dict):
        root.setdefault(last, {})
    else:
        root[last] = value


def _converted(value: Any, shape: Shape, path: str, limit: int) -> Any:
    match shape.kind:
        case "object":
            if isinstance(value, Mapping):
                return _object(cast(Mapping[str, Any], value), shape, path, limit)
        case "list":
            if isinstance(value, Sequence) and not isinstance(value, str | bytes):
                return _list(cast(Sequence[Any], value), shape, path, limit)
        case _:
            converted = _scalar(value, shape)
            if converted is not None:
                return converted
    raise RuleError(f"{path} does not hold {shape} that a rule can use.")


def _object(value: Mapping[str, Any], shape: Shape, path: str, limit: int) -> dict[str, Any]:
    return {
        name: _converted(value[name], part, f"{path}.{name}", limit)
        for name, part in shape.fields.items()
        if value.get(name) is not None
    }


def _list(value: Sequence[Any], shape: Shape, path: str, limit: int) -> list[Any]:
    if len(value) > limit:
        raise RuleError(f"{path} has more than {limit} entries, too many for this rule.")
    item = shape.item
    assert item is not None, "a list declares its entries"
    return [_converted(entry, item, path, limit) for entry in value]


def _scalar(value: Any, shape: Shape) -> Any:
    match value:
        case bool():
            return value if shape.kind == "boolean" else None
        case str():
            return value if shape.kind == "text" and _encodable(value) else None
        case Decimal() | int() | float():
            return _number(value) if shape.kind == "number" else None
        case datetime():
            return value if shape.kind == "datetime" and value.tzinfo is not None else None
        case date():
            return datetime.combine(value, time(), UTC) if shape.kind == "date" else None
        case _:
            return None


def _number(value: Decimal | float) -> float | None:
    if isinstance(value, int) and abs(value) >= 10**300:
        return None
    return carried(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))


def _encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
