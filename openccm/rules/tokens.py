"""Cutting an expression into words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from openccm.rules.findings import ExpressionError, Finding

TokenKind = Literal["name", "number", "text", "sign", "end"]

RESERVED = frozenset(
    (
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "void",
        "while",
    )
)
"""Words of CEL that no field may bear."""

MAX_DIGITS = 15
"""Decimals of up to so many digits pass through CEL's doubles and back unchanged."""

_TOKEN = re.compile(
    r"""(?P<space>(?:[ \t\r\n]+|//[^\n]*)+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?)
    |(?P<text>[rR]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|(.))", re.DOTALL
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SIMPLE_ESCAPES = dict(zip("abfnrtv\\\"'`?", "\a\b\f\n\r\t\v\\\"'`?", strict=True))
_MENDS = {
    "=": "Write == to compare.",
    "&": "Write && for 'and'.",
    "|": "Write || for 'or'.",
    "{": "Maps and objects cannot be written in a rule; use a declared field.",
    '"': 'Close the text with " on the same line.',
    "'": "Close the text with ' on the same line.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression."""

    kind: TokenKind
    text: str
    at: int
    value: str | Decimal | None = None


def tokens_of(source: str) -> Iterator[Token]:
    """All words, and one of kind ``end`` after the last.

    Raises:
        ExpressionError: A character has no meaning here.
    """
    half = _SURROGATE.search(source)
    if half is not None:
        raise refusal(half.start(), "Here stands half a character, and so no character.", "")
    at = 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise refusal(at, f"{source[at]!r} has no meaning here.", _MENDS.get(source[at], ""))
        if match.lastgroup != "space":
            yield _token(match)
        at = match.end()
    yield Token("end", "the end", at)


def refusal(at: int, message: str, mend: str) -> ExpressionError:
    """The error for a single finding."""
    return ExpressionError((Finding(at, message, mend or "Take it out."),))


def _token(match: re.Match[str]) -> Token:
    text, at = match.group(), match.start()
    if match.lastgroup == "number":
        return Token("number", text, at, _number(text, at))
    if match.lastgroup == "text":
        return Token("text", text, at, _unquoted(text, at))
    return Token("name" if match.lastgroup == "name" else "sign", text, at)


def _number(text: str, at: int) -> Decimal:
    number = Decimal(text)
    if len(number.normalize().as_tuple().digits) > MAX_DIGITS or abs(number.adjusted()) > 300:
        raise refusal(
            at, "This number has too many digits.", f"Use at most {MAX_DIGITS} significant digits."
        )
    return number


def _unquoted(text: str, at: int) -> str:
    if text[0] in "rR":
        return text[2:-1]

    def replaced(match: re.Match[str]) -> str:
        code = next((group for group in match.groups()[:3] if group), None)
        if code is not None or match[4]:
            point = int(code, 16) if code is not None else int(match[4], 8)
            if point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
                raise refusal(at + 1 + match.start(), f"{match[0]} is no character.", "")
            return chr(point)
        if match[5] not in _SIMPLE_ESCAPES:
            raise refusal(
                at + 1 + match.start(),
                f"{match[0]} has no meaning in a text.",
                "Write \\\\ for \\.",
            )
        return _SIMPLE_ESCAPES[match[5]]

    return _ESCAPE.sub(replaced, text[1:-1])
