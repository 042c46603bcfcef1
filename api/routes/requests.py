"""Communication requests: ask, look, and change their course."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from api.dependencies import Creator, House, HouseDep, Manager, Reader, Reading
from api.models import Listed, Page, States, Story
from api.routes.communications import CommunicationRead
from openccm.access.caller import Caller
from openccm.access.reach import require_within, within
from openccm.communications import commands, queries
from openccm.communications.accept import Ask
from openccm.communications.dry_run import dry_run
from openccm.communications.intake import take_in
from openccm.communications.tables import CommunicationRequest
from openccm.errors import DeniedError
from openccm.platform.temporal import run_id
from openccm.repository.audience import permit

router = APIRouter(prefix="/v1/requests", tags=["requests"])

Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:/-]+$")]


class DryRunCreate(BaseModel):
    """What would be asked."""

    model_config = ConfigDict(extra="forbid")

    definition: Annotated[str, Field(max_length=60, description="Code of the communication.")]
    person: Annotated[Key | None, Field(description="The person's key.")] = None
    account: Annotated[Key | None, Field(description="The account's key.")] = None
    payload: Annotated[
        dict[str, JsonValue],
        Field(description="Data the definition takes from its caller, nested or dotted."),
    ] = {}
    channel: Annotated[
        str | None, Field(max_length=40, description="Use this channel and no other.")
    ] = None
    send_after: Annotated[
        AwareDatetime | None, Field(description="Do not send before; with a zone.")
    ] = None


class RequestCreate(DryRunCreate):
    """What is asked for."""

    idempotency_key: Annotated[
        Key,
        Field(
            max_length=120,
            description="Your business key of this ask, e.g. an invoice number. The same key "
            "again gets the same request. It names the run that supervisors see, so never put "
            "personal data into it.",
        ),
    ]
    priority: Annotated[int, Field(ge=1, le=3, description="1 overtakes 2 overtakes 3.")] = 2
    correlation: Annotated[
        dict[str, JsonValue], Field(description="Echoed in every callback.")
    ] = {}


class RequestRead(Listed):
    """A request as it stands."""

    system: str
    idempotency_key: str
    definition: str
    version: int
    state: str
    reason: str | None
    priority: int
    person: str | None
    account: str | None
    channel: str | None
    send_after: datetime | None
    correlation: dict[str, Any]
    copy_of: UUID | None
    duplicate_of: UUID | None
    trigger_id: Annotated[UUID | None, Field(description="The event that led to it.")]
    run: Annotated[str, Field(description="Its run, as supervisors find it in Temporal.")]
    received_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, request: CommunicationRequest) -> "RequestRead":
        """The public face of a row."""
        return cls(
            system=request.system_code,
            person=request.person_key,
            account=request.account_key,
            channel=request.channel_override,
            run=run_id(request.definition, request.system_code, request.idempotency_key),
            **request.model_dump(
                exclude={"system_code", "person_key", "account_key", "channel_override"}
            ),
        )


class Reason(BaseModel):
    """Why a person or a system steps in."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class ResendCreate(BaseModel):
    """A copy of a request, sent anew with the data of today."""

    model_config = ConfigDict(extra="forbid")

    idempotency_key: Annotated[Key, Field(max_length=120)]
    channel: Annotated[str | None, Field(max_length=40)] = None


class DryRunRead(BaseModel):
    """What would happen now, and what the recipient would get."""

    outcome: str
    reason: str | None
    channel: str | None
    language: str | None
    not_before: datetime | None
    steps: list[Story]
    preview: dict[str, str]


async def _own(house: House, caller: Caller, request_id: UUID) -> CommunicationRequest:
    """The request, if it is this caller's to see.

    Raises:
        DeniedError: It belongs to another system.
        HiddenError: It is about somebody of another division.
    """
    async with house.desk.database.read() as session:
        request = await queries.request_by_id(session, request_id)
        await require_within(session, caller, "request", CommunicationRequest, request_id)
    if not caller.sees(request.system_code):
        raise DeniedError("This request belongs to another core system.")
    return request


