"""The operations board: what came in and left, what waits and for how long, and what went wrong.

Every figure can be had as the list it counts: the states, channels, reasons and times that it is
grouped by are filters of the lists of requests, communications, instances and callbacks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as columns
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.lifecycles import COMMUNICATION, RANK, REQUEST, UNDELIVERED
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.platform.outbox import OutboxEntry
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import WorkflowInstance
from openccm.publishing.tables import CallbackDelivery, CallbackSubscription

HOURS = 24
_HOUR = timedelta(hours=1)
_REFUSED = frozenset({"not_sent", "opted_out", "suppressed"})
_WRONG = UNDELIVERED | {"error"}
_GONE = frozenset(RANK) - UNDELIVERED
_LONGEST = 50


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened within one hour."""

    since: datetime
    received: int
    communications: int
    wrong: int
    """Communications of that hour which did not arrive, or stand in error."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many of a kind are in a state that is no end, and since when the first of them is."""

    kind: str
    state: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class OnChannel:
    """The communications of a channel."""

    channel: str
    gone: int
    wrong: int
    others: int


@dataclass(frozen=True, slots=True)
class Failure:
    """How many ended, or stand, badly for one reason."""

    kind: str
    channel: str | None
    state: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Behind:
    """The callbacks that a core system is still owed."""

    system: str
    count: int
    since: datetime
    attempts: int
    """The most that one of them took so far."""


@dataclass(frozen=True, slots=True)
class Board:
    """All of it at one instant."""

    at: datetime
    since: datetime
    hours: list[Hour]
    waiting: list[Backlog]
    channels: list[OnChannel]
    failures: list[Failure]
    callbacks: list[Behind]
    overdue_deeds: int
    """Deeds of the outbox whose time has come: the relay has not done them yet."""


async def board(session: AsyncSession, now: datetime) -> Board:
    """Look at everything; the volumes and failures are of the last 24 hours."""
    since = now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * _HOUR
    overdue = select(func.count()).select_from(OutboxEntry).where(OutboxEntry.due_at <= now)
    return Board(
        at=now,
        since=since,
        hours=await _hours(session, since),
        waiting=await _waiting(session),
        channels=await _channels(session, since),
        failures=await _failures(session, since),
        callbacks=await _behind(session),
        overdue_deeds=await session.scalar(overdue) or 0,
    )


async def _hours(session: AsyncSession, since: datetime) -> list[Hour]:
    begun = [since + number * _HOUR for number in range(HOURS)]
    received = await _by_hour(session, begun, CommunicationRequest.received_at, *_requests(since))
    made = await _by_hour(session, begun, Communication.created_at, *_communications(since))
    wrong = await _by_hour(
        session, begun, Communication.created_at, *_communications(since, _WRONG)
    )
    return [Hour(*figures) for figures in zip(begun, received, made, wrong, strict=True)]


async def _by_hour(
    session: AsyncSession, begun: Sequence[datetime], at: Any, *wanted: ColumnElement[bool]
) -> Sequence[int]:
    """One figure an hour, by one walk along the index."""
    figures = [func.count().filter(at >= hour, at < hour + _HOUR) for hour in begun]
    return (await session.execute(columns(*figures).where(*wanted))).one()


def _requests(
    since: datetime, states: frozenset[str] = REQUEST.states
) -> tuple[ColumnElement[bool], ...]:
    # All states are named, because the index that leads to a time begins with the state.
    row = CommunicationRequest
    return col(row.state).in_(sorted(states)), col(row.received_at) >= since


def _communications(
    since: datetime, states: frozenset[str] = COMMUNICATION.states
) -> tuple[ColumnElement[bool], ...]:
    row = Communication
    return col(row.state).in_(sorted(states)), col(row.created_at) >= since


async def _waiting(session: AsyncSession) -> list[Backlog]:
    request, message, instance = CommunicationRequest, Communication, WorkflowInstance
    found: list[Backlog] = []
    for kind, life, state, at, going_on in (
        ("request", REQUEST, request.state, request.received_at, None),
        ("communication", COMMUNICATION, message.state, message.created_at, message.final),
        ("instance", INSTANCE, instance.state, instance.started_at, None),
    ):
        wanted = [col(state).in_(sorted(life.states - life.terminal))]
        if going_on is not None:
            wanted.append(col(going_on).is_(False))
        statement = columns(col(state), func.count(), func.min(col(at))).where(*wanted)
        rows = await session.execute(statement.group_by(col(state)))
        found += [Backlog(kind, *row) for row in rows]
    return sorted(found, key=lambda each: each.since)


async def _channels(session: AsyncSession, since: datetime) -> list[OnChannel]:
    row = Communication
    statement = (
        columns(col(row.channel), col(row.state), func.count())
        .where(*_communications(since))
        .group_by(col(row.channel), col(row.state))
    )
    counts: dict[str, list[int]] = {}
    for channel, state, count in await session.execute(statement):
        kind = 0 if state in _GONE else 1 if state in _WRONG else 2
        counts.setdefault(channel, [0, 0, 0])[kind] += count
    return [OnChannel(channel, *figures) for channel, figures in sorted(counts.items())]


async def _failures(session: AsyncSession, since: datetime) -> list[Failure]:
    request, message = CommunicationRequest, Communication
    badly = (
        columns(col(message.channel), col(message.state), col(message.reason), func.count())
        .where(*_communications(since, _WRONG))
        .group_by(col(message.channel), col(message.state), col(message.reason))
    )
    never = (
        columns(col(request.state), col(request.reason), func.count())
        .where(*_requests(since, _REFUSED | {"error"}))
        .group_by(col(request.state), col(request.reason))
    )
    found = [Failure("communication", *row) for row in await session.execute(badly)]
    found += [Failure("request", None, *row) for row in await session.execute(never)]
    return sorted(found, key=lambda each: -each.count)[:_LONGEST]


async def _behind(session: AsyncSession) -> list[Behind]:
    owed, subscription = CallbackDelivery, CallbackSubscription
    statement = (
        columns(
            col(subscription.system_code),
            func.count(),
            func.min(col(owed.created_at)),
            func.max(col(owed.attempts)),
        )
        .join(subscription, col(subscription.id) == col(owed.subscription_id))
        .where(col(owed.state) == "pending")
        .group_by(col(subscription.system_code))
        .order_by(func.min(col(owed.created_at)))
    )
    return [Behind(*row) for row in await session.execute(statement)]
