"""Writing down how hooks were called, and telling how they fare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.customisation.tables import HookCall
from openccm.platform.audit import Fact, record

Health = Literal["unused", "well", "unwell"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a hook fares."""

    calls: int = 0
    failures: int = 0
    last_at: datetime | None = None
    last_error: str | None = None
    last_error_at: datetime | None = None

    @property
    def health(self) -> Health:
        """By the last call alone: a hook that answers again is well again."""
        if self.last_at is None:
            return "unused"
        return "unwell" if self.last_at == self.last_error_at else "well"


async def write_down(session: AsyncSession, call: HookCall) -> None:
    """Keep a call; a failure is on the trail as well."""
    session.add(call)
    if call.failed:
        await record(session, [_fact(call)])


async def standings(session: AsyncSession) -> Mapping[str, Standing]:
    """How every hook that was ever called fares, by code."""
    counts = await session.execute(
        select(col(HookCall.hook), func.count(), func.max(col(HookCall.at))).group_by(
            col(HookCall.hook)
        )
    )
    latest_first = func.row_number().over(
        partition_by=col(HookCall.hook), order_by=col(HookCall.at).desc()
    )
    number = func.count().over(partition_by=col(HookCall.hook))
    ranked = (
        select(col(HookCall.id), latest_first.label("place"), number.label("number"))
        .where(col(HookCall.failed))
        .subquery()
    )
    failed = await session.execute(
        select(HookCall, ranked.c.number)
        .join(ranked, ranked.c.id == col(HookCall.id))
        .where(ranked.c.place == 1)
    )
    worst = {row.hook: (row, number) for row, number in failed.all()}
    found: dict[str, Standing] = {}
    for hook, calls, last_at in counts.all():
        row, number = worst.get(hook, (None, 0))
        found[hook] = Standing(
            calls, number, last_at, row.fault if row else None, row.at if row else None
        )
    return found


def _fact(call: HookCall) -> Fact:
    return Fact(
        chain=f"hook:{call.hook}",
        at=call.at,
        actor="engine",
        action="hook.failed",
        object_kind="hook",
        object_id=call.hook,
        reason=call.code,
        detail={
            "version": call.version,
            "point": call.point,
            "subject": call.subject,
            "settled_by": call.settled_by,
            "says": call.fault,
        },
    )
