"""Which callbacks are owed, in order, and what became of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Label, bindparam, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.platform import outbox
from openccm.platform.columns import bulk_insert, new_id
from openccm.platform.rows import objects, read, reading, write
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription

_INSERT = bulk_insert(CallbackDelivery)
_SUBSCRIPTIONS = reading(CallbackSubscription).where(
    col(CallbackSubscription.system_code) == bindparam("system")
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One event that subscribers may want to hear of."""

    event: str
    lane: UUID
    definition: str
    data: dict[str, Any]


def is_told(system_code: str) -> Label[bool]:
    """For a statement that reads the column of the code: whether the system has subscribed."""
    return exists().where(col(CallbackSubscription.system_code) == system_code).label("is_told")


async def owe(
    session: AsyncSession, system_code: str, notices: Mapping[int, Notice], now: datetime
) -> None:
    """Write, in this transaction, a callback for every subscription that wants a notice.

    One that is paused, or whose receiver is gone, is owed all the same and told when it is taken
    up again. The key of a notice is its place in its lane.
    """
    found = await read(session, _SUBSCRIPTIONS, {"system": system_code})
    rows: list[dict[str, Any]] = []
    woken: list[UUID] = []
    for row in found:
        (subscription,) = objects(row, CallbackSubscription)
        owed = [
            _row(subscription, place, notice, now)
            for place, notice in notices.items()
            if _wants(subscription, notice)
        ]
        if owed:
            rows += owed
            if subscription.active:
                woken.append(subscription.id)
    if rows:
        await write(session, (_INSERT, rows))
        await outbox.put(session, "callbacks", woken, now)


def _wants(subscription: CallbackSubscription, notice: Notice) -> bool:
    if subscription.definitions and notice.definition not in subscription.definitions:
        return False
    wanted = subscription.events
    return not wanted or "*" in wanted or notice.event in wanted


def _row(
    subscription: CallbackSubscription, place: int, notice: Notice, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "subscription_id": subscription.id,
        "lane": notice.lane,
        "place": place,
        "event": notice.event,
        "body": {
            "type": notice.event,
            "timestamp": now.isoformat(),
            "data": notice.data | {"sequence": place},
        },
        "state": "pending",
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }
