"""The kill switch of a definition: on, off, and on the trail."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, NotFoundError
from openccm.platform.audit import Fact, record
from openccm.repository.tables import DefinitionHold, DefinitionVersion


async def hold(
    session: AsyncSession, code: str, reason: str, *, actor: str, now: datetime
) -> DefinitionHold:
    """From now on nothing of this definition leaves.

    Raises:
        NotFoundError: No such definition is published.
        ConflictError: It is held already.
    """
    await _require(session, code)
    standing = await session.get(DefinitionHold, code)
    if standing is not None and standing.released_at is None:
        raise ConflictError(f"{code} is held already, by {standing.by}.")
    row = await session.merge(
        DefinitionHold(code=code, by=actor, reason=reason, since=now, released_at=None)
    )
    await record(session, [_fact(code, "definition.held", reason, actor, now)])
    return row


async def release(
    session: AsyncSession, code: str, reason: str, *, actor: str, now: datetime
) -> DefinitionHold:
    """Let the communications of this definition go on.

    Raises:
        NotFoundError: No such definition is published.
        ConflictError: It is not held.
    """
    await _require(session, code)
    standing = await session.get(DefinitionHold, code)
    if standing is None or standing.released_at is not None:
        raise ConflictError(f"{code} is not held.")
    standing.released_at = now
    await record(session, [_fact(code, "definition.released", reason, actor, now)])
    return standing


async def live_versions(session: AsyncSession) -> Sequence[DefinitionVersion]:
    """What is live, by code."""
    statement = (
        select(DefinitionVersion)
        .where(col(DefinitionVersion.live))
        .order_by(col(DefinitionVersion.code))
    )
    return (await session.scalars(statement)).all()


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


async def _require(session: AsyncSession, code: str) -> None:
    await versions_of(session, code)


def _fact(code: str, action: str, reason: str, actor: str, now: datetime) -> Fact:
    return Fact(
        chain=f"definition:{code}",
        at=now,
        actor=actor,
        action=action,
        object_kind="definition",
        object_id=code,
        reason=reason,
    )
