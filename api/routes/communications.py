"""Communications: their state, attempts, documents, and what is reported of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import House, HouseDep, Reader, Reading, Reporter
from api.models import Listed, Page, States, Story
from openccm.access.caller import Caller
from openccm.access.reach import require_within, within
from openccm.communications import queries
from openccm.communications.commands import wake
from openccm.communications.status import Report
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.errors import DeniedError
from openccm.letters.answers import report_letter

router = APIRouter(prefix="/v1/communications", tags=["communications"])


class CommunicationRead(Listed):
    """A communication as it stands."""

    request_id: UUID
    definition: str
    version: int
    fragments: Annotated[
        dict[str, int], Field(description="The version of each fragment in what was composed.")
    ]
    channel: str
    language: str
    state: str
    reason: str | None
    evidence: Annotated[str, Field(description="How sure it is that it arrived.")]
    fallback_of: UUID | None
    document_hash: str | None
    not_before: datetime | None
    attempts: int
    provider_reference: str | None
    final: Annotated[bool, Field(description="Nothing more is expected of it.")]
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, communication: Communication) -> "CommunicationRead":
        """The public face of a row."""
        return cls.model_validate(communication, from_attributes=True)


class CommunicationListed(CommunicationRead):
    """A communication in a list, with whom it is for and who asked."""

    system: str
    idempotency_key: str
    person: str | None


class AttemptRead(BaseModel):
    """One try at handing over."""

    number: int
    adapter: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    detail: str | None
    reference: str | None


class StatusRead(BaseModel):
    """A fact that was reported."""

    source: str
    event_key: str
    status: str
    detail: str | None
    occurred_at: datetime
    received_at: datetime
    applied: bool


class DocumentRead(BaseModel):
    """A stored rendition; its bytes are at ``/v1/documents/{id}``."""

    id: UUID
    part: str
    hash: str
    media_type: str
    size: int
    pages: int | None
    storage: str
    created_at: datetime


class StatusCreate(BaseModel):
    """What became of a communication that was handed over."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[str, Field(max_length=24)]
    source: Annotated[str, Field(min_length=1, max_length=60)]
    event_id: Annotated[
        str, Field(min_length=1, max_length=200, description="The same one twice changes nothing.")
    ]
    occurred_at: AwareDatetime
    detail: Annotated[str | None, Field(max_length=200)] = None


async def own_communication(
    house: House, caller: Caller, communication_id: UUID
) -> tuple[Communication, CommunicationRequest]:
    """The communication and its request, if they are this caller's to see.

    Raises:
        DeniedError: They belong to another system.
        HiddenError: They are about somebody of another division.
    """
    async with house.desk.database.read() as session:
        communication = await queries.communication_by_id(session, communication_id)
        request = await queries.request_by_id(session, communication.request_id)
        await require_within(session, caller, "communication", Communication, communication_id)
        await require_within(session, caller, "request", CommunicationRequest, request.id)
    if not caller.sees(request.system_code):
        raise DeniedError("This communication belongs to another core system.")
    return communication, request


@router.get("")
async def list_all_communications(
    session: Reading,
    caller: Reader,
    state: States = None,
    definition: Annotated[str | None, Query(max_length=60)] = None,
    channel: Annotated[str | None, Query(max_length=40)] = None,
    system: Annotated[str | None, Query(max_length=40)] = None,
    reason: Annotated[str | None, Query(max_length=200)] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    final: Annotated[bool | None, Query(description="Nothing more is expected of it.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Made then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Made before.")] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[CommunicationListed]:
    """Newest first."""
    rows = await queries.communications(
        session,
        system_code=system if "request:all" in caller.scopes else caller.system_code,
        within=within(caller, Communication, CommunicationRequest),
        state=state,
        definition=definition,
        channel=channel,
        reason=reason,
        person=person,
        final=final,
        since=since,
        until=until,
        after=after,
        limit=limit,
    )
    return Page[CommunicationListed].of([_listed(*row) for row in rows], limit)


def _listed(row: Communication, request: CommunicationRequest) -> CommunicationListed:
    return CommunicationListed(
        **CommunicationRead.of(row).model_dump(),
        system=request.system_code,
        idempotency_key=request.idempotency_key,
        person=request.person_key,
    )


@router.get("/{communication_id}")
async def read_communication(
    communication_id: UUID, house: HouseDep, caller: Reader
) -> CommunicationRead:
    """One communication as it stands."""
    communication, _ = await own_communication(house, caller, communication_id)
    return CommunicationRead.of(communication)


@router.get("/{communication_id}/attempts")
async def list_attempts(
    communication_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[AttemptRead]:
    """Every try, first to last."""
    await own_communication(house, caller, communication_id)
    rows = await queries.attempts_of(session, communication_id)
    return [AttemptRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{communication_id}/documents")
async def list_documents(
    communication_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[DocumentRead]:
    """What is stored of it; the part ``message`` or the letter is exactly what is handed over."""
    await own_communication(house, caller, communication_id)
    rows = await queries.documents_of(session, communication_id)
    return [DocumentRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{communication_id}/explanation")
async def explain_communication(
    communication_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[Story]:
    """Each step of its send decision in order: its verdict, its inputs, its versions."""
    communication, _ = await own_communication(house, caller, communication_id)
    told = await queries.explanation(session, communication.request_id, communication_id)
    return [Story.of(each) for each in told]


@router.get("/{communication_id}/status")
async def list_status(
    communication_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[StatusRead]:
    """Every fact reported of it, those that came too late to change its state too."""
    await own_communication(house, caller, communication_id)
    rows = await queries.status_updates_of(session, communication_id)
    return [StatusRead.model_validate(row, from_attributes=True) for row in rows]


@router.post("/{communication_id}/status")
async def report_status(
    communication_id: UUID, body: StatusCreate, house: HouseDep, caller: Reporter
) -> CommunicationRead:
    """Report what became of it; a later report of an earlier status takes nothing back."""
    report = Report(
        status=body.status,
        source=f"{caller.system_code}:{body.source}",
        event_key=body.event_id,
        occurred_at=body.occurred_at,
        detail=body.detail,
    )
    async with house.desk.database.begin() as session:
        communication = await report_letter(
            session, communication_id, report, actor=caller.actor, now=house.desk.clock()
        )
    async with house.desk.database.read() as session:
        request = await queries.request_by_id(session, communication.request_id)
    await wake(house.engine, request)
    return CommunicationRead.of(communication)
