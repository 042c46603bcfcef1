"""Values as declared: what callers, services and samples give, checked and made typed."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from openccm.language.fields import FieldShape, FieldType
from openccm.language.problems import Path
from openccm.rules.findings import suggestion

MAX_DIGITS = 15
"""As many as rules calculate with exactly."""
MAX_ENTRIES = 10_000
MAX_MISFITS = 50
"""After so many, nothing more is looked at."""

_DECIMAL = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_EXAMPLES: Mapping[FieldType, str] = {
    "text": 'Write a text, in quotes if it looks like a number: "0042".',
    "number": "Write a number of at most 15 digits, like 42 or 0.5.",
    "money": "Write an amount of at most 15 digits, like 186.40.",
    "date": "Write a date like 2026-01-31.",
    "datetime": "Write a moment with its time zone, like 2026-01-31T08:00:00Z.",
    "boolean": "Write true or false.",
    "list": f"Write a list of at most {MAX_ENTRIES:,} entries.",
    "object": "Write its parts, each with a name.",
}


class Misfit(NamedTuple):
    """A value that is not as declared. It names the place, never the value."""

    path: Path
    message: str
    mend: str
    of_name: bool = False
    """The name is wrong, not the value behind it."""


@dataclass(frozen=True, slots=True)
class Values:
    """What could be read, by dotted name, and what could not."""

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    misfits: list[Misfit] = field(default_factory=list[Misfit])


def read_values(fields: Mapping[str, FieldShape], given: Mapping[str, Any]) -> Values:
    """The declared values in ``given``, by dotted name or nested.

    Money and numbers come out as decimals, dates as dates. A field that is absent or null is not
    in the result: what that means is for the definition's ``missing`` to say.
    """
    read = Values()
    for name, path, raw in _declared(fields, given, "", (), read.misfits):
        if name in read.values:
            read.misfits.append(Misfit(path, f"{name} is given twice.", "Give it once."))
        elif raw is not None:
            value = read_value(fields[name], raw, path, read.misfits)
            if value is not None:
                read.values[name] = value
    return read


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as groups, as templates and rules see them."""
    root: dict[str, Any] = {}
    for name, value in values.items():
        *groups, last = name.split(".")
        target = root
        for group in groups:
            target = target.setdefault(group, {})
        target[last] = value
    return root


def read_value(shape: FieldShape, raw: Any, path: Path, misfits: list[Misfit]) -> Any:
    """The typed value, or None and a misfit."""
    if shape.type == "list":
        return _list(shape, raw, path, misfits)
    if shape.type == "object":
        return _object(shape, raw, path, misfits)
    value = _SCALARS[shape.type](raw)
    if value is None:
        misfits.append(Misfit(path, f"This is not {_a(shape.type)}.", _EXAMPLES[shape.type]))
    return value


def _declared(
    fields: Mapping[str, FieldShape],
    given: Mapping[str, Any],
    prefix: str,
    path: Path,
    misfits: list[Misfit],
) -> Iterator[tuple[str, Path, Any]]:
    for key, raw in given.items():
        if len(misfits) >= MAX_MISFITS:
            return
        name, here = f"{prefix}{key}", (*path, key)
        if name in fields:
            yield name, here, raw
        elif isinstance(raw, Mapping) and any(known.startswith(f"{name}.") for known in fields):
            group = cast(Mapping[str, Any], raw)
            yield from _declared(fields, group, f"{name}.", here, misfits)
        else:
            mend = suggestion(name, fields)
            misfits.append(Misfit(here, f"{name} is not declared.", mend, of_name=True))


def _list(shape: FieldShape, raw: Any, path: Path, misfits: list[Misfit]) -> Any:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes) or len(raw) > MAX_ENTRIES:  # pyright: ignore[reportUnknownArgumentType]
        misfits.append(Misfit(path, "This is not a list that can be read.", _EXAMPLES["list"]))
        return None
    entries = cast(Sequence[Any], raw)
    return [
        _object(shape, entry, (*path, index), misfits)
        for index, entry in enumerate(entries)
        if len(misfits) < MAX_MISFITS
    ]


def _object(shape: FieldShape, raw: Any, path: Path, misfits: list[Misfit]) -> Any:
    parts = shape.fields or {}
    if not isinstance(raw, Mapping):
        misfits.append(Misfit(path, "This has no named parts.", _EXAMPLES["object"]))
        return None
    given = cast(Mapping[str, Any], raw)
    for name in given:
        if name not in parts and len(misfits) < MAX_MISFITS:
            mend = suggestion(name, parts)
            misfits.append(Misfit((*path, name), f"{name} is not declared.", mend, of_name=True))
    for name in parts:
        if given.get(name) is None:
            misfits.append(Misfit(path, f"{name} is missing.", f"Give {name} here."))
    return {
        name: read_value(part, given[name], (*path, name), misfits)
        for name, part in parts.items()
        if given.get(name) is not None
    }


def _text(raw: Any) -> str | None:
    fit = isinstance(raw, str) and "\0" not in raw and not re.search("[\ud800-\udfff]", raw)
    return raw if fit else None


def _number(raw: Any) -> Decimal | None:
    match raw:
        case bool():
            return None
        case int():
            number = Decimal(raw) if abs(raw) < 10**MAX_DIGITS else None
        case float():
            number = Decimal(f"{raw:.{MAX_DIGITS}g}")
        case str():
            number = Decimal(raw) if _DECIMAL.fullmatch(raw) else None
        case _:
            number = raw if isinstance(raw, Decimal) else None
    return number if number is not None and _fits(number) else None


def _fits(number: Decimal) -> bool:
    if not number.is_finite() or abs(number.adjusted()) > MAX_DIGITS:
        return False
    digits = number.as_tuple().digits
    while len(digits) > 1 and digits[-1] == 0:
        digits = digits[:-1]
    return len(digits) <= MAX_DIGITS


def _date(raw: Any) -> date | None:
    if isinstance(raw, date):
        return None if isinstance(raw, datetime) else raw
    try:
        return date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
    except ValueError:
        return None


def _datetime(raw: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    except ValueError:
        return None
    return moment if isinstance(moment, datetime) and moment.tzinfo is not None else None


def _boolean(raw: Any) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _a(kind: FieldType) -> str:
    return {"number": "a number", "money": "an amount of money", "boolean": "true or false"}.get(
        kind, f"a {kind}"
    )


_SCALARS: Mapping[FieldType, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "money": _number,
    "date": _date,
    "datetime": _datetime,
    "boolean": _boolean,
}
