"""The index that finds any part of a word: trigrams, by pg_trgm on PostgreSQL, by FTS5 on SQLite.

The two are told differently and mean the same. This module alone knows which database it is.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.parties.tables import SearchEntry

Pieces = Sequence[str]
"""Texts of three characters or more; a line of words must hold one of them."""

_NEW = text("INSERT INTO search_text (rowid, terms) VALUES (:number, :terms)")
_GONE = text(
    "INSERT INTO search_text (search_text, rowid, terms) VALUES ('delete', :number, :terms)"
)
_MATCH = text("search_entry.number IN (SELECT rowid FROM search_text WHERE terms MATCH :match)")
# A scan would look cheap to a planner that does not know how rare what is wanted is.
_BY_INDEX = text("SELECT set_config('enable_seqscan', 'off', true)")

_COLUMNS = (
    col(SearchEntry.kind),
    col(SearchEntry.object_id),
    col(SearchEntry.key),
    col(SearchEntry.terms),
)


async def exchange(session: AsyncSession, entry: SearchEntry, before: str) -> None:
    """Bring the index up to date with an entry whose line was another, or none."""
    if _is_sqlite(session):
        if before:
            await session.execute(_GONE, {"number": entry.number, "terms": before})
        await session.execute(_NEW, {"number": entry.number, "terms": entry.terms})


async def remove(session: AsyncSession, entry: SearchEntry, before: str) -> None:
    """Take an entry out of the index."""
    if _is_sqlite(session):
        await session.execute(_GONE, {"number": entry.number, "terms": before})


async def candidates(
    session: AsyncSession,
    wanted: Sequence[Pieces],
    within: Sequence[ColumnElement[bool]],
    limit: int,
) -> Sequence[Any]:
    """Entries within these conditions whose lines hold one of the pieces of each."""
    if _is_sqlite(session):
        statement, known = select(*_COLUMNS).where(_MATCH), {"match": _match(wanted)}
        return (await session.execute(statement.where(*within).limit(limit), known)).all()
    await session.execute(_BY_INDEX)
    return (await session.execute(_held(wanted, within, limit))).all()


async def occurs(session: AsyncSession, word: str) -> bool:
    """Whether any object has this word."""
    return bool(await candidates(session, [[f" {word} "]], (), 1))


def _held(
    wanted: Sequence[Pieces], within: Sequence[ColumnElement[bool]], limit: int
) -> Select[Any]:
    terms = col(SearchEntry.terms)
    holds = [or_(*(terms.contains(piece, autoescape=True) for piece in each)) for each in wanted]
    # Planned as if all were wanted, so that the index is used; it is still read no further.
    found = (
        select(*_COLUMNS)
        .where(and_(*holds), *within)
        .cte("found")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return select(found).limit(limit)


def _match(wanted: Sequence[Pieces]) -> str:
    """The same as FTS5 is asked: phrases in quotes, which no piece holds."""
    groups = (" OR ".join('"' + piece + '"' for piece in each) for each in wanted)
    return " AND ".join(f"({group})" for group in groups)


def _is_sqlite(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "sqlite"
