"""Hand-offs: a core system is asked to establish an object, and tells the key it gave it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.parties.objects import TABLES, ObjectKind, needed
from openccm.parties.tables import HandOff
from openccm.platform.audit import Fact, record
from openccm.platform.lifecycle import LifeCycle, ways

HAND_OFF = LifeCycle(
    kind="hand-off",
    initial=frozenset({"open"}),
    ways=ways("""
        open: completed cancelled
        completed:
        cancelled:
    """),
)


async def hand_off(
    session: AsyncSession,
    kind: ObjectKind,
    typed: Mapping[str, Any],
    *,
    division: str,
    actor: str,
    now: datetime,
) -> HandOff:
    """Ask for an object of a division, and carry what was typed so far."""
    row = HandOff(
        object_kind=kind,
        typed=dict(typed),
        division=division,
        asked_by=actor,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    await session.flush()
    await _trail(session, row, "opened", actor, now)
    return row


async def hand_off_by_id(session: AsyncSession, hand_off_id: UUID) -> HandOff:
    """The hand-off.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(HandOff, hand_off_id)
    if found is None:
        raise NotFoundError("hand-off", hand_off_id)
    return found


async def hand_offs(
    session: AsyncSession, state: str | None, divisions: Collection[str] | None = None
) -> Sequence[HandOff]:
    """The oldest hundred in a state, or in any; of these divisions, or of all."""
    wanted = select(HandOff).order_by(col(HandOff.id)).limit(100)
    if divisions is not None:
        wanted = wanted.where(col(HandOff.division).in_(sorted(divisions)))
    if state is not None:
        wanted = wanted.where(HandOff.state == state)
    return (await session.scalars(wanted)).all()


async def complete_hand_off(
    session: AsyncSession, hand_off_id: UUID, key: str, *, actor: str, now: datetime
) -> HandOff:
    """Say under which key the object was established; it must be known here by now.

    Raises:
        NotFoundError: There is no such hand-off, or nothing bears the key.
        IllegalTransitionError: It is closed.
    """
    row = await _closing(session, hand_off_id, "completed")
    await needed(session, TABLES[row.object_kind], key)
    row.object_key = key
    return await _closed(session, row, "completed", actor, now)


async def cancel_hand_off(
    session: AsyncSession, hand_off_id: UUID, *, actor: str, now: datetime
) -> HandOff:
    """Say that the object will not be established.

    Raises:
        NotFoundError: There is no such hand-off.
        IllegalTransitionError: It is closed.
    """
    row = await _closing(session, hand_off_id, "cancelled")
    return await _closed(session, row, "cancelled", actor, now)


async def _closing(session: AsyncSession, hand_off_id: UUID, target: str) -> HandOff:
    row = await session.get(HandOff, hand_off_id, with_for_update=True)
    if row is None:
        raise NotFoundError("hand-off", hand_off_id)
    HAND_OFF.check(row.state, target)
    return row


async def _closed(
    session: AsyncSession, row: HandOff, state: str, actor: str, now: datetime
) -> HandOff:
    # What was typed is personal data that has found its place, or is not wanted.
    row.state, row.typed, row.updated_at = state, {}, now
    await session.flush()
    await _trail(session, row, state, actor, now)
    return row


async def _trail(session: AsyncSession, row: HandOff, what: str, actor: str, now: datetime) -> None:
    fact = Fact(
        chain=f"hand-off:{row.id}",
        at=now,
        actor=actor,
        action=f"hand-off.{what}",
        object_kind="hand-off",
        object_id=str(row.id),
        to_state=row.state,
        detail={"kind": row.object_kind, "key": row.object_key},
    )
    await record(session, [fact])
