"""Values between JSON and the types that definitions declare."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from openccm.errors import InvalidError
from openccm.language.fields import DataField


def typed(value: Any, field: DataField, name: str) -> Any:
    """A JSON value as the declared type: money and number as Decimal, dates as dates.

    Raises:
        InvalidError: The value is of another type; names the field, not the value.
    """
    try:
        return _typed(value, field, name)
    except (ValueError, TypeError, InvalidOperation):
        raise InvalidError(name, f"{name} must be a {field.type}.") from None


def _typed(value: Any, field: DataField, name: str) -> Any:  # noqa: PLR0911
    match field.type:
        case "text":
            if not isinstance(value, str):
                raise TypeError(name)
            return value
        case "number" | "money":
            return _decimal(value)
        case "boolean":
            if not isinstance(value, bool):
                raise TypeError(name)
            return value
        case "date":
            return date.fromisoformat(value)
        case "datetime":
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError(name)
            return moment
        case "object":
            return _object(value, field, name)
        case "list":
            if not isinstance(value, list):
                raise TypeError(name)
            items: list[Any] = value
            return [_object(item, field, f"{name}[{place}]") for place, item in enumerate(items)]
        case _:
            raise TypeError(name)


def _decimal(value: Any) -> Decimal:
    """Text or a whole number; a float has lost its pennies already, so it goes by its spelling."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise TypeError
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError
    return number


def _object(value: Any, field: DataField, name: str) -> Any:
    if not field.fields:
        return value
    if not isinstance(value, dict):
        raise TypeError(name)
    members: dict[str, Any] = value
    made: dict[str, Any] = {}
    for member, inner in field.fields.items():
        if members.get(member) is None:
            raise InvalidError(f"{name}.{member}", f"{name}.{member} is missing.")
        made[member] = typed(members[member], inner, f"{name}.{member}")
    return made


def find(data: Mapping[str, Any], name: str) -> Any:
    """The value under a dotted name, whether the mapping is nested or flat; None where there is none."""
    if name in data:
        return data[name]
    here: Any = data
    for part in name.split("."):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"bill.amount": 1}`` as ``{"bill": {"amount": 1}}``, the way templates read it."""
    made: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        here = made
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return made


def leaves(data: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """The dotted names of a payload, as deep as its objects go."""
    for name, value in data.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            members: Mapping[str, Any] = value
            yield from leaves(members, f"{path}.")
        else:
            yield path
