"""From approved to in force: at once, at an instant, back to what was, and out of use."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import ConflictError, IllegalTransitionError
from openccm.language.problems import InvalidDefinition
from openccm.platform import outbox
from openccm.repository.bases import require_base
from openccm.repository.contents import note_uses
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.moves import By, Deed, go_live, move
from openccm.repository.plans import plan_of
from openccm.repository.shelf import (
    in_force,
    in_state,
    lock,
    users_of,
    version_of,
)
from openccm.repository.surroundings import bundle_from, hindrances, library_around, require_uses
from openccm.repository.tables import DefinitionVersion, ReleaseBundle
from openccm.repository.versions import new_version

ENGINE = "engine"
"""Who switches at an instant that a person chose before."""


async def opened(session: AsyncSession, codes: Iterable[str], by: By) -> None:
    """Lock these codes; a version whose instant has come is in force before anything else."""
    codes = set(codes)
    await lock(session, codes)
    for code in sorted(codes):
        row = await in_state(session, code, ("scheduled",))
        if row is not None and row.effective_from is not None and row.effective_from <= by.now:
            await _switch(session, row, by.now)


async def _switch(session: AsyncSession, row: DefinitionVersion, now: datetime) -> None:
    deed = Deed("definition.published", detail={"scheduled": True})
    await go_live(session, row, deed, By(ENGINE, now))


async def publish_version(
    session: AsyncSession, code: str, number: int, effective: datetime | None, by: By
) -> DefinitionVersion:
    """Bring an approved version into force, now or at an instant to come.

    Raises:
        ConflictError: It is not approved, belongs to a release, was overtaken, relies on what is
            not live, or another one is scheduled.
        InvalidDefinition: It does not fit any more what it stands among.
    """
    await opened(session, [code], by)
    row = await version_of(session, code, number)
    if row.state != "approved":
        raise IllegalTransitionError("version", row.state, "live")
    if row.release_id is not None:
        raise ConflictError(f"{code} version {number} belongs to a release, and goes live with it.")
    await bring_into_force(session, [row], effective, by)
    return row


async def bring_into_force(
    session: AsyncSession, rows: Sequence[DefinitionVersion], effective: datetime | None, by: By
) -> None:
    """All these approved versions, or none of them; their codes are locked."""
    for row in rows:
        await require_base(session, row.code, row.base)
    await require_uses(session, rows)
    bundles = [await bundle_from(session, row) for row in rows]
    problems = [each for found in bundles if isinstance(found, list) for each in found]
    problems += await hindrances(session, [each for each in bundles if not isinstance(each, list)])
    if problems:
        raise InvalidDefinition(problems)
    later = effective is not None and effective > by.now
    for row in rows:
        if later:
            await _schedule(session, row, effective, by)
        else:
            await go_live(session, row, Deed("definition.published"), by)


async def _schedule(
    session: AsyncSession, row: DefinitionVersion, effective: datetime | None, by: By
) -> None:
    await require_no_schedule(session, row.code)
    assert effective is not None
    row.effective_from = effective
    detail = {"effective_from": effective.isoformat()}
    await move(session, row, "scheduled", Deed("definition.scheduled", detail=detail), by)
    await outbox.put(session, "publication", [row.id], by.now)


async def require_no_schedule(session: AsyncSession, code: str) -> None:
    """Refuse a second schedule of a code: it would overlap with the first.

    Raises:
        ConflictError: Names the version that is scheduled, and its instant.
    """
    other = await in_state(session, code, ("scheduled",))
    if other is not None and other.effective_from is not None:
        raise ConflictError(
            f"{code} version {other.version} is scheduled for "
            f"{other.effective_from.isoformat()}. Take that back first."
        )


async def unschedule(
    session: AsyncSession, code: str, number: int, reason: str, by: By
) -> DefinitionVersion:
    """Take a schedule back; of a release, that of all.

    Raises:
        IllegalTransitionError: It is not scheduled (any more).
    """
    together = await _together(session, await version_of(session, code, number))
    await opened(session, {code, *(each.code for each in together)}, by)
    row = await version_of(session, code, number)
    if row.state != "scheduled":
        raise IllegalTransitionError("version", row.state, "approved")
    for each in await _together(session, row):
        await move(session, each, "approved", Deed("definition.unscheduled", reason), by)
        each.effective_from = None
    if row.release_id is not None:
        release = await session.get_one(ReleaseBundle, row.release_id)
        release.state, release.effective_from = "open", None
    await session.flush()
    return row


async def _together(session: AsyncSession, row: DefinitionVersion) -> list[DefinitionVersion]:
    """The scheduled versions that share a release with this one, which may be alone."""
    if row.release_id is None:
        return [row]
    statement = (
        select(DefinitionVersion)
        .where(
            DefinitionVersion.release_id == row.release_id,
            col(DefinitionVersion.state) == "scheduled",
        )
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(statement))


async def switch_when_due(
    session: AsyncSession, version_id: UUID, now: datetime
) -> datetime | None:
    """Bring a scheduled version into force once its instant has come; answers when to come again.

    Of a release, all or none: they share the instant and this transaction.
    """
    row = await session.get(DefinitionVersion, version_id)
    if row is None or row.state != "scheduled" or row.effective_from is None:
        return None
    if row.effective_from > now:
        return row.effective_from
    together = await _together(session, row)
    await opened(session, (each.code for each in together), By(ENGINE, now))
    row = await version_of(session, row.code, row.version)
    if row.live and row.release_id is not None:
        release = await session.get_one(ReleaseBundle, row.release_id)
        release.state = "released"
        await session.flush()
    return None


async def roll_back(
    session: AsyncSession, code: str, target: int, reason: str, by: By
) -> DefinitionVersion:
    """What was in force once is so again, as a version of its own, without another approval.

    Raises:
        NotFoundError: There is no such version.
        ConflictError: It never was in force, is so now, or relies on what is not live.
    """
    await opened(session, [code], by)
    source = await version_of(session, code, target)
    if source.published_at is None:
        raise ConflictError(f"{code} version {target} never was in force.")
    live = await in_force(session, code)
    if live is not None and live.digest == source.digest:
        raise ConflictError(f"{code} version {live.version} is in force with this very content.")
    await require_uses(session, [source])
    bundle = await bundle_from(session, source)
    if isinstance(bundle, list):
        raise InvalidDefinition(bundle)
    row = await new_version(session, bundle, by, base=live.version if live else None)
    row.copied_from, row.note = target, reason
    library = await library_around(session, [bundle])
    row.plan = plan_of(bundle, library, row.version)
    detail = {"copied_from": target, "approval": "fast path"}
    await go_live(session, row, Deed("definition.rolled_back", reason, detail), by)
    await note_uses(session, row, bundle.definition.uses())
    return row


async def retire(
    session: AsyncSession,
    code: str,
    reason: str,
    by: By,
    *,
    in_flight: Collection[tuple[str, int]] = (),
) -> DefinitionVersion:
    """Take a definition out of use: no new work begins with it, what began goes on.

    ``in_flight`` are the codes and versions that work is pinned to.

    Raises:
        ConflictError: It is not in force, or something still relies on it; names what.
    """
    await opened(session, [code], by)
    row = await in_force(session, code)
    if row is None:
        raise ConflictError(f"No version of {code} is in force.")
    users = await users_of(session, code, (*IN_FORCE, "scheduled", "superseded", "retired"))
    needed = [
        f"{user.code} version {user.version}"
        for user in users
        if user.state in (*IN_FORCE, "scheduled") or (user.code, user.version) in in_flight
    ]
    if needed:
        raise ConflictError(f"{code} is used by {', '.join(needed)}. It cannot be retired.")
    await move(session, row, "retired", Deed("definition.retired", reason), by)
    return row
