"""Decimal arithmetic behind CEL's doubles.

A decimal of at most 15 significant digits passes through a double and back unchanged, and equal
decimals give equal doubles. So doubles only carry numbers, comparisons are the engine's own, and
every sum, difference, product and quotient is computed here in decimals: ``0.1 + 0.2 == 0.3``
holds. What does not fit in 15 digits is refused, never rounded; only a quotient is rounded, to 15
digits, half even.
"""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation
from functools import partial

from openccm.rules.tokens import MAX_DIGITS

_EXACT = Context(prec=60)
_QUOTIENT = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN)


def carried(number: Decimal) -> float | None:
    """The double that stands for ``number``; None where it would not come back unchanged."""
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return None
    digits = number.as_tuple().digits
    if len(digits) > MAX_DIGITS and len(number.normalize(_EXACT).as_tuple().digits) > MAX_DIGITS:
        return None
    return float(number)


class Arithmetic:
    """The functions one evaluation may call; ``failure`` says what could not be computed.

    An error is noted and not raised, because the engine would log it and hide it behind its own.
    """

    def __init__(self) -> None:
        self.failure: str | None = None

    @property
    def functions(self) -> Mapping[str, Callable[..., float | None]]:
        """What the engine calls, by name."""
        return {
            "plus": partial(self._computed, _EXACT.add),
            "minus": partial(self._computed, _EXACT.subtract),
            "times": partial(self._computed, _EXACT.multiply),
            "divided": partial(self._computed, _QUOTIENT.divide),
            "modulo": partial(self._computed, _EXACT.remainder),
            "text_size": _text_size,
        }

    def _computed(
        self, operation: Callable[[Decimal, Decimal], Decimal], left: float, right: float
    ) -> float | None:
        try:
            result = operation(Decimal(repr(left)), Decimal(repr(right)))
        except (DivisionByZero, InvalidOperation):
            self.failure = "It divides by zero."
            return None
        answer = carried(result)
        if answer is None:
            self.failure = f"A number in it has more than {MAX_DIGITS} digits."
        return answer


def _text_size(text: str) -> float:
    """Characters; the engine's own ``size`` counts bytes."""
    return float(len(text))
