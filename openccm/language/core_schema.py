"""What an unquoted text means in YAML 1.2: null, true, false, a number, or itself."""

import re
from decimal import Decimal

MAX_NUMBER = 30
"""Longest number in characters; the largest power of ten is 99."""

Scalar = str | int | Decimal | bool | None

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(
    r"(?P<whole>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<real>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<odd>[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)


def resolved(text: str) -> Scalar:
    """The value of an unquoted text. Fractions are exact decimals, never floats.

    Raises:
        ValueError: It is a number by its look and none that could be used.
    """
    if text in _WORDS:
        return _WORDS[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        return text
    if len(text) > MAX_NUMBER or match["odd"]:
        raise ValueError(text)
    if match["whole"]:
        return int(text)
    if match["real"]:
        return _decimal(text)
    return int(match["octal"], 8) if match["octal"] else int(match["hex"], 16)


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > 99:
        raise ValueError(text)
    return number
