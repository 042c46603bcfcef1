"""Questions about events and triggers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.accounting import Identity
from openccm.errors import NotFoundError
from openccm.events.catalogue import Binding, Catalogue
from openccm.events.lifecycles import EFFECT, EVENT
from openccm.events.tables import EventEffect, SystemEvent, TriggerSwitch
from openccm.platform.audit import AuditEntry
from openccm.repository.versions import Repository

WINDOW = timedelta(days=30)
"""Over which the volume of a trigger is counted."""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Events that no binding took, of one source and type."""

    source: str
    type: str
    reason: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Trigger:
    """A binding as operators see it."""

    binding: Binding
    enabled: bool
    switch: TriggerSwitch | None
    volume: Mapping[str, int]
    """Deeds of the window by what came of them."""


async def event_by_id(session: AsyncSession, event_id: UUID) -> SystemEvent:
    """The event.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(SystemEvent, event_id)
    if found is None:
        raise NotFoundError("event", event_id)
    return found


async def event_by_key(
    session: AsyncSession, source: str, origin: str, event_id: str
) -> SystemEvent:
    """The event that its source calls so.

    Raises:
        NotFoundError: There is none.
    """
    statement = select(SystemEvent).where(
        SystemEvent.source == source,
        SystemEvent.origin == origin,
        SystemEvent.event_id == event_id,
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFoundError("event", f"{event_id} of {source}")
    return found


async def events(
    session: AsyncSession,
    *,
    system: str | None,
    within: ColumnElement[bool],
    after: UUID | None = None,
    limit: int = 50,
    **wanted: str | None,
) -> Sequence[SystemEvent]:
    """Newest first, of one ``system`` or all, ``within`` reach, with the ``wanted`` values.

    A wanted value that is None is any value.
    """
    conditions = [within]
    conditions += [
        col(getattr(SystemEvent, name)) == value
        for name, value in wanted.items()
        if value is not None
    ]
    if system is not None:
        conditions.append(col(SystemEvent.source) == system)
    if after is not None:
        conditions.append(col(SystemEvent.id) < after)
    statement = (
        select(SystemEvent).where(*conditions).order_by(col(SystemEvent.id).desc()).limit(limit)
    )
    return (await session.scalars(statement)).all()


async def effects_of(session: AsyncSession, event_id: UUID) -> Sequence[EventEffect]:
    """What came of an event, in the order of its bindings."""
    statement = (
        select(EventEffect)
        .where(EventEffect.event_id == event_id)
        .order_by(col(EventEffect.sequence), col(EventEffect.binding), col(EventEffect.number))
    )
    return (await session.scalars(statement)).all()


async def unmapped(
    session: AsyncSession, source: str | None, within: ColumnElement[bool]
) -> list[Unmapped]:
    """Events that no binding took, by source and type, most of them first."""
    row = SystemEvent
    count = func.count()
    statement = (
        select_columns(
            col(row.source),
            col(row.type),
            col(row.reason),
            count,
            func.min(col(row.received_at)),
            func.max(col(row.received_at)),
        )
        .where(col(row.state) == "ignored_no_binding", within)
        .group_by(col(row.source), col(row.type), col(row.reason))
        .order_by(count.desc(), col(row.source), col(row.type))
    )
    if source is not None:
        statement = statement.where(col(row.source) == source)
    found = await session.execute(statement)
    return [
        Unmapped(source, kind, reason or "", count, first, last)
        for source, kind, reason, count, first, last in found
    ]


async def triggers(session: AsyncSession, repository: Repository, now: datetime) -> list[Trigger]:
    """Every live binding with its switch and its volume."""
    catalogue = Catalogue(repository)
    await catalogue.refresh(session)
    volumes: dict[str, dict[str, int]] = {}
    counted = await session.execute(
        select(EventEffect.binding, EventEffect.state, func.count())
        .where(EventEffect.at > now - WINDOW)
        .group_by(col(EventEffect.binding), col(EventEffect.state))
    )
    for code, state, count in counted:
        volumes.setdefault(code, {})[state] = count
    switches = {each.code: each for each in await session.scalars(select(TriggerSwitch))}
    return [
        Trigger(
            binding,
            catalogue.enabled(binding),
            switches.get(binding.definition.code),
            {
                state: volumes.get(binding.definition.code, {}).get(state, 0)
                for state in sorted(EFFECT.states)
            },
        )
        for binding in catalogue.bindings
    ]


async def accounts(session: AsyncSession) -> Identity:
    """Events that came in, counted on the trail, and where they are now."""
    noted = select(func.count()).where(AuditEntry.action == "event.received")
    counted = select(SystemEvent.state, func.count()).group_by(col(SystemEvent.state))
    found = dict((await session.execute(counted)).all())
    return Identity(
        await session.scalar(noted) or 0,
        {state: found.get(state, 0) for state in sorted(EVENT.states)},
    )
