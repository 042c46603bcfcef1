"""Errors by their cause, so that an operator mends one thing and retries all that it stopped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.commands import command
from openccm.communications.desk import Desk
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.errors import IllegalTransitionError
from openccm.platform.temporal import Engine


@dataclass(frozen=True, slots=True)
class Cause:
    """What stopped how many, since when."""

    definition: str
    stopped: str
    """``request`` before it was prepared, or ``communication`` after."""
    reason: str
    number: int
    since: datetime


async def causes(session: AsyncSession) -> list[Cause]:
    """Everything in ``error``, the largest group first."""
    found: list[Cause] = []
    for stopped, row in (("request", CommunicationRequest), ("communication", Communication)):
        statement = (
            select(row.definition, row.reason, func.count(), func.min(row.updated_at))
            .where(row.state == "error")
            .group_by(col(row.definition), col(row.reason))
        )
        found += [
            Cause(definition, stopped, reason or "", number, since)
            for definition, reason, number, since in (await session.execute(statement)).all()
        ]
    return sorted(found, key=lambda cause: -cause.number)


async def retry_cause(
    desk: Desk, engine: Engine, definition: str, reason: str, why: str, *, actor: str, limit: int
) -> int:
    """Retry what a cause stopped, at most ``limit`` of them; answers how many."""
    async with desk.database.read() as session:
        stopped = await _stopped(session, definition, reason, limit)
    retried = 0
    for request_id in stopped:
        try:
            await command(desk, engine, request_id, "retry", why, actor=actor)
        except IllegalTransitionError:
            continue  # somebody else retried or cancelled it meanwhile
        retried += 1
    return retried


async def _stopped(
    session: AsyncSession, definition: str, reason: str, limit: int
) -> Sequence[UUID]:
    requests = await session.scalars(
        select(CommunicationRequest.id)
        .where(
            CommunicationRequest.definition == definition,
            CommunicationRequest.state == "error",
            CommunicationRequest.reason == reason,
        )
        .limit(limit)
    )
    communications = await session.scalars(
        select(Communication.request_id)
        .where(
            Communication.definition == definition,
            Communication.state == "error",
            Communication.reason == reason,
        )
        .limit(limit)
    )
    return sorted({*requests, *communications})[:limit]
