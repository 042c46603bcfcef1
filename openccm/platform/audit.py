"""The trail: who did what to which object, when and why; append-only and hash-chained.

It is the event log as well: a change of state is recorded once, here, and what core systems are
told is a view of it. Each chain covers one object family (a request with its communications), so
that writers of different chains never wait for each other.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, bindparam, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col, select

from openccm.platform.columns import Row, bulk_insert, json_field, key_field, new_id, time_field
from openccm.platform.rows import Deed, Known, write

GENESIS = "0" * 64
"""What the first entry of a chain follows on."""


CAME_IN = ("request.received", "communication.created", "event.received")
_CAME_IN = text(f"action IN {CAME_IN}")
_WHERE_CAME_IN: dict[str, Any] = {"sqlite_where": _CAME_IN, "postgresql_where": _CAME_IN}


class AuditEntry(Row, table=True):
    """One fact, never changed."""

    __table_args__ = (
        UniqueConstraint("chain", "sequence"),
        Index("ix_audit_entry_object", "object_id"),
        # What came in is counted here, so the accounts need not read the whole trail.
        Index("ix_audit_entry_came_in", "action", **_WHERE_CAME_IN),
    )

    id: UUID = key_field()
    chain: str = Field(max_length=120)
    """The object family, e.g. ``request:0192…``."""
    sequence: int
    at: datetime = time_field()
    actor: str
    """``engine``, ``system:BILLING``, ``lab``, ``user:ag1``."""
    action: str
    """``request.accepted``, ``document.viewed``, ``access.denied``."""
    object_kind: str
    object_id: str
    from_state: str | None = None
    to_state: str | None = None
    reason: str | None = None
    detail: dict[str, Any] = json_field()
    previous_hash: str
    hash: str


_INSERT = bulk_insert(AuditEntry)
_HEAD = (
    select(AuditEntry.sequence, AuditEntry.hash)
    .where(AuditEntry.chain == bindparam("chain"))
    .order_by(col(AuditEntry.sequence).desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What a caller knows of an entry; the trail adds its place in the chain."""

    chain: str
    at: datetime
    actor: str
    action: str
    object_kind: str
    object_id: str
    from_state: str | None = None
    to_state: str | None = None
    reason: str | None = None
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: where the next entry goes on."""

    sequence: int = 0
    hash: str = GENESIS


def chained(facts: Sequence[Fact], head: Head) -> tuple[list[dict[str, Any]], Head]:
    """Entries of one chain after its head, ready to be inserted, and the new head."""
    rows: list[dict[str, Any]] = []
    for fact in facts:
        row = _row(fact, head.sequence + 1, head.hash)
        head = Head(row["sequence"], row["hash"])
        rows.append(row)
    return rows, head


def insertion(rows: Sequence[Known]) -> Deed:
    """How entries that were chained are written down."""
    return _INSERT, rows


async def insert_entries(session: AsyncSession, rows: Sequence[Known]) -> None:
    """Write down entries that were chained."""
    if rows:
        await write(session, insertion(rows))


async def record(session: AsyncSession, facts: Sequence[Fact]) -> list[int]:
    """Append facts to their chains and answer with their places in them, in order."""
    chains: dict[str, list[Fact]] = {}
    for fact in facts:
        chains.setdefault(fact.chain, []).append(fact)
    places: dict[str, Iterator[int]] = {}
    for chain, own in chains.items():
        rows, _ = chained(own, await _head(session, chain))
        await insert_entries(session, rows)
        places[chain] = iter([row["sequence"] for row in rows])
    return [next(places[fact.chain]) for fact in facts]


async def first_fault(session: AsyncSession, chain: str, head: Head | None = None) -> int | None:
    """Where a chain was first altered, as a sequence number; None when it is whole.

    With the ``head`` that whoever owns the chain remembers, entries cut off its end are missed.
    """
    previous, expected = GENESIS, 1
    entries = await session.scalars(
        select(AuditEntry).where(AuditEntry.chain == chain).order_by(col(AuditEntry.sequence))
    )
    for entry in entries:
        if entry.sequence != expected or entry.previous_hash != previous:
            return expected
        if entry.hash != _digest(entry.model_dump(), previous):
            return expected
        previous, expected = entry.hash, expected + 1
    if head is not None and (head.sequence, head.hash) != (expected - 1, previous):
        return expected
    return None


async def lock_chain(session: AsyncSession, chain: str) -> None:
    """Let nobody else go on with this chain before the transaction ends."""
    # Two writers must not go on from the same entry. SQLite has one writer at a time as it is.
    if session.get_bind().dialect.name == "postgresql":
        key = func.hashtextextended(chain, 0)
        await session.execute(select(func.pg_advisory_xact_lock(key)))


async def _head(session: AsyncSession, chain: str) -> Head:
    await lock_chain(session, chain)
    head = (await session.execute(_HEAD, {"chain": chain})).first()
    return Head() if head is None else Head(head[0], head[1])


def _row(fact: Fact, sequence: int, previous: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": new_id(),
        "chain": fact.chain,
        "sequence": sequence,
        "at": fact.at,
        "actor": fact.actor,
        "action": fact.action,
        "object_kind": fact.object_kind,
        "object_id": fact.object_id,
        "from_state": fact.from_state,
        "to_state": fact.to_state,
        "reason": fact.reason,
        "detail": fact.detail,
        "previous_hash": previous,
    }
    row["hash"] = _digest(row, previous)
    return row


_HASHED = (
    "sequence",
    "actor",
    "action",
    "object_kind",
    "object_id",
    "from_state",
    "to_state",
    "reason",
)


def _digest(row: dict[str, Any], previous: str) -> str:
    """SHA-256 over the previous hash and every fact of the entry, in one fixed spelling."""
    at = row["at"].astimezone(UTC).isoformat()
    facts = [previous, row["chain"], at, *(row[name] for name in _HASHED)]
    text = json.dumps([*facts, row["detail"]], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def entries(
    session: AsyncSession,
    *,
    chain: str | None = None,
    object_kind: str | None = None,
    object_id: str | None = None,
    action: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    newest_first: bool = False,
    after: UUID | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """Entries of the trail, oldest first; ``after`` is the last id of the page before."""
    row, key = AuditEntry, col(AuditEntry.id)
    wanted = [
        column == value
        for column, value in (
            (col(AuditEntry.chain), chain),
            (col(row.object_kind), object_kind),
            (col(row.object_id), object_id),
            (col(row.action), action),
            (col(row.actor), actor),
        )
        if value is not None
    ]
    if since is not None:
        wanted.append(col(row.at) >= since)
    if until is not None:
        wanted.append(col(row.at) < until)
    if after is not None:
        wanted.append(key < after if newest_first else key > after)
    order = key.desc() if newest_first else key
    statement = select(row).where(*wanted).order_by(order).limit(limit)
    return (await session.scalars(statement)).all()
