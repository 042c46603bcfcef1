"""Sums in templates: exact with money, and never larger than a letter needs."""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2.exceptions import SecurityError

from openccm.content.budget import current

MAX_BITS = 512
MAX_EXPONENT = 64

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "**": operator.pow,
    "%": operator.mod,
}


def calculate(symbol: str, left: Any, right: Any) -> Any:
    """The result of ``left symbol right``, measured before it is worked out.

    Raises:
        SecurityError: It would be out of all proportion.
    """
    left, right = _exact(left, right), _exact(right, left)
    if _is_number(left) and _is_number(right):
        _check_numbers(symbol, left, right)
    else:
        _check_sequences(symbol, left, right)
    return OPERATORS[symbol](left, right)


def _exact(value: Any, other: Any) -> Any:
    """A plain 1.19 beside an amount of money is meant as exactly that."""
    return Decimal(str(value)) if isinstance(value, float) and isinstance(other, Decimal) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal)


def _check_numbers(symbol: str, left: Any, right: Any) -> None:
    if symbol == "**" and abs(right) > MAX_EXPONENT:
        raise SecurityError(f"An exponent may not be larger than {MAX_EXPONENT}.")
    if symbol not in {"*", "**"} or not isinstance(left, int) or not isinstance(right, int):
        return
    bits = left.bit_length() * right if symbol == "**" else left.bit_length() + right.bit_length()
    if bits > MAX_BITS:
        raise SecurityError("The number is larger than a template may make.")


def _check_sequences(symbol: str, left: Any, right: Any) -> None:
    if symbol == "%" and isinstance(left, str):
        raise SecurityError("Text cannot be formatted with %; put values into {{ }} instead.")
    length = 0
    if symbol == "*":
        length = _length(left) * max(_times(right), 0) + _length(right) * max(_times(left), 0)
    elif symbol == "+":
        length = _length(left) + _length(right)
    run = current()
    if isinstance(left, str) or isinstance(right, str):
        run.charge_text(length)
    else:
        run.charge_items(length)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str | list | tuple) else 0  # pyright: ignore[reportUnknownArgumentType]


def _times(value: Any) -> int:
    return value if isinstance(value, int) else 0
