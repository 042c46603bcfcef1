"""What the tests of the core begin with: a definition, a person, a request, its communications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from openccm.communications import queries
from openccm.communications.dossier import Dossier, chain_of
from openccm.communications.lifecycles import COMMUNICATION
from openccm.communications.tables import (
    Communication,
    CommunicationRequest,
    DecisionVerdict,
    DeliveryAttempt,
    StatusUpdate,
)
from openccm.language.communication import CommunicationDefinition
from openccm.parties.tables import ContactPoint, Person
from openccm.platform import audit
from openccm.platform.audit import AuditEntry
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.publishing.tables import CallbackDelivery

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
NAME = "Ana Moreno-Quill"
ADDRESS = "ana.moreno@customer.example"

_Row = TypeVar("_Row", bound=SQLModel)


class HandSetClock:
    """A clock that goes when it is told to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class GoingClock(HandSetClock):
    """A clock that goes by itself, and can be set ahead."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def definition(**changes: Any) -> CommunicationDefinition:
    facts = {
        "kind": "communication",
        "code": "BILL-READY",
        "title": "Your bill is ready",
        "category": "service",
        "purpose": "billing",
        "recipient": "account-holder",
        "languages": ["en", "de"],
        "channels": {
            "email": {"subject": {"en": "Your bill", "de": "Ihre Rechnung"}},
            "letter": {"after": ["bounced", "failed", "no_contact_point"]},
        },
        "retry": ["1 minute", "5 minutes"],
    }
    return CommunicationDefinition.model_validate(facts | changes)


def person(**changes: Any) -> Person:
    facts: dict[str, Any] = {"key": f"P-{new_id()}", "name": NAME}
    return Person(**(facts | {"created_at": NOW, "updated_at": NOW} | changes))


def contact_point(owner: Person, channel: str = "email", **changes: Any) -> ContactPoint:
    facts: dict[str, Any] = {"value": ADDRESS, "updated_at": NOW}
    return ContactPoint(**({"person_id": owner.id, "channel": channel} | facts | changes))


@dataclass(frozen=True, slots=True)
class Given:
    """A request that is already on its way, with its communications in order."""

    request_id: UUID
    person_id: UUID
    contact_point_id: UUID
    communications: tuple[UUID, ...]

    @property
    def communication_id(self) -> UUID:
        return self.communications[0]


async def given(
    database: Database,
    state: str = "prepared",
    *children: str,
    fields: dict[str, Any] | None = None,
    **request: Any,
) -> Given:
    """A request in a state, with a communication in each of the states named."""
    someone = person()
    point = contact_point(someone)
    facts: dict[str, Any] = {
        "id": new_id(),
        "system_code": "BILLING",
        "idempotency_key": f"K-{new_id()}",
        "body_hash": "-",
        "definition": "BILL-READY",
        "version": 1,
        "person_key": someone.key,
        "payload": {"bill": {"number": "B-417", "payer": NAME}},
        "correlation": {"case": "C-9"},
        "state": state,
        "received_at": NOW,
        "updated_at": NOW,
    }
    async with database.begin() as session:
        for row in (someone, point):
            session.add(row)
            await session.flush()
        dossier = Dossier(
            session, CommunicationRequest(**(facts | request)), {}, actor="system:BILLING", now=NOW
        )
        dossier.receive()
        await session.flush()
        rows = [_communication(dossier, point, each, **(fields or {})) for each in children]
        await dossier.close()
    return Given(dossier.request.id, someone.id, point.id, tuple(row.id for row in rows))


def _communication(
    dossier: Dossier, point: ContactPoint, state: str, **fields: Any
) -> Communication:
    facts: dict[str, Any] = {
        "id": new_id(),
        "request_id": dossier.request.id,
        "person_id": point.person_id,
        "definition": "BILL-READY",
        "version": 1,
        "channel": point.channel,
        "contact_point_id": point.id,
        "language": "en",
        "state": state,
        "final": state in COMMUNICATION.terminal,
        "created_at": NOW,
        "updated_at": NOW,
    }
    communication = Communication(**(facts | fields))
    dossier.add(communication)
    return communication


async def attempted(
    database: Database, communication_id: UUID, *outcomes: str | None
) -> list[DeliveryAttempt]:
    """Attempts that were made before, each with how it ended; None is still in flight."""
    rows = [
        DeliveryAttempt(
            communication_id=communication_id,
            number=number,
            adapter="smtp",
            started_at=NOW,
            finished_at=None if outcome is None else NOW,
            outcome=outcome,
        )
        for number, outcome in enumerate(outcomes, start=1)
    ]
    async with database.begin() as session:
        session.add_all(rows)
        row = await session.get_one(Communication, communication_id)
        row.attempts = len(rows)
    return rows


async def communication(database: Database, communication_id: UUID) -> Communication:
    async with database.read() as session:
        return await session.get_one(Communication, communication_id)


async def request(database: Database, request_id: UUID) -> CommunicationRequest:
    async with database.read() as session:
        return await session.get_one(CommunicationRequest, request_id)


async def contact(database: Database, case: Given) -> ContactPoint:
    async with database.read() as session:
        return await session.get_one(ContactPoint, case.contact_point_id)


async def attempts(database: Database, case: Given) -> Sequence[DeliveryAttempt]:
    async with database.read() as session:
        return await queries.attempts_of(session, case.communication_id)


async def updates(database: Database, case: Given) -> Sequence[StatusUpdate]:
    async with database.read() as session:
        return await queries.status_updates_of(session, case.communication_id)


async def trail(database: Database, case: Given) -> Sequence[AuditEntry]:
    async with database.read() as session:
        return await audit.entries(session, chain=chain_of(case.request_id))


async def verdicts(database: Database, case: Given) -> Sequence[DecisionVerdict]:
    mine = select(DecisionVerdict).where(DecisionVerdict.request_id == case.request_id)
    async with database.read() as session:
        return (await session.scalars(mine.order_by(col(DecisionVerdict.id)))).all()


async def owed(database: Database, case: Given) -> Sequence[CallbackDelivery]:
    mine = select(CallbackDelivery).where(CallbackDelivery.lane == case.request_id)
    async with database.read() as session:
        return (await session.scalars(mine.order_by(col(CallbackDelivery.place)))).all()


async def rows(database: Database, table: type[_Row]) -> Sequence[_Row]:
    """Every row of a table, in the order they came to be."""
    async with database.read() as session:
        return (await session.scalars(select(table).order_by(col(table.id)))).all()


async def count(database: Database, table: type[SQLModel]) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
