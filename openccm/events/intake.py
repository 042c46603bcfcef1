"""Taking events in: each once, many in a few statements, answered after one commit."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.keys import Caller
from openccm.communications.desk import Desk
from openccm.errors import ConflictError, InvalidError, OpenCCMError
from openccm.events.catalogue import Catalogue
from openccm.events.tables import SystemEvent
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.platform.columns import bulk_insert, new_id

MAX_BATCH = 1_000

QUEUE = UUID(int=0)
"""The outbox's name for the one queue of events."""

_INSERT = bulk_insert(SystemEvent)


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event as it was told."""

    event_id: str
    type: str
    origin: str = ""
    occurred_at: datetime | None = None
    person: str | None = None
    account: str | None = None
    premise: str | None = None
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    attributes: dict[str, Any] = field(default_factory=dict[str, Any])

    def body_hash(self) -> str:
        """SHA-256 over all that was told, in one fixed spelling."""
        facts = (
            self.type,
            self.occurred_at.isoformat() if self.occurred_at else None,
            self.person,
            self.account,
            self.premise,
            self.data,
            self.attributes,
        )
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one incoming event: a row, or a refusal."""

    event: SystemEvent | None = None
    replayed: bool = False
    """Whether it was there before."""
    refusal: OpenCCMError | None = None


async def take(
    desk: Desk, catalogue: Catalogue, incoming: Sequence[Incoming], *, caller: Caller
) -> list[Taken]:
    """Take events in, in their order; one that is refused keeps none of the others out."""
    if catalogue.stale:
        async with desk.database.read() as session:
            await catalogue.refresh(session)
    refused = {
        place: Taken(refusal=error)
        for place, told in enumerate(incoming)
        if (error := _misfit(catalogue, told, caller, desk.clock())) is not None
    }
    fit = [(place, told) for place, told in enumerate(incoming) if place not in refused]
    try:
        taken = await _write(desk, fit, caller)
    except IntegrityError:
        # The same event came in by another door at the same moment; now it can be seen.
        taken = await _write(desk, fit, caller)
    return [taken.get(place) or refused[place] for place in range(len(incoming))]


def _misfit(
    catalogue: Catalogue, told: Incoming, caller: Caller, now: datetime
) -> InvalidError | None:
    try:
        catalogue.check(caller.system_code, told.type, told.data, now)
    except InvalidError as error:
        return error
    return None


async def _write(
    desk: Desk, fit: Sequence[tuple[int, Incoming]], caller: Caller
) -> dict[int, Taken]:
    taken: dict[int, Taken] = {}
    fresh: list[SystemEvent] = []
    now = desk.clock()
    if not fit:
        return taken
    async with desk.database.begin() as session:
        known = await _known(session, caller.system_code, [told for _, told in fit])
        for place, told in fit:
            key = (told.origin, told.event_id)
            before = known.get(key)
            if before is None:
                before = known[key] = _row(told, caller, now)
                fresh.append(before)
                taken[place] = Taken(before)
            elif before.body_hash == told.body_hash():
                taken[place] = Taken(before, replayed=True)
            else:
                message = f"The event id {told.event_id} was used for a different event."
                taken[place] = Taken(refusal=ConflictError(message))
        await _keep(session, fresh, caller, now)
    return taken


async def _known(
    session: AsyncSession, source: str, incoming: Sequence[Incoming]
) -> dict[tuple[str, str], SystemEvent]:
    ids = sorted({told.event_id for told in incoming})
    statement = select(SystemEvent).where(
        SystemEvent.source == source,
        col(SystemEvent.origin).in_(sorted({told.origin for told in incoming})),
        col(SystemEvent.event_id).in_(ids),
    )
    rows = await session.scalars(statement)
    return {(row.origin, row.event_id): row for row in rows}


def _row(told: Incoming, caller: Caller, now: datetime) -> SystemEvent:
    return SystemEvent(
        id=new_id(),
        source=caller.system_code,
        origin=told.origin,
        event_id=told.event_id,
        body_hash=told.body_hash(),
        key_id=caller.key_id,
        type=told.type,
        person_key=told.person,
        account_key=told.account,
        premise_key=told.premise,
        data=told.data,
        attributes=told.attributes,
        occurred_at=told.occurred_at or now,
        received_at=now,
        due_at=now,
        updated_at=now,
    )


async def _keep(
    session: AsyncSession, fresh: Sequence[SystemEvent], caller: Caller, now: datetime
) -> None:
    """Write events down with the first entry of each one's trail; work on them is owed."""
    if not fresh:
        return
    entries: list[dict[str, Any]] = []
    for event in fresh:
        fact = Fact(
            chain=chain_of(event.id),
            at=now,
            actor=caller.actor,
            action="event.received",
            object_kind="event",
            object_id=str(event.id),
            to_state=event.state,
            detail={"type": event.type},
        )
        rows, head = chained([fact], Head())
        event.trail_sequence, event.trail_hash = head.sequence, head.hash
        entries += rows
    await session.execute(_INSERT, [event.model_dump() for event in fresh])
    await insert_entries(session, entries)
    await outbox.put(session, "events", [QUEUE], now)


def chain_of(event_id: UUID) -> str:
    """The audit chain of an event."""
    return f"event:{event_id}"