@router.post("", status_code=HTTPStatus.ACCEPTED)
async def create_request(
    body: RequestCreate, house: HouseDep, caller: Creator, response: Response
) -> RequestRead:
    """Ask for a communication. The same idempotency key again gets the same request."""
    async with house.desk.database.read() as session:
        await permit(session, caller, body.definition)
    ask = Ask(**body.model_dump())
    request, replayed = await take_in(house.desk, house.engine, ask, caller=caller)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return RequestRead.of(request)


@router.post("/dry-run")
async def create_dry_run(body: DryRunCreate, house: HouseDep, caller: Creator) -> DryRunRead:
    """What would be sent now, and why: no row is written and no provider is called."""
    async with house.desk.database.read() as session:
        await permit(session, caller, body.definition)
    ask = Ask(idempotency_key="dry-run", **body.model_dump())
    outcome = await dry_run(house.desk, ask)
    return DryRunRead(
        outcome=outcome.outcome,
        reason=outcome.reason,
        channel=outcome.channel,
        language=outcome.language,
        not_before=outcome.not_before,
        steps=[Story.of(told) for told in outcome.steps],
        preview=outcome.preview,
    )


@router.get("")
async def list_requests(
    session: Reading,
    caller: Reader,
    state: States = None,
    definition: Annotated[str | None, Query(max_length=60)] = None,
    system: Annotated[str | None, Query(max_length=40)] = None,
    reason: Annotated[str | None, Query(max_length=200)] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    idempotency_key: Annotated[str | None, Query(max_length=120)] = None,
    since: Annotated[AwareDatetime | None, Query(description="Received then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Received before.")] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[RequestRead]:
    """Newest first."""
    rows = await queries.requests(
        session,
        system_code=system if "request:all" in caller.scopes else caller.system_code,
        within=within(caller, CommunicationRequest),
        state=state,
        definition=definition,
        reason=reason,
        person=person,
        idempotency_key=idempotency_key,
        since=since,
        until=until,
        after=after,
        limit=limit,
    )
    return Page[RequestRead].of([RequestRead.of(row) for row in rows], limit)


@router.get("/{request_id}")
async def read_request(request_id: UUID, house: HouseDep, caller: Reader) -> RequestRead:
    """One request as it stands."""
    return RequestRead.of(await _own(house, caller, request_id))


@router.get("/{request_id}/communications")
async def list_communications(
    request_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[CommunicationRead]:
    """What became of it: one communication per person, channel and contact point."""
    await _own(house, caller, request_id)
    rows = await queries.communications_of(session, request_id)
    return [CommunicationRead.of(row) for row in rows]


@router.get("/{request_id}/explanation")
async def explain_request(
    request_id: UUID, house: HouseDep, caller: Reader, session: Reading
) -> list[Story]:
    """Each step of the send decision in order: its verdict, its inputs, its versions."""
    await _own(house, caller, request_id)
    return [Story.of(told) for told in await queries.explanation(session, request_id)]


@router.post("/{request_id}/copies", status_code=HTTPStatus.ACCEPTED)
async def resend_request(
    request_id: UUID, body: ResendCreate, house: HouseDep, caller: Manager
) -> RequestRead:
    """Send it once more, as a new request that is linked to this one."""
    original = await _own(house, caller, request_id)
    ask = commands.copy(original, body.idempotency_key, body.channel)
    request, _ = await take_in(house.desk, house.engine, ask, caller=caller)
    return RequestRead.of(request)


Command = Literal["cancel", "hold", "release", "retry"]


@router.post("/{request_id}/{command}")
async def command_request(
    request_id: UUID, command: Command, body: Reason, house: HouseDep, caller: Manager
) -> RequestRead:
    """Cancel, hold, release, or try an error again; refused with the state that forbids it."""
    await _own(house, caller, request_id)
    request = await commands.command(
        house.desk, house.engine, request_id, command, body.reason, actor=caller.actor
    )
    return RequestRead.of(request)
