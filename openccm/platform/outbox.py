"""The transactional outbox: what must happen outside after this transaction, written inside it.

A row says "start this workflow" or "wake that one". Whoever wrote it may do the deed right after
the commit; the relay does what a crash left undone. Deeds are idempotent, so doing one twice is
harmless and deleting the row may come late.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, col, select

from openccm.platform import rows
from openccm.platform.columns import Row, bulk_insert, key_field, new_id, time_field

Deed = Literal[
    "start",
    "wake",
    "callbacks",
    "start-instance",
    "wake-instance",
    "to-do",
    "events",
    "publication",
    "job",
    "timetable",
    "case",
    "print-run",
    "reminder",
]


class OutboxEntry(Row, table=True):
    """One deed still to be done."""

    id: UUID = key_field()
    deed: str
    """``start`` or ``wake`` the run of a request or an instance; deliver ``callbacks``; look after
    a to-do that nothing waits for (``to-do``); work on ``events``; see to the ``publication``
    of a version; work on the run of a ``job``; have Temporal keep to a ``timetable``; tell what a
    ``case`` entered; look after a ``print-run``; keep a ``reminder``."""
    subject: UUID = Field(index=True)
    """The request, instance, subscription, to-do, queue of events, version, run of a job,
    timetable, case, print run or reminder it is about."""
    due_at: datetime = time_field(index=True)
    """When the relay does it; later than now where the writer means to do it itself."""


_INSERT = bulk_insert(OutboxEntry)
_DONE = delete(OutboxEntry).where(
    col(OutboxEntry.subject) == bindparam("the_subject"),
    col(OutboxEntry.deed) == bindparam("the_deed"),
)


async def put(session: AsyncSession, deed: Deed, subjects: Sequence[UUID], at: datetime) -> None:
    """Note deeds to be done once this transaction has committed, by the relay from ``at`` on."""
    entries: list[dict[str, Any]] = [
        {"id": new_id(), "deed": deed, "subject": subject, "due_at": at} for subject in subjects
    ]
    if entries:
        await rows.write(session, (_INSERT, entries))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[OutboxEntry]:
    """The oldest deeds that are due."""
    statement = (
        select(OutboxEntry)
        .where(OutboxEntry.due_at <= now)
        .order_by(col(OutboxEntry.due_at))
        .limit(limit)
    )
    return (await session.scalars(statement)).all()


async def done(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Forget deeds that have been done."""
    await session.execute(delete(OutboxEntry).where(col(OutboxEntry.id).in_(ids)))


def done_for(deed: Deed, subject: UUID) -> rows.Deed:
    """To forget a deed whose effect is seen: the run itself has begun to work."""
    return _DONE, {"the_subject": subject, "the_deed": deed}


async def put_off(session: AsyncSession, ids: Sequence[UUID], until: datetime) -> None:
    """Let deeds that cannot be done now wait, so that they do not hold up the others."""
    await session.execute(
        update(OutboxEntry).where(col(OutboxEntry.id).in_(ids)).values(due_at=until)
    )
