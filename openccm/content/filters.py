"""The filters that templates may use: ours, and those of Jinja that cannot be turned against us."""

from collections.abc import Callable, Iterator, Sized
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import wraps
from typing import Any

import jinja2.filters as stock
from jinja2 import Environment, Undefined, pass_environment, pass_eval_context
from jinja2.exceptions import FilterArgumentError
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from openccm.content import formats
from openccm.content.budget import current
from openccm.content.plain import kind_of

_HARMLESS = """
    abs capitalize count dictsort e escape first float groupby int items last length list lower map
    max min reject rejectattr reverse select selectattr sort string striptags title trim truncate
    unique upper urlencode wordcount"""
HARMLESS = _HARMLESS.split()
"""Of Jinja's own. Left out is what makes much out of little (center, indent, batch, …), what
trusts data (safe, tojson, xmlattr) and what differs from run to run (random)."""

LOOP = "for"
JOIN = "~"
CUT = "[:]"
CHARGE = "#"
"""Not for authors: the grammar puts these where they wrote a loop or an operator."""

ROUNDINGS = {"common": ROUND_HALF_UP, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def money(value: Any, currency: str | None = None) -> str:
    """An amount with its currency."""
    if value is None:
        return ""
    if currency is None:
        raise FilterArgumentError("money needs a currency, such as money('EUR')")
    return _written(formats.money(_number(value, "money"), currency, current().locale))


def number(value: Any, decimals: int | None = None) -> str:
    """A number with its separators."""
    if value is None:
        return ""
    return _written(formats.number(_number(value, "number"), decimals, current().locale))


def day(value: Any, style: str = "long") -> str:
    """A date in words or digits."""
    if value is None:
        return ""
    if not isinstance(value, date):
        raise FilterArgumentError(f"date needs a date, not {kind_of(value)}")
    return _written(formats.day(value, style, current().locale))


def clock(value: Any, style: str = "short") -> str:
    """The time of day."""
    if value is None:
        return ""
    if not isinstance(value, datetime):
        raise FilterArgumentError(f"time needs a date with a time, not {kind_of(value)}")
    return _written(formats.clock(value, style, current().locale))


def mask(value: Any, visible: int = 4) -> str:
    """All but the last few letters and digits starred."""
    return "" if value is None else formats.mask(_text(value), visible)


def default(value: Any, otherwise: Any = "", boolean: bool = False) -> Any:
    """Something else for what is not there; with ``true``, for what is empty too."""
    if value is None or isinstance(value, Undefined) or (boolean and not value):
        return otherwise
    return value


@pass_eval_context
def join(
    evaluation: EvalContext, value: Any, separator: str = "", attribute: str | None = None
) -> str:
    """The items put together."""
    items = list(value or ())
    if attribute is not None:
        items = list(map(stock.make_attrgetter(evaluation.environment, attribute), items))
    return _joined(evaluation, items, separator)


@pass_eval_context
def replace(evaluation: EvalContext, value: Any, old: str, new: str, count: int = -1) -> str:
    """The text with one piece put in another's place."""
    text = _text(value)
    found = text.count(_text(old)) if count < 0 else min(count, text.count(_text(old)))
    current().charge_text(len(text) + found * len(_text(new)))
    return stock.do_replace(evaluation, text, old, new, count if count >= 0 else None)


def rounded(value: Any, precision: int = 0, method: str = "common") -> Any:
    """The number rounded; a Decimal stays one."""
    if not 0 <= precision <= formats.MAX_DECIMALS:
        raise FilterArgumentError(f"round keeps from 0 to {formats.MAX_DECIMALS} decimals")
    rounding = ROUNDINGS.get(method)
    if rounding is None:
        raise FilterArgumentError(f"round knows {', '.join(ROUNDINGS)}, not {method!r}")
    exact = Decimal(str(_number(value, "round")))
    result = exact.quantize(Decimal(1).scaleb(-precision), rounding)
    return result if isinstance(value, Decimal) else type(value)(result)


@pass_environment
def total(
    environment: Environment, value: Any, attribute: str | None = None, start: Any = 0
) -> Any:
    """The sum of numbers."""
    items = value or ()
    if attribute is not None:
        items = map(stock.make_attrgetter(environment, attribute), items)
    return sum(items, _number(start, "sum"))


@pass_eval_context
def lines(evaluation: EvalContext, value: Any) -> str:
    """Items, or the lines of a text, each on a line of its own."""
    items = value.splitlines() if isinstance(value, str) else list(value or ())
    if evaluation.autoescape:
        return _joined(evaluation, items, Markup("<br>"))
    return _joined(evaluation, items, "\n")


def loop_items(items: Any, weight: int = 1) -> Any:
    """What a loop walks through, counted; nothing at all for a value that is not there."""
    if items is None:
        return ()
    if isinstance(items, Sized) and not isinstance(items, Undefined):
        current().charge(len(items) * weight)
        return items
    return _weighed(items, weight)


@pass_eval_context
def joined_operands(evaluation: EvalContext, operands: list[Any]) -> str:
    """What ``a ~ b`` makes, measured before it is made."""
    return _joined(evaluation, ["" if each is None else each for each in operands], "")


def cut(value: Any, start: Any, stop: Any, step: Any) -> Any:
    """What ``value[start:stop]`` makes."""
    current().charge_value(value)
    return value[start:stop:step]


def charge(weight: int) -> None:
    """Count one go through a macro or a block."""
    current().charge(weight)


def _weighed(items: Any, weight: int) -> Iterator[Any]:
    for item in items:
        current().charge(weight)
        yield item


def _joined(evaluation: EvalContext, items: list[Any], separator: str) -> str:
    length = len(_text(separator)) * len(items)
    for item in items:
        length += len(item) if isinstance(item, str) else 30
    current().charge_text(length)
    if evaluation.autoescape and any(hasattr(each, "__html__") for each in (separator, *items)):
        return escape(separator).join(items)
    return _text(separator).join(map(str, items))


def _written(text: str) -> str:
    """Plain text has plain spaces: a fixed space makes an SMS three times as dear."""
    return text.translate(_SPACES) if current().plain else text


def _number(value: Any, name: str) -> formats.Number:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise FilterArgumentError(f"{name} needs a number, not {kind_of(value)}")
    return value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _measured(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same filter, its input counted before it goes to work."""
    position = 0 if not hasattr(function, "jinja_pass_arg") else 1

    @wraps(function)
    def measured(*args: Any, **kwargs: Any) -> Any:
        value: Any = args[position]
        current().charge_value(value)
        if isinstance(value, Iterator):
            items = current().counted(value)  # pyright: ignore[reportUnknownArgumentType]
            args = (*args[:position], items, *args[position + 1 :])
        return function(*args, **kwargs)

    return measured


OURS: dict[str, Callable[..., Any]] = {
    "date": day,
    "d": default,
    "default": default,
    "join": join,
    "lines": lines,
    "mask": mask,
    "money": money,
    "number": number,
    "replace": replace,
    "round": rounded,
    "sum": total,
    "time": clock,
}

FILTERS: dict[str, Callable[..., Any]] = {
    **{name: _measured(stock.FILTERS[name]) for name in HARMLESS},
    **{name: _measured(function) for name, function in OURS.items()},
    LOOP: loop_items,
    JOIN: joined_operands,
    CUT: cut,
    CHARGE: charge,
}

NAMES = frozenset(HARMLESS) | OURS.keys()
"""The filters an author can spell."""
