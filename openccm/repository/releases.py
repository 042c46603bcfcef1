"""Release bundles: several versions that go live together, or not at all."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.platform.audit import Fact, record
from openccm.repository.lifecycles import ON_THE_WAY
from openccm.repository.moves import By, Deed
from openccm.repository.publication import bring_into_force, opened
from openccm.repository.shelf import version_of
from openccm.repository.tables import DefinitionVersion, ReleaseBundle

Member = tuple[str, int]
"""A code and a version."""


async def create_release(
    session: AsyncSession, title: str, members: Sequence[Member], by: By
) -> ReleaseBundle:
    """Put versions that are on their way together.

    Raises:
        NotFoundError: There is no such version.
        ConflictError: One is in force already, or belongs to another release.
        InvalidError: A code is named twice.
    """
    if len({code for code, _ in members}) != len(members):
        raise InvalidError("versions", "Name each definition once.")
    await opened(session, (code for code, _ in members), by)
    rows = [await version_of(session, code, number) for code, number in members]
    for row in rows:
        if row.state not in ON_THE_WAY or row.state == "scheduled":
            raise ConflictError(f"{row.code} version {row.version} is {row.state}.")
        if row.release_id is not None:
            raise ConflictError(f"{row.code} version {row.version} belongs to another release.")
    release = ReleaseBundle(title=title, created_by=by.actor, created_at=by.now)
    session.add(release)
    await session.flush()
    for row in rows:
        row.release_id = release.id
    await _note(session, release, rows, Deed("release.created"), by)
    return release


async def publish_release(
    session: AsyncSession, release_id: UUID, effective: datetime | None, by: By
) -> ReleaseBundle:
    """Bring all versions of a release into force, now or at one instant to come.

    Raises:
        NotFoundError: There is no such release.
        ConflictError: It is not open any more, or not all of it is approved; names what is not.
        InvalidDefinition: Together they have errors, or break what is live.
    """
    codes = [row.code for row in await members_of(session, release_id)]
    await opened(session, codes, by)
    release = await _open(session, release_id)
    rows = await members_of(session, release_id)
    waiting = [f"{row.code} version {row.version}" for row in rows if row.state != "approved"]
    if waiting or not rows:
        raise ConflictError(f"Not approved: {', '.join(waiting) or 'anything'}. Nothing goes live.")
    await bring_into_force(session, rows, effective, by)
    later = effective is not None and effective > by.now
    release.state = "scheduled" if later else "released"
    release.effective_from = effective if later else by.now
    await _note(session, release, rows, Deed(f"release.{release.state}"), by)
    return release


async def cancel_release(
    session: AsyncSession, release_id: UUID, reason: str, by: By
) -> ReleaseBundle:
    """Take a release apart; its versions go on alone.

    Raises:
        NotFoundError: There is no such release.
        ConflictError: It is not open any more.
    """
    await opened(session, [row.code for row in await members_of(session, release_id)], by)
    release = await _open(session, release_id)
    rows = await members_of(session, release_id)
    for row in rows:
        row.release_id = None
    release.state = "cancelled"
    await _note(session, release, rows, Deed("release.cancelled", reason), by)
    return release


async def release_of(session: AsyncSession, release_id: UUID) -> ReleaseBundle:
    """A release.

    Raises:
        NotFoundError: There is no such release.
    """
    release = await session.get(ReleaseBundle, release_id, populate_existing=True)
    if release is None:
        raise NotFoundError("release", release_id)
    return release


async def releases(session: AsyncSession, limit: int = 100) -> Sequence[ReleaseBundle]:
    """The releases, newest first."""
    statement = select(ReleaseBundle).order_by(col(ReleaseBundle.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def members_of(session: AsyncSession, release_id: UUID) -> Sequence[DefinitionVersion]:
    """The versions of a release, by code."""
    statement = (
        select(DefinitionVersion)
        .where(DefinitionVersion.release_id == release_id)
        .order_by(col(DefinitionVersion.code))
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


async def _open(session: AsyncSession, release_id: UUID) -> ReleaseBundle:
    release = await release_of(session, release_id)
    if release.state != "open":
        raise ConflictError(f"The release is {release.state}.")
    return release


async def _note(
    session: AsyncSession,
    release: ReleaseBundle,
    rows: Sequence[DefinitionVersion],
    deed: Deed,
    by: By,
) -> None:
    fact = Fact(
        chain=f"release:{release.id}",
        at=by.now,
        actor=by.actor,
        action=deed.action,
        object_kind="release",
        object_id=str(release.id),
        to_state=release.state,
        reason=deed.comment,
        detail={
            "title": release.title,
            "versions": {row.code: row.version for row in rows},
            "effective_from": release.effective_from and release.effective_from.isoformat(),
        },
    )
    await record(session, [fact])
