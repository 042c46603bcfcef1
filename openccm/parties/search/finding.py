"""Finding objects: candidates from the database, the best of them by one measure.

It is tried strictly first: words as they are and as parts of others, then with typos, then with
one of them left out; what has been found ends the trying.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.parties.search import trigrams, typos
from openccm.parties.search.index import words_in
from openccm.parties.search.ranking import fit
from openccm.parties.search.reading import Term, readings
from openccm.parties.tables import SearchEntry

CANDIDATES = 300
"""Of so many the best are told."""
LONGEST = 14
"""Of a longer text so much is looked for: the rest would cost more than it sifts out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched, and among what."""

    query: str
    kinds: frozenset[str] = frozenset()
    """Empty for all."""
    divisions: frozenset[str] | None = None
    """Whose persons, accounts and premises may be seen; None for all."""
    division: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An object that was found."""

    kind: str
    object_id: UUID
    key: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Question:
    """Terms, with what each may be a typo of."""

    terms: Sequence[Term]
    meant: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    partly: bool = False
    """Whether a word may be the beginning of another, and a number a part of one."""

    def pieces(self, term: Term) -> list[str]:
        """What a line of words must hold for this term: one of these."""
        pieces = [f" {word} " for word in (*term.exact, *self.meant.get(term.typed, {}))]
        if self.partly:
            pieces += [*(f" {start}" for start in term.starts), *term.parts]
        distinct = dict.fromkeys(map(_telling, pieces))
        # What holds a longer piece holds the shorter one in it as well.
        return [
            each for each in distinct if not any(each != one and one in each for one in distinct)
        ]


def _telling(piece: str) -> str:
    """The part of a piece that the fewest have: before an @ stands what tells addresses apart."""
    begin = max(0, piece.find("@") - LONGEST + 4)
    return piece[begin : begin + LONGEST]


async def find(session: AsyncSession, wanted: Wanted) -> list[Hit]:
    """The best hits, at most ``CANDIDATES``; the same question finds them in the same order."""
    for tried in (_strictly, _with_typos, _without_one):
        for terms in readings(wanted.query):
            hits = await tried(session, wanted, terms)
            if hits:
                return hits
    return []


async def _strictly(session: AsyncSession, wanted: Wanted, terms: Sequence[Term]) -> list[Hit]:
    found = await _ask(session, wanted, _Question(terms, partly=True))
    if len(found) < CANDIDATES:
        return found
    # There are more than were looked at: let those not be missed that fit as they are.
    return _best(await _ask(session, wanted, _Question(terms)), found)


async def _with_typos(session: AsyncSession, wanted: Wanted, terms: Sequence[Term]) -> list[Hit]:
    meant = await _meant(session, terms)
    if not meant:
        return []
    return await _ask(session, wanted, _Question(terms, meant, partly=True))


async def _without_one(session: AsyncSession, wanted: Wanted, terms: Sequence[Term]) -> list[Hit]:
    if len(terms) == 1:
        return []
    meant = await _meant(session, terms)
    found: list[Hit] = []
    for place in range(len(terms)):
        others = [*terms[:place], *terms[place + 1 :]]
        question = _Question(others, meant, partly=True)
        found = _best(found, await _ask(session, wanted, question, among=terms))
    return found


async def _meant(session: AsyncSession, terms: Sequence[Term]) -> dict[str, dict[str, int]]:
    found = {
        term.typed: dict(await typos.meant(session, term.typed))
        for term in terms
        if typos.has_typos(term.typed)
    }
    return {typed: words for typed, words in found.items() if words}


async def _ask(
    session: AsyncSession,
    wanted: Wanted,
    question: _Question,
    among: Sequence[Term] | None = None,
) -> list[Hit]:
    """What fits all terms of a question, measured by it, or by the terms it is ``among``."""
    pieces = [question.pieces(term) for term in question.terms]
    rows = await trigrams.candidates(session, pieces, _within(wanted), CANDIDATES)
    terms = among or question.terms
    hits = (_hit(row, terms, question.meant, len(terms) - len(question.terms)) for row in rows)
    return _best([hit for hit in hits if hit is not None])


def _within(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kinds:
        found.append(col(SearchEntry.kind).in_(sorted(wanted.kinds)))
    if wanted.divisions is not None:
        found.append(col(SearchEntry.division).in_(sorted(wanted.divisions)))
    if wanted.division is not None:
        found.append(col(SearchEntry.division) == wanted.division)
    return found


def _hit(
    row: Row[Any],
    terms: Sequence[Term],
    meant: Mapping[str, Mapping[str, int]],
    may_miss: int,
) -> Hit | None:
    """The hit, unless it only looked like one to the database."""
    measured = fit(row.kind, words_in(row.terms), terms, meant)
    if measured.missed > may_miss:
        return None
    return Hit(row.kind, row.object_id, row.key, measured.score, measured.matched)


def _best(*lists: Collection[Hit]) -> list[Hit]:
    """All of them once, the best first."""
    best: dict[UUID, Hit] = {}
    for hit in (each for hits in lists for each in hits):
        if hit.object_id not in best or hit.score > best[hit.object_id].score:
            best[hit.object_id] = hit
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.kind, hit.key))[:CANDIDATES]
