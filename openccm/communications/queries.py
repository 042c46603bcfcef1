"""Questions about requests and communications."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col, select

from openccm.communications.explanation import Told, tell
from openccm.communications.tables import (
    Communication,
    CommunicationRequest,
    DecisionVerdict,
    DeliveryAttempt,
    StatusUpdate,
)
from openccm.content.tables import StoredDocument
from openccm.errors import NotFoundError
from openccm.platform import audit


async def request_by_id(session: AsyncSession, request_id: UUID) -> CommunicationRequest:
    """The request.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(CommunicationRequest, request_id)
    if found is None:
        raise NotFoundError("request", request_id)
    return found


async def communication_by_id(session: AsyncSession, communication_id: UUID) -> Communication:
    """The communication.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(Communication, communication_id)
    if found is None:
        raise NotFoundError("communication", communication_id)
    return found


async def requests(
    session: AsyncSession,
    *,
    system_code: str | None,
    within: ColumnElement[bool] | None = None,
    state: str | Collection[str] | None = None,
    definition: str | None = None,
    reason: str | None = None,
    person: str | None = None,
    idempotency_key: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[CommunicationRequest]:
    """Newest first; ids are time-ordered, so the last id of a page is its cursor.

    ``since`` and ``until`` bound when they were received.
    """
    row = CommunicationRequest
    wanted = [
        *_equal(
            (col(row.system_code), system_code),
            (col(row.definition), definition),
            (col(row.reason), reason),
            (col(row.person_key), person),
            (col(row.idempotency_key), idempotency_key),
        ),
        *_in_states(col(row.state), state),
        *_between(col(row.received_at), since, until),
    ]
    if within is not None:
        wanted.append(within)
    if after is not None:
        wanted.append(col(row.id) < after)
    statement = select(row).where(*wanted).order_by(col(row.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def communications(
    session: AsyncSession,
    *,
    system_code: str | None,
    within: ColumnElement[bool] | None = None,
    state: str | Collection[str] | None = None,
    definition: str | None = None,
    channel: str | None = None,
    reason: str | None = None,
    person: str | None = None,
    final: bool | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[tuple[Communication, CommunicationRequest]]:
    """Communications with their requests, newest first, bounded by when they were made."""
    row, request = Communication, CommunicationRequest
    wanted = [
        *_equal(
            (col(request.system_code), system_code),
            (col(row.definition), definition),
            (col(row.channel), channel),
            (col(row.reason), reason),
            (col(request.person_key), person),
        ),
        *_in_states(col(row.state), state),
        *_between(col(row.created_at), since, until),
    ]
    if within is not None:
        wanted.append(within)
    if final is not None:
        wanted.append(col(row.final).is_(final))
    if after is not None:
        wanted.append(col(row.id) < after)
    statement = (
        select(row, request)
        .join(request, col(request.id) == col(row.request_id))
        .where(*wanted)
        .order_by(col(row.id).desc())
        .limit(limit)
    )
    found = await session.execute(statement)
    return [(communication, its_request) for communication, its_request in found]


def _equal(*pairs: tuple[SQLCoreOperations[Any], str | None]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in pairs if value is not None]


def _in_states(
    column: SQLCoreOperations[str], state: str | Collection[str] | None
) -> list[ColumnElement[bool]]:
    """The states that are wanted; none named are all."""
    if not state:
        return []
    return [column.in_([state] if isinstance(state, str) else list(state))]


def _between(
    column: SQLCoreOperations[datetime], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if since is not None:
        wanted.append(column >= since)
    if until is not None:
        wanted.append(column < until)
    return wanted


async def communications_of(session: AsyncSession, request_id: UUID) -> Sequence[Communication]:
    """A request's communications in the order they came to be."""
    statement = (
        select(Communication)
        .where(Communication.request_id == request_id)
        .order_by(col(Communication.id))
    )
    return (await session.scalars(statement)).all()


async def attempts_of(session: AsyncSession, communication_id: UUID) -> Sequence[DeliveryAttempt]:
    """A communication's attempts, first to last."""
    statement = (
        select(DeliveryAttempt)
        .where(DeliveryAttempt.communication_id == communication_id)
        .order_by(col(DeliveryAttempt.number))
    )
    return (await session.scalars(statement)).all()


async def status_updates_of(
    session: AsyncSession, communication_id: UUID
) -> Sequence[StatusUpdate]:
    """What providers and partners reported, in the order it reached us."""
    statement = (
        select(StatusUpdate)
        .where(StatusUpdate.communication_id == communication_id)
        .order_by(col(StatusUpdate.id))
    )
    return (await session.scalars(statement)).all()


async def documents_of(session: AsyncSession, communication_id: UUID) -> Sequence[StoredDocument]:
    """What is stored of a communication; the message itself first."""
    statement = (
        select(StoredDocument)
        .where(StoredDocument.communication_id == communication_id)
        .order_by(col(StoredDocument.id))
    )
    return (await session.scalars(statement)).all()


async def explanation(
    session: AsyncSession, request_id: UUID, communication_id: UUID | None = None
) -> list[Told]:
    """Every step of the send decision, as it was decided, in order."""
    statement = select(DecisionVerdict).where(DecisionVerdict.request_id == request_id)
    if communication_id is not None:
        statement = statement.where(
            (col(DecisionVerdict.communication_id) == communication_id)
            | col(DecisionVerdict.communication_id).is_(None)
        )
    rows = await session.scalars(statement.order_by(col(DecisionVerdict.id)))
    return [tell(row) for row in rows]


async def held_by_definition(session: AsyncSession, definition: str) -> list[UUID]:
    """Requests that wait because their definition is held, before or after they were prepared."""
    held = await session.scalars(
        select(CommunicationRequest.id).where(
            CommunicationRequest.definition == definition,
            CommunicationRequest.state == "held",
            CommunicationRequest.reason == "definition_held",
        )
    )
    scheduled = await session.scalars(
        select(Communication.request_id).where(
            Communication.definition == definition,
            Communication.state == "scheduled",
            Communication.reason == "definition_held",
        )
    )
    return sorted({*held, *scheduled})


async def requests_by_state(session: AsyncSession, system_code: str) -> dict[str, int]:
    """How many requests of a core system are in each state."""
    statement = (
        select(CommunicationRequest.state, func.count())
        .where(CommunicationRequest.system_code == system_code)
        .group_by(col(CommunicationRequest.state))
    )
    return dict((await session.execute(statement)).all())


async def first_fault(session: AsyncSession, chain: str) -> int | None:
    """Where an audit chain was first altered; of a request's chain the end is known, too."""
    kind, _, name = chain.partition(":")
    try:
        request = await session.get(CommunicationRequest, UUID(name))
    except ValueError:
        request = None
    if kind != "request" or request is None:
        return await audit.first_fault(session, chain)
    head = audit.Head(request.trail_sequence, request.trail_hash)
    return await audit.first_fault(session, chain, head)
