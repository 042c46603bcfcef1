"""The one place where the state of a version changes; every change is a fact on the trail."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.platform.audit import Fact, record
from openccm.repository.lifecycles import VERSION
from openccm.repository.shelf import chain_of, in_force
from openccm.repository.tables import DefinitionHold, DefinitionVersion


class By(NamedTuple):
    """Who acts, and when."""

    actor: str
    now: datetime


class Deed(NamedTuple):
    """What is done, and why: the words of the trail."""

    action: str
    comment: str | None = None
    detail: Mapping[str, Any] = MappingProxyType({})


async def move(
    session: AsyncSession, row: DefinitionVersion, target: str, deed: Deed, by: By
) -> None:
    """Change the state of a version.

    Raises:
        IllegalTransitionError: The life cycle does not lead there; names the state.
    """
    VERSION.check(row.state, target)
    before, row.state = row.state, target
    await record(session, [fact_of(row, deed, by, before, target)])
    await session.flush()


async def note(session: AsyncSession, row: DefinitionVersion, deed: Deed, by: By) -> None:
    """Put on the trail what left the state as it was."""
    await record(session, [fact_of(row, deed, by, row.state, row.state)])


async def go_live(session: AsyncSession, row: DefinitionVersion, deed: Deed, by: By) -> None:
    """Bring a version into force: the one before is superseded, a standing hold goes on."""
    before = row.state if row.state != "live" else None
    if before is not None:
        VERSION.check(before, "live")
    await _make_room(session, row, by)
    if row.effective_from is None or row.effective_from > by.now:
        row.effective_from = by.now
    row.state, row.published_at, row.published_by = "live", by.now, by.actor
    session.add(row)
    await session.flush()
    await record(session, [fact_of(row, deed, by, before, "live")])
    hold = await session.get(DefinitionHold, row.code, populate_existing=True)
    if hold is not None and hold.released_at is None:
        held = Deed("definition.suspended", hold.reason, {"held_by": hold.by})
        await move(session, row, "suspended", held, by)


async def _make_room(session: AsyncSession, row: DefinitionVersion, by: By) -> None:
    """Whatever would be in force beside it, or was begun from what is not any more."""
    superseded = Deed("definition.superseded", detail={"by_version": row.version})
    standing = await in_force(session, row.code)
    if standing is not None:
        await move(session, standing, "superseded", superseded, by)
    for overtaken in await _approved(session, row.code):
        if overtaken.id != row.id and overtaken.base != row.version:
            await move(session, overtaken, "superseded", superseded, by)


async def _approved(session: AsyncSession, code: str) -> Sequence[DefinitionVersion]:
    statement = select(DefinitionVersion).where(
        DefinitionVersion.code == code, col(DefinitionVersion.state) == "approved"
    )
    return (await session.scalars(statement)).all()


def fact_of(
    row: DefinitionVersion, deed: Deed, by: By, before: str | None, after: str | None
) -> Fact:
    """A fact about a version, with what would show a later change of it by hand."""
    seal = {
        "version": row.version,
        "digest": row.digest,
        "plan": digest_of_json(row.plan),
        "author": row.author,
    }
    return Fact(
        chain=chain_of(row.code),
        at=by.now,
        actor=by.actor,
        action=deed.action,
        object_kind="definition",
        object_id=row.code,
        from_state=before,
        to_state=after,
        reason=deed.comment,
        detail={**deed.detail, **seal},
    )


def digest_of_json(document: Any) -> str | None:
    """SHA-256 of a JSON document in one fixed spelling."""
    if document is None:
        return None
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
