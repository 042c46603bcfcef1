"""What somebody typed into the search box, as terms and what each may stand for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openccm.parties.search.folding import (
    ABBREVIATIONS,
    MAX_WORD,
    compact,
    fold,
    mail_word,
    words,
)

MAX_TERMS = 12
MAX_QUERY = 200
WHOLE_NUMBER = 7
"""Groups of digits that together have so many are read as one number."""
LEAST_PART = 3
"""So many digits may be looked for anywhere in a number."""

_BREAK = re.compile(r"[\s,;|]+")
_NUMBER = re.compile(r"[+(]*\d[\d().\-/+]*")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that was typed, and the words it stands for."""

    exact: tuple[str, ...]
    """The first is what was typed; others are as good."""
    starts: tuple[str, ...] = ()
    """What words may begin with."""
    parts: tuple[str, ...] = ()
    """What may stand anywhere in a word."""

    @property
    def typed(self) -> str:
        """As it was typed, folded."""
        return self.exact[0]


def readings(query: str) -> list[list[Term]]:
    """The ways to read a query, the likeliest first.

    ``07700 900101`` is one number with a blank in it, or else two parts of numbers.
    """
    chunks = [chunk for chunk in _BREAK.split(query[:MAX_QUERY].strip()) if chunk]
    apart = [term for chunk in chunks for term in _terms(chunk)][:MAX_TERMS]
    joined = [term for chunk in _joined(chunks) for term in _terms(chunk)][:MAX_TERMS]
    return [each for each in ([joined, apart] if joined != apart else [apart]) if each]


def _joined(chunks: Sequence[str]) -> Iterator[str]:
    group: list[str] = []
    for chunk in [*chunks, ""]:
        if chunk and _NUMBER.fullmatch(chunk):
            group.append(chunk)
            continue
        whole = "".join(group)
        yield from [whole] if len(_digits(whole)) >= WHOLE_NUMBER else group
        group = []
        if chunk:
            yield chunk


def _terms(chunk: str) -> Iterator[Term]:
    if "@" in chunk.strip("@"):
        word = mail_word(chunk)
        yield Term((word,), (word,))
    elif _NUMBER.fullmatch(chunk):
        yield _number(chunk)
    elif any(letter.isdigit() for letter in fold(chunk)):
        word = compact(chunk)[:MAX_WORD]
        yield Term((word,), (word,))
    else:
        for word in words(chunk):
            whole = word[:MAX_WORD]
            yield Term((whole, *ABBREVIATIONS.get(word, ())), (whole,) if len(whole) > 1 else ())


def _number(chunk: str) -> Term:
    """A number with or without its country code, or any part of one."""
    digits = _digits(chunk)
    if chunk.startswith("+"):
        bare = digits
    elif digits.startswith("00"):
        bare = digits[2:]
    else:
        bare = digits.lstrip("0")
    bare = bare or digits
    exact = tuple(dict.fromkeys((bare, digits)))
    return Term(exact, parts=(bare,) if len(bare) >= LEAST_PART else ())


def _digits(text: str) -> str:
    return "".join(letter for letter in text.replace("(0)", "") if letter.isdigit())
