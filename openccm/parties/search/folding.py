"""What names, numbers and addresses look like to the search: words in ASCII and lower case."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from anyascii import anyascii

ABBREVIATIONS: Mapping[str, tuple[str, ...]] = {
    "ave": ("avenue",),
    "blvd": ("boulevard",),
    "cl": ("close",),
    "cres": ("crescent",),
    "ct": ("court",),
    "dr": ("drive",),
    "gdns": ("gardens",),
    "gr": ("grove",),
    "hwy": ("highway",),
    "ln": ("lane",),
    "pk": ("park",),
    "pl": ("place",),
    "rd": ("road",),
    "sq": ("square",),
    "st": ("street", "saint"),
    "str": ("strasse", "street"),
    "ter": ("terrace",),
    "terr": ("terrace",),
}
"""How addresses are shortened, and what it may mean."""

MAX_WORD = 80

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile("['’‘`´]")
_NOT_IN_WORDS = re.compile(r"[\s:\"\x00]+")
_DIGITS = re.compile(r"\d{3,}")


def fold(text: str) -> str:
    """The text in ASCII and lower case, whatever script it was in."""
    return anyascii(text).lower()


def words(text: str) -> list[str]:
    """The words of a name or an address; ``O'Brien`` is one."""
    return _WORD.findall(_APOSTROPHES.sub("", fold(text)))


def name_words(*names: str) -> list[str]:
    """Every word of these names once, in order."""
    return _once(word for name in names for word in words(name))


def address_words(lines: Sequence[str]) -> list[str]:
    """The words of an address, what they are short for, and post codes in one piece."""
    found = [word for line in lines for word in words(line)]
    longer = [long for word in found for long in ABBREVIATIONS.get(word, ())]
    codes = [
        first + second
        for first, second in pairwise(found)
        if _is_code(first) and _is_code(second) and len(first + second) <= 8
    ]
    return _once((*found, *longer, *codes))


def code_words(text: str) -> list[str]:
    """A key or an identifier in one piece, and each number in it."""
    whole = compact(text)
    return _once((whole, *_DIGITS.findall(whole)))


def phone_words(number: str, national: str) -> list[str]:
    """A number with and without its country code."""
    return _once(("".join(filter(str.isdigit, number)), national))


def mail_words(address: str) -> list[str]:
    """An e-mail address whole, and the words of its name."""
    whole = mail_word(address)
    return _once((whole, *words(whole.rpartition("@")[0])))


def mail_word(address: str) -> str:
    """An e-mail address as one word."""
    return _NOT_IN_WORDS.sub("", fold(address))


def compact(text: str) -> str:
    """A code without its punctuation: ``P-1001`` is ``p1001``."""
    return "".join(_WORD.findall(fold(text)))


def _is_code(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and not word.isdigit()


def _once(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_short(found)))


def _short(found: Iterable[str]) -> Iterator[str]:
    return (word[:MAX_WORD] for word in found if word)
