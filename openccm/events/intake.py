"""Taking events in: each once, many in a few statements, answered after one commit."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
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
_COLUMNS = SystemEvent.metadata.tables[str(SystemEvent.__tablename__)].columns
_KNOWN = select(*_COLUMNS).where(
    _COLUMNS["source"].in_(bindparam("sources", expanding=True)),
    _COLUMNS["origin"].in_(bindparam("origins", expanding=True)),
    _COLUMNS["event_id"].in_(bindparam("ids", expanding=True)),
)


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

    event: Mapping[str, Any] | None = None
    """The columns of its row. Objects would cost as much as all else."""
    replayed: bool = False
    """Whether it was there before."""
    refusal: OpenCCMError | None = None


class Told(NamedTuple):
    """An event and who tells of it."""

    event: Incoming
    caller: Caller

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same event as another one."""
        return self.caller.system_code, self.event.origin, self.event.event_id


async def take(desk: Desk, catalogue: Catalogue, incoming: Sequence[Told]) -> list[Taken]:
    """Take events in, in their order; one that is refused keeps none of the others out."""
    if catalogue.stale:
        async with desk.database.read() as session:
            await catalogue.refresh(session)
    now = desk.clock()
    refused = {
        place: Taken(refusal=error)
        for place, told in enumerate(incoming)
        if (error := _misfit(catalogue, told, now)) is not None
    }
    fit = [(place, told) for place, told in enumerate(incoming) if place not in refused]
    try:
        taken = await _write(desk, fit, now)
    except IntegrityError:
        # The same event came in by another door at the same moment; now it can be seen.
        taken = await _write(desk, fit, now)
    return [taken.get(place) or refused[place] for place in range(len(incoming))]


def _misfit(catalogue: Catalogue, told: Told, now: datetime) -> InvalidError | None:
    try:
        catalogue.check(told.caller.system_code, told.event.type, told.event.data, now)
    except InvalidError as error:
        return error
    return None


async def _write(desk: Desk, fit: Sequence[tuple[int, Told]], now: datetime) -> dict[int, Taken]:
    taken: dict[int, Taken] = {}
    fresh: list[dict[str, Any]] = []
    if not fit:
        return taken
    async with desk.database.begin() as session:
        known = await _known(session, [told for _, told in fit])
        for place, told in fit:
            digest = told.event.body_hash()
            before = known.get(told.key)
            if before is None:
                row = known[told.key] = _row(told, digest, now)
                fresh.append(row)
                taken[place] = Taken(row)
            elif before["body_hash"] == digest:
                taken[place] = Taken(before, replayed=True)
            else:
                message = f"The event id {told.event.event_id} was used for a different event."
                taken[place] = Taken(refusal=ConflictError(message))
        await _keep(session, fresh, now)
    return taken


async def _known(
    session: AsyncSession, incoming: Sequence[Told]
) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    sources, origins, ids = (
        sorted(set(part)) for part in zip(*(t.key for t in incoming), strict=True)
    )
    rows = await session.execute(_KNOWN, {"sources": sources, "origins": origins, "ids": ids})
    return {(row["source"], row["origin"], row["event_id"]): dict(row) for row in rows.mappings()}


def _row(told: Told, digest: str, now: datetime) -> dict[str, Any]:
    """A new row with the first entry of its trail still to be written."""
    event, caller = told
    return {
        "id": new_id(),
        "source": caller.system_code,
        "origin": event.origin,
        "event_id": event.event_id,
        "body_hash": digest,
        "key_id": caller.key_id,
        "type": event.type,
        "person_key": event.person,
        "account_key": event.account,
        "premise_key": event.premise,
        "data": event.data,
        "attributes": event.attributes,
        "occurred_at": event.occurred_at or now,
        "received_at": now,
        "state": "received",
        "reason": None,
        "trigger": "open",
        "resolved_at": None,
        "delivered_at": None,
        "due_at": now,
        "tries": 0,
        "updated_at": now,
    }


async def _keep(session: AsyncSession, fresh: Sequence[dict[str, Any]], now: datetime) -> None:
    """Write events down with the first entry of each one's trail; work on them is owed."""
    if not fresh:
        return
    entries: list[dict[str, Any]] = []
    for event in fresh:
        fact = Fact(
            chain=chain_of(event["id"]),
            at=now,
            actor=f"system:{event['source']}",
            action="event.received",
            object_kind="event",
            object_id=str(event["id"]),
            to_state=event["state"],
            detail={"type": event["type"]},
        )
        rows, head = chained([fact], Head())
        event["trail_sequence"], event["trail_hash"] = head.sequence, head.hash
        entries += rows
    await session.execute(_INSERT, fresh)
    await insert_entries(session, entries)
    await outbox.put(session, "events", [QUEUE], now)


def chain_of(event_id: UUID) -> str:
    """The audit chain of an event."""
    return f"event:{event_id}"
