"""System events: tell, look, resolve, cancel, retry."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import EventReader, EventTeller, House, HouseDep, Reading
from api.errors import refusal_of
from api.events import (
    STRUCTURED,
    CloudEvent,
    EventBatch,
    EventCreate,
    EventId,
    read_batch,
    read_event,
)
from api.models import Listed, Page
from openccm.access.caller import Caller
from openccm.access.reach import require_within, within
from openccm.errors import DeniedError, OpenCCMError
from openccm.events import commands, queries
from openccm.events.intake import Incoming, Taken, Told, take
from openccm.events.tables import EventEffect, SystemEvent

router = APIRouter(prefix="/v1/events", tags=["events"])

Command = Literal["resolve", "cancel", "retry"]

_NAMES = {"person_key": "person", "account_key": "account", "premise_key": "premise"}


class EventRead(Listed):
    """An event as it stands."""

    event_id: str
    source: str
    origin: Annotated[str, Field(description="The `source` of a CloudEvent, else empty.")]
    type: str
    person: str | None
    account: str | None
    premise: str | None
    data: dict[str, Any]
    attributes: dict[str, Any]
    occurred_at: datetime
    received_at: datetime
    state: str
    reason: str | None
    trigger: Annotated[str, Field(description="`open`, `resolved` or `cancelled`.")]
    resolved_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, event: SystemEvent) -> "EventRead":
        """The public face of a row."""
        return cls(**_named(event.model_dump()))


class EffectRead(BaseModel):
    """What one deed of one binding made of an event."""

    binding: str
    version: int
    sequence: int
    number: int
    deed: str
    entry: Annotated[str, Field(description="The entry of a list it was done for, if any.")]
    state: str
    reason: str | None
    says: str | None
    created_id: UUID | None
    at: datetime

    @classmethod
    def of(cls, effect: EventEffect) -> "EffectRead":
        """The public face of a row."""
        return cls(**effect.model_dump(exclude={"id", "event_id"}))


class EventDetail(EventRead):
    """An event with what came of it."""

    effects: list[EffectRead]


class BatchItem(BaseModel):
    """The verdict on one event of a batch."""

    index: int
    status: Annotated[int, Field(description="202, 409 or 422, as if it had come alone.")]
    id: UUID | None = None
    event_id: str | None = None
    state: str | None = None
    replayed: bool = False
    problem: Annotated[
        dict[str, Any] | None, Field(description="Why it was refused, by RFC 9457.")
    ] = None


class BatchRead(BaseModel):
    """The verdicts in the order of the events."""

    accepted: int
    replayed: int
    refused: int
    items: list[BatchItem]


class UnmappedRead(BaseModel):
    """Events that no binding took."""

    source: str
    type: str
    reason: Annotated[
        str, Field(description="`no_binding` for this type, or none whose `condition` held.")
    ]
    count: int
    first_at: datetime
    last_at: datetime


class CommandCreate(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class KeyedCommand(CommandCreate):
    """Which event, by its source's own id, and why."""

    event_id: EventId
    origin: Annotated[str, Field(max_length=300)] = ""
    source: Annotated[
        str | None, Field(max_length=40, description="The core system; the caller's own if none.")
    ] = None


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's columns as the API calls them."""
    return {_NAMES.get(column, column): value for column, value in row.items()}


def _body(**kinds: type[BaseModel]) -> dict[str, Any]:
    """What the description says of a body that is read by its media type."""
    content = {media: {"schema": _described(kind)} for media, kind in kinds.items()}
    return {"requestBody": {"required": True, "content": content}}


def _described(kind: type[BaseModel]) -> dict[str, Any]:
    """A model's schema; what it refers to stands among the document's components."""
    schema = kind.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    return schema


def _visible(caller: Caller) -> str | None:
    """The core system whose events a caller sees; None for those of all."""
    return None if "request:all" in caller.scopes else caller.system_code


async def _own(house: House, caller: Caller, event: SystemEvent) -> SystemEvent:
    """The event, if it is this caller's to see.

    Raises:
        DeniedError: It belongs to another system.
        HiddenError: It is about somebody of another division.
    """
    async with house.desk.database.read() as session:
        await require_within(session, caller, "event", SystemEvent, event.id)
    if not caller.sees(event.source):
        raise DeniedError("This event belongs to another core system.")
    return event


