"""How well an object fits what was typed; the same on every database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openccm.parties.search.reading import Term

WEIGHTS: Mapping[str, float] = {
    "key": 1.0,
    "identifier": 0.98,
    "phone": 0.98,
    "email": 0.98,
    "name": 0.95,
    "address": 0.85,
}
"""What a match is worth by where it is."""

_PART_OF_MAIL = 0.8
"""What a word of an e-mail address is worth; it is mostly a name, which counts for more."""

_KIND = {"person": 0.02, "account": 0.01, "premise": 0.0}
_TYPO = {1: 0.75, 2: 0.6}


@dataclass(frozen=True, slots=True)
class Fit:
    """How well it fits, from 0 to 1, and where."""

    score: float
    matched: tuple[str, ...]
    missed: int
    """How many terms fit nowhere."""


def fit(
    kind: str,
    words: Mapping[str, Sequence[str]],
    terms: Sequence[Term],
    meant: Mapping[str, Mapping[str, int]],
) -> Fit:
    """How well an object with these words fits; ``meant`` are the typos of each term."""
    total, matched, missed = 0.0, dict[str, None](), 0
    for term in terms:
        worth, field = _best(kind, words, term, meant.get(term.typed, {}))
        total += worth
        if field:
            matched[field] = None
        else:
            missed += 1
    score = total / len(terms) * 0.96 + _KIND[kind] + 0.02 * _completeness(words, terms)
    return Fit(round(min(score, 1.0), 4), tuple(matched), missed)


def _best(
    kind: str, words: Mapping[str, Sequence[str]], term: Term, meant: Mapping[str, int]
) -> tuple[float, str]:
    """What the best match of a term is worth, and in which field it is; nothing where none is."""
    best, where = 0.0, ""
    for field, own in words.items():
        if _weight(kind, field) <= best:
            continue
        for word in own:
            likeness = _likeness(word, term, meant)
            if likeness:
                worth = likeness * _weight(kind, field, word)
                best, where = max((best, where), (worth, field))
    return best, where


def _weight(kind: str, field: str, word: str = "@") -> float:
    if field == "email" and "@" not in word:
        return _PART_OF_MAIL
    # A premise is its address; to a person it is one thing among others.
    return 1.0 if field == "address" and kind == "premise" else WEIGHTS[field]


def _likeness(word: str, term: Term, meant: Mapping[str, int]) -> float:
    if word in term.exact:
        return 1.0
    if term.starts and word.startswith(term.starts):
        longest = max(len(start) for start in term.starts if word.startswith(start))
        return 0.9 * _share(longest, word)
    for part in term.parts:
        if part in word:
            return (0.9 if word.startswith(part) else 0.85) * _share(len(part), word)
    return _TYPO[meant[word]] if word in meant else 0.0


def _share(length: int, word: str) -> float:
    """More of a word is better, yet a little of it is something."""
    return 0.6 + 0.4 * length / len(word)


def _completeness(words: Mapping[str, Sequence[str]], terms: Sequence[Term]) -> float:
    """Which share of its name was typed: somebody called just so comes first."""
    name = words.get("name")
    if not name:
        return 0.0
    typed = {word for term in terms for word in term.exact}
    return sum(word in typed for word in name) / len(name)
