"""Finding definitions: by words in any of their texts, by kind, state and author, and by use."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.repository.contents import words_of
from openccm.repository.lifecycles import IN_FORCE, VERSION
from openccm.repository.shelf import users_of
from openccm.repository.tables import ContentText, DefinitionVersion


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; None asks for nothing."""

    text: str | None = None
    kind: str | None = None
    states: Collection[str] = IN_FORCE
    owner: str | None = None
    after: str | None = None
    """The last code of the page before."""
    limit: int = 100
    hidden: Collection[str] = ()
    """Codes of definitions that whoever asks does not see."""


async def search(session: AsyncSession, wanted: Wanted) -> Sequence[DefinitionVersion]:
    """The versions that fit, by code, the newest version of a code first.

    A page ends between two codes: one that has many versions makes it longer.
    """
    exact = (
        (col(DefinitionVersion.kind), wanted.kind),
        (col(DefinitionVersion.author), wanted.owner),
    )
    clauses = [column == value for column, value in exact if value is not None]
    if wanted.after is not None:
        clauses.append(col(DefinitionVersion.code) > wanted.after)
    statement = (
        select(DefinitionVersion)
        .where(col(DefinitionVersion.state).in_(wanted.states), *clauses)
        .order_by(col(DefinitionVersion.code), col(DefinitionVersion.version).desc())
    )
    rows = [row for row in await session.scalars(statement) if row.code not in wanted.hidden]
    if wanted.text:
        rows = await _with_words(session, rows, wanted.text)
    return _page(rows, wanted.limit)


async def _with_words(
    session: AsyncSession, rows: Sequence[DefinitionVersion], text: str
) -> list[DefinitionVersion]:
    words = words_of(text.encode())
    statement = select(ContentText.hash).where(
        col(ContentText.words).contains(words, autoescape=True)
    )
    hashes = set(await session.scalars(statement))
    return [
        row
        for row in rows
        if words in row.code.casefold()
        or words in row.title.casefold()
        or hashes & set(row.files.values())
    ]


def _page(rows: Sequence[DefinitionVersion], limit: int) -> list[DefinitionVersion]:
    codes = list(dict.fromkeys(row.code for row in rows))[:limit]
    return [row for row in rows if row.code in set(codes)]


async def where_used(session: AsyncSession, code: str) -> Sequence[DefinitionVersion]:
    """Every version that relies on a definition, whatever its state."""
    return await users_of(session, code, VERSION.states)


async def in_review(session: AsyncSession) -> Sequence[DefinitionVersion]:
    """The versions that wait for a verdict, the oldest first."""
    statement = (
        select(DefinitionVersion)
        .where(col(DefinitionVersion.state) == "in_review")
        .order_by(col(DefinitionVersion.changed_at), col(DefinitionVersion.code))
    )
    return (await session.scalars(statement)).all()