@router.post(
    "",
    status_code=HTTPStatus.ACCEPTED,
    openapi_extra=_body(**{"application/json": EventCreate, STRUCTURED: CloudEvent}),
)
async def tell_event(
    request: Request, house: HouseDep, caller: EventTeller, response: Response
) -> EventRead:
    """Tell of an event, as JSON or as a CloudEvent. The same id again is the same event."""
    incoming = await read_event(request)
    taken = await house.door.take(incoming, caller=caller)
    if taken.refusal is not None:
        raise taken.refusal
    if taken.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    assert taken.event is not None
    return EventRead(**_named(taken.event))


@router.post(
    "/batch",
    openapi_extra=_body(**{"application/json": EventBatch}),
)
async def tell_events(request: Request, house: HouseDep, caller: EventTeller) -> BatchRead:
    """Tell of up to 1,000 events; a bad one keeps no other out. Each has a verdict of its own."""
    told = await read_batch(request)
    fit = [Told(each, caller) for each in told if isinstance(each, Incoming)]
    taken = iter(await take(house.desk, house.door.catalogue, fit))
    items = [
        _refused(index, each)
        if isinstance(each, RequestValidationError)
        else _verdict(index, each, next(taken))
        for index, each in enumerate(told)
    ]
    replayed = sum(item.replayed for item in items)
    refused = sum(item.problem is not None for item in items)
    return BatchRead(
        accepted=len(items) - replayed - refused, replayed=replayed, refused=refused, items=items
    )


def _refused(
    index: int, error: OpenCCMError | RequestValidationError, event_id: str | None = None
) -> BatchItem:
    status, body = refusal_of(error)
    return BatchItem(index=index, status=status, event_id=event_id, problem=body)


def _verdict(index: int, incoming: Incoming, taken: Taken) -> BatchItem:
    if taken.refusal is not None:
        return _refused(index, taken.refusal, incoming.event_id)
    assert taken.event is not None
    return BatchItem(
        index=index,
        status=HTTPStatus.ACCEPTED,
        id=taken.event["id"],
        event_id=incoming.event_id,
        state=taken.event["state"],
        replayed=taken.replayed,
    )


@router.get("")
async def list_events(
    session: Reading,
    caller: EventReader,
    source: Annotated[str | None, Query(max_length=40)] = None,
    type: Annotated[str | None, Query(max_length=120)] = None,  # noqa: A002
    event_id: Annotated[str | None, Query(max_length=120)] = None,
    state: Annotated[str | None, Query(max_length=24)] = None,
    trigger: Annotated[str | None, Query(max_length=12)] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    account: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[EventRead]:
    """Newest first."""
    rows = await queries.events(
        session,
        system=_visible(caller),
        within=within(caller, SystemEvent),
        after=after,
        limit=limit,
        source=source,
        type=type,
        event_id=event_id,
        state=state,
        trigger=trigger,
        person_key=person,
        account_key=account,
    )
    return Page[EventRead].of([EventRead.of(row) for row in rows], limit)


@router.get("/unmapped")
async def list_unmapped(session: Reading, caller: EventReader) -> list[UnmappedRead]:
    """What came in and no binding took, by source and type. Publish a binding and retry them."""
    found = await queries.unmapped(session, _visible(caller), within(caller, SystemEvent))
    return [UnmappedRead.model_validate(each, from_attributes=True) for each in found]


@router.get("/{id}")
async def read_event_detail(id: UUID, house: HouseDep, caller: EventReader) -> EventDetail:  # noqa: A002
    """One event with what came of it."""
    async with house.desk.database.read() as session:
        event = await queries.event_by_id(session, id)
        effects = await queries.effects_of(session, id)
    await _own(house, caller, event)
    return EventDetail(
        **_named(event.model_dump()), effects=[EffectRead.of(each) for each in effects]
    )


@router.post("/{command}")
async def command_event_by_key(
    command: Command, body: KeyedCommand, house: HouseDep, caller: EventTeller
) -> EventRead:
    """Resolve, cancel or retry the event that its source calls so."""
    async with house.desk.database.read() as session:
        source = body.source or caller.system_code
        event = await queries.event_by_key(session, source, body.origin, body.event_id)
    return await _command(house, caller, event, command, body.reason)


@router.post("/{id}/{command}")
async def command_event(
    id: UUID,  # noqa: A002
    command: Command,
    body: CommandCreate,
    house: HouseDep,
    caller: EventTeller,
) -> EventRead:
    """Resolve or cancel what an event tells of, or decide anew what was not done."""
    async with house.desk.database.read() as session:
        event = await queries.event_by_id(session, id)
    return await _command(house, caller, event, command, body.reason)


async def _command(
    house: House, caller: Caller, event: SystemEvent, command: Command, reason: str
) -> EventRead:
    await _own(house, caller, event)
    changed = await commands.command(house.desk, event.id, command, reason, actor=caller.actor)
    return EventRead.of(changed)
