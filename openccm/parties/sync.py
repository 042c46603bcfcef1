"""What core systems tell again and again: the newest version counts, in whatever order it comes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import ConflictError
from openccm.parties.objects import TABLES, Name, ObjectKind, Party, add_name, by_key, note
from openccm.parties.search.documents import index_party
from openccm.parties.tables import SyncVersion
from openccm.platform.audit import lock_chain

Verdict = Literal["created", "updated", "unchanged", "ignored"]


@dataclass(frozen=True, slots=True)
class Told:
    """Which object is told of, by whom, and how new it is."""

    kind: ObjectKind
    source: str
    """The core system."""
    external_key: str
    """What it calls the object."""
    version: int
    """Higher is newer."""
    key: str | None = None
    """What we call the object; the external key unless told."""


Put = Callable[[str], Awaitable[Party]]
"""Puts the object under a key."""


async def upsert(
    session: AsyncSession, told: Told, put: Put, *, actor: str, now: datetime
) -> tuple[Verdict, str]:
    """Bring an object up to date, unless something newer is known; answers our key for it.

    The same version again changes nothing. An older one that comes late is ignored, and the
    trail says so.

    Raises:
        ConflictError: The external key stands for another object.
    """
    # Always before the object itself, so that two of the same never wait for each other.
    await lock_chain(session, f"sync:{told.source}:{told.kind}:{told.external_key}")
    known = await _known(session, told)
    key = known.object_key if known else told.key or told.external_key
    if known and told.key not in (None, key):
        raise ConflictError(f"The external key stands for the {told.kind} {key}.")
    before = await by_key(session, TABLES[told.kind], key)
    if known and before and told.version <= known.version:
        if told.version == known.version:
            return "unchanged", key
        await note(
            session,
            before,
            "sync-ignored",
            actor=actor,
            now=now,
            reason="older_version",
            source=told.source,
            version=told.version,
            known=known.version,
        )
        return "ignored", key
    party = await put(key)
    if told.external_key != key:
        await add_name(session, party, Name(told.source, told.external_key))
        await index_party(session, party)
    await _remember(session, told, known, party, now)
    return ("updated" if before else "created"), key


async def _remember(
    session: AsyncSession, told: Told, known: SyncVersion | None, party: Party, now: datetime
) -> None:
    if known is None:
        known = SyncVersion(
            source=told.source,
            object_kind=told.kind,
            external_key=told.external_key,
            object_key=party.key,
            version=told.version,
            at=now,
        )
        session.add(known)
    known.version, known.at = told.version, now
    await session.flush()


async def _known(session: AsyncSession, told: Told) -> SyncVersion | None:
    return await session.scalar(
        select(SyncVersion).where(
            SyncVersion.source == told.source,
            SyncVersion.object_kind == told.kind,
            SyncVersion.external_key == told.external_key,
        )
    )
