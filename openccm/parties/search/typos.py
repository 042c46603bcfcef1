"""Words that were meant: a vocabulary that is found under letters left out (symmetric deletion).

Two words are one typo apart when leaving a letter out of each can make them the same. So every
word is kept under all ways to leave letters out, and looked for under all of its own.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.parties.search.trigrams import occurs
from openccm.parties.tables import SearchWord
from openccm.platform.columns import table_of

SHORT, LONG = 4, 7
"""Words from ``SHORT`` letters on may have one typo, from ``LONG`` letters on two."""
CHOICES = 8
"""How many words one may be taken for."""

_MEANT = (
    select(col(SearchWord.word))
    .where(col(SearchWord.variant).in_(bindparam("variants")))
    .distinct()
)


def has_typos(word: str) -> bool:
    """Whether a word is long enough, and made of letters alone, to be taken for another."""
    return len(word) >= SHORT and word.isalpha()


def tolerance(word: str) -> int:
    """How many typos a word may have."""
    return 0 if len(word) < SHORT else 1 if len(word) < LONG else 2


def variants(word: str) -> set[str]:
    """The word's beginning with up to as many letters left out as it may have typos."""
    start = word[:LONG]
    return {
        "".join(letter for place, letter in enumerate(start) if place not in out)
        for depth in range(tolerance(word) + 1)
        for out in combinations(range(len(start)), depth)
    }


def rows_of(word: str) -> Iterator[dict[str, str]]:
    """The vocabulary's rows for a word."""
    return ({"variant": variant, "word": word} for variant in sorted(variants(word) | {word}))


async def meant(session: AsyncSession, typed: str) -> list[tuple[str, int]]:
    """The words that may have been meant, those with the fewest typos; each with their number."""
    most = tolerance(typed)
    found = await session.scalars(_MEANT, {"variants": sorted(variants(typed))})
    near = ((word, OSA.distance(typed, word, score_cutoff=most)) for word in found)
    by_typos = sorted((typos, word) for word, typos in near if 0 < typos <= most)
    # With one typo it is nearer than with two: the farther ones would only be in the way.
    return [(word, typos) for typos, word in by_typos if typos == by_typos[0][0]][:CHOICES]


async def learn(session: AsyncSession, words: Collection[str]) -> None:
    """Take words into the vocabulary."""
    wanted = sorted({word for word in words if has_typos(word)})
    if not wanted:
        return
    # Locked so that nobody forgets a word that somebody else is just coming to rely on.
    known = set(await session.scalars(_rows(wanted).with_for_update(key_share=True, read=True)))
    new = [row for word in wanted if word not in known for row in rows_of(word)]
    if new:
        await session.execute(_insert(session), new)


async def forget(session: AsyncSession, words: Iterable[str]) -> None:
    """Leave out of the vocabulary what no object has any more."""
    doomed = sorted({word for word in words if has_typos(word)})
    if not doomed:
        return
    # Whoever holds a word relies on it, so it is not waited for.
    idle = await session.scalars(_rows(doomed).with_for_update(skip_locked=True))
    for word in idle.all():
        if not await occurs(session, word):
            await session.execute(
                delete(SearchWord).where(
                    col(SearchWord.variant).in_(sorted({*variants(word), word})),
                    col(SearchWord.word) == word,
                )
            )


def _rows(words: list[str]) -> Any:
    """The one row of each word that stands for it."""
    return (
        select(col(SearchWord.word))
        .where(col(SearchWord.variant).in_(words), col(SearchWord.variant) == col(SearchWord.word))
        .order_by(col(SearchWord.word))
    )


def _insert(session: AsyncSession) -> Any:
    kind = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return kind.insert(table_of(SearchWord)).on_conflict_do_nothing()
