"""Finding the versions of a code, locked against others who change them."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.platform.audit import lock_chain
from openccm.repository.lifecycles import IN_FORCE, OPEN
from openccm.repository.tables import DefinitionUse, DefinitionVersion


def chain_of(code: str) -> str:
    """The audit chain of a definition."""
    return f"definition:{code}"


async def lock(session: AsyncSession, codes: Iterable[str]) -> None:
    """Let nobody else change versions of these codes before the transaction ends."""
    for code in sorted(set(codes)):
        await lock_chain(session, chain_of(code))


async def in_state(
    session: AsyncSession, code: str, states: Collection[str]
) -> DefinitionVersion | None:
    """The newest version of a code that is in one of these states."""
    statement = (
        select(DefinitionVersion)
        .where(DefinitionVersion.code == code, col(DefinitionVersion.state).in_(states))
        .order_by(col(DefinitionVersion.version).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return await session.scalar(statement)


async def in_force(session: AsyncSession, code: str) -> DefinitionVersion | None:
    """The version that is live, or would be if it were not suspended."""
    return await in_state(session, code, IN_FORCE)


async def open_version(session: AsyncSession, code: str) -> DefinitionVersion | None:
    """The version that its authors work at, or that is in review."""
    return await in_state(session, code, OPEN)


async def draft_of(session: AsyncSession, code: str) -> DefinitionVersion:
    """The draft.

    Raises:
        NotFoundError: There is none.
    """
    row = await in_state(session, code, ("draft",))
    if row is None:
        raise NotFoundError("draft of", code)
    return row


async def version_of(session: AsyncSession, code: str, number: int) -> DefinitionVersion:
    """One version.

    Raises:
        NotFoundError: There is no such version.
    """
    statement = (
        select(DefinitionVersion)
        .where(DefinitionVersion.code == code, DefinitionVersion.version == number)
        .execution_options(populate_existing=True)
    )
    row = await session.scalar(statement)
    if row is None:
        raise NotFoundError("version", f"{code} {number}")
    return row


async def versions_of(session: AsyncSession, code: str) -> Sequence[DefinitionVersion]:
    """Every version of a definition, newest first.

    Raises:
        NotFoundError: There is none.
    """
    statement = (
        select(DefinitionVersion)
        .where(DefinitionVersion.code == code)
        .order_by(col(DefinitionVersion.version).desc())
    )
    found = (await session.scalars(statement)).all()
    if not found:
        raise NotFoundError("definition", code)
    return found


async def next_number(session: AsyncSession, code: str) -> int:
    """The number of the next version of a code."""
    highest = select(func.coalesce(func.max(DefinitionVersion.version), 0)).where(
        DefinitionVersion.code == code
    )
    return 1 + (await session.scalar(highest) or 0)


async def uses_of(session: AsyncSession, version_ids: Collection[UUID]) -> Sequence[DefinitionUse]:
    """What versions rely on."""
    statement = select(DefinitionUse).where(col(DefinitionUse.version_id).in_(version_ids))
    return (await session.scalars(statement)).all()


async def users_of(
    session: AsyncSession, code: str, states: Collection[str]
) -> Sequence[DefinitionVersion]:
    """The versions in one of these states that rely on a code."""
    statement = (
        select(DefinitionVersion)
        .join(DefinitionUse, col(DefinitionUse.version_id) == col(DefinitionVersion.id))
        .where(DefinitionUse.code == code, col(DefinitionVersion.state).in_(states))
        .order_by(col(DefinitionVersion.code), col(DefinitionVersion.version))
    )
    return (await session.scalars(statement)).all()
