"""Keeping the search up to date, in the transaction that changes the object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.parties.search import trigrams, typos
from openccm.parties.tables import SearchEntry

FIELDS = ("key", "identifier", "phone", "email", "name", "address")
"""What a word can be part of."""

_KNOWN = select(SearchEntry).where(col(SearchEntry.object_id) == bindparam("object_id"))


@dataclass(frozen=True, slots=True)
class Entry:
    """An object in the words it is to be found by."""

    kind: str
    object_id: UUID
    key: str
    division: str
    words: Mapping[str, Sequence[str]]
    """By field."""

    @property
    def terms(self) -> str:
        """All words in one line, each behind a blank; a field's name begins with a colon."""
        parts = (f":{name} {' '.join(self.words[name])}" for name in FIELDS if self.words.get(name))
        return f" {' '.join(parts)} "


def words_in(terms: str) -> dict[str, list[str]]:
    """The words of an entry's line, by field."""
    found: dict[str, list[str]] = {}
    words: list[str] = []
    for word in terms.split():
        if word.startswith(":"):
            words = found.setdefault(word[1:], [])
        else:
            words.append(word)
    return found


def tokens_in(terms: str) -> set[str]:
    """All words of an entry's line, whatever they are part of."""
    return {word for words in words_in(terms).values() for word in words}


async def keep(session: AsyncSession, entry: Entry) -> tuple[str, str]:
    """Let an object be found by these words, and by no others.

    Answers the line of its words and its division as they were, both empty for a new one.
    """
    known = await session.scalar(_KNOWN, {"object_id": entry.object_id})
    before = (known.terms, known.division) if known else ("", "")
    terms = entry.terms
    if known is None:
        values = {name: getattr(entry, name) for name in ("kind", "object_id", "key", "division")}
        known = SearchEntry(**values, terms=terms)
        session.add(known)
    known.terms, known.division = terms, entry.division
    await session.flush()
    if terms != before[0]:
        await trigrams.exchange(session, known, before[0])
        await _exchange(session, tokens_in(before[0]), tokens_in(terms))
    return before


async def drop(session: AsyncSession, object_id: UUID) -> None:
    """Let an object be found no more; its words leave no trace."""
    known = await session.scalar(_KNOWN, {"object_id": object_id})
    if known is None:
        return
    terms = known.terms
    await session.delete(known)
    await session.flush()
    await trigrams.remove(session, known, terms)
    await _exchange(session, tokens_in(terms), set())


async def _exchange(session: AsyncSession, before: set[str], after: set[str]) -> None:
    # In this order: whoever waits for a word then keeps none from anybody.
    await typos.learn(session, after - before)
    await typos.forget(session, before - after)
