"""The kill switch of a definition: on, off, and on the trail.

There is one: a hold stops whatever of a code has not left, of whichever version, and its version in
force is ``suspended`` meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, NotFoundError
from openccm.platform.audit import Fact, record
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.moves import By, Deed, move
from openccm.repository.shelf import chain_of, in_state, lock, versions_of
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
    await lock(session, [code])
    standing = await session.get(DefinitionHold, code, populate_existing=True)
    if standing is not None and standing.released_at is None:
        raise ConflictError(f"{code} is held already, by {standing.by}.")
    row = await session.merge(
        DefinitionHold(code=code, by=actor, reason=reason, since=now, released_at=None)
    )
    held = Deed("definition.held", reason)
    live = await in_state(session, code, ("live",))
    if live is not None:
        await move(session, live, "suspended", held, By(actor, now))
    else:
        await record(session, [_fact(code, held, actor, now)])
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
    await lock(session, [code])
    standing = await session.get(DefinitionHold, code, populate_existing=True)
    if standing is None or standing.released_at is not None:
        raise ConflictError(f"{code} is not held.")
    standing.released_at = now
    released = Deed("definition.released", reason)
    suspended = await in_state(session, code, ("suspended",))
    if suspended is not None:
        await move(session, suspended, "live", released, By(actor, now))
    else:
        await record(session, [_fact(code, released, actor, now)])
    return standing


async def standing(session: AsyncSession) -> Sequence[DefinitionHold]:
    """Every hold that is on, the latest first."""
    statement = (
        select(DefinitionHold)
        .where(col(DefinitionHold.released_at).is_(None))
        .order_by(col(DefinitionHold.since).desc())
    )
    return (await session.scalars(statement)).all()


async def live_versions(session: AsyncSession) -> Sequence[DefinitionVersion]:
    """What is live, by code."""
    statement = (
        select(DefinitionVersion)
        .where(col(DefinitionVersion.state).in_(IN_FORCE))
        .order_by(col(DefinitionVersion.code))
    )
    return (await session.scalars(statement)).all()


async def _require(session: AsyncSession, code: str) -> None:
    versions = await versions_of(session, code)
    if not any(version.published_at for version in versions):
        raise NotFoundError("published definition", code)


def _fact(code: str, deed: Deed, actor: str, now: datetime) -> Fact:
    """Of a definition that has no version in force: what is still under way stops."""
    return Fact(
        chain=chain_of(code),
        at=now,
        actor=actor,
        action=deed.action,
        object_kind="definition",
        object_id=code,
        reason=deed.comment,
    )
