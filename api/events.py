"""How events are told over HTTP: as plain JSON, and as CloudEvents 1.0 in their three modes."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, NoReturn, TypeVar, cast
from urllib.parse import unquote

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    TypeAdapter,
    ValidationError,
)

from openccm.events.intake import MAX_BATCH, Incoming

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"

_EXTENSION = r"^[a-z0-9]{1,60}$"
_PREFIX = "ce-"

EventId = Annotated[str, Field(min_length=1, max_length=120)]
EventType = Annotated[
    str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$")
]
Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:/-]+$")]
Data = dict[str, JsonValue]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("This moment is out of reach.") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class EventCreate(BaseModel):
    """Something that has happened."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        EventId,
        Field(
            description="Your own id of it. The same id again is the same event and changes"
            " nothing; so never put personal data into it."
        ),
    ]
    type: Annotated[EventType, Field(description="What kind, e.g. `overdue.event.activated`.")]
    occurred_at: Annotated[
        Moment | None, Field(description="When, with a zone; now where it is left out.")
    ] = None
    person: Annotated[Key | None, Field(description="The person's key.")] = None
    account: Annotated[Key | None, Field(description="The account's key.")] = None
    premise: Annotated[Key | None, Field(description="The premise's key.")] = None
    data: Annotated[Data, Field(description="Its facts, nested or dotted.")] = {}

    def incoming(self) -> Incoming:
        """As the core takes it."""
        return Incoming(event_id=self.id, **self.model_dump(exclude={"id"}))


class CloudEvent(BaseModel):
    """A CloudEvent 1.0 with JSON data; `person`, `account` and `premise` are extensions."""

    model_config = ConfigDict(extra="allow")

    __pydantic_extra__: dict[str, str | int | bool] = Field(init=False)  # pyright: ignore[reportIncompatibleVariableOverride]

    specversion: Literal["1.0"]
    id: EventId
    source: Annotated[str, Field(min_length=1, max_length=300)]
    type: EventType
    time: Moment | None = None
    subject: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    datacontenttype: Annotated[str | None, Field(max_length=100)] = None
    dataschema: Annotated[str | None, Field(min_length=1, max_length=300)] = None
    person: Key | None = None
    account: Key | None = None
    premise: Key | None = None
    data: Data | None = None

    def incoming(self) -> Incoming:
        """As the core takes it."""
        named = {"subject": self.subject, "dataschema": self.dataschema}
        attributes: dict[str, Any] = {name: value for name, value in named.items() if value}
        return Incoming(
            event_id=self.id,
            type=self.type,
            origin=self.source,
            occurred_at=self.time,
            person=self.person,
            account=self.account,
            premise=self.premise,
            data=self.data or {},
            attributes=attributes | self.__pydantic_extra__,
        )


class EventBatch(BaseModel):
    """Up to a thousand events; each has its own verdict."""

    model_config = ConfigDict(extra="forbid")

    events: Annotated[list[Any], Field(min_length=1, max_length=MAX_BATCH)]


_Model = TypeVar("_Model", bound=BaseModel)
_BATCH: TypeAdapter[list[Any]] = TypeAdapter(
    Annotated[list[Any], Field(min_length=1, max_length=MAX_BATCH)]
)
_NAMES: TypeAdapter[dict[str, Any]] = TypeAdapter(
    dict[Annotated[str, Field(pattern=_EXTENSION)], Any]
)


async def read_event(request: Request) -> Incoming:
    """The one event of an HTTP request, in whichever way it is told.

    Raises:
        RequestValidationError: It is none.
    """
    content = await request.body()
    if f"{_PREFIX}specversion" in request.headers:
        data = _decoded(content) if content else None
        return _cloud_event(_binary(request.headers, data)).incoming()
    body = _decoded(content)
    if _media_type(request) == STRUCTURED:
        return _cloud_event(body).incoming()
    return _validated(EventCreate, body).incoming()


async def read_batch(request: Request) -> list[Incoming | RequestValidationError]:
    """The events of an HTTP request in their order; one that is none has its own error.

    Raises:
        RequestValidationError: It is no batch at all.
    """
    body = _decoded(await request.body())
    if _media_type(request) == BATCHED:
        try:
            members = _BATCH.validate_python(body)
        except ValidationError as error:
            raise _refusal(error) from None
        return [_member(each, clouds=True) for each in members]
    return [_member(each, clouds=False) for each in _validated(EventBatch, body).events]


def _member(body: Any, *, clouds: bool) -> Incoming | RequestValidationError:
    is_cloud = clouds or (isinstance(body, Mapping) and "specversion" in body)
    try:
        told = _cloud_event(body) if is_cloud else _validated(EventCreate, body)
        return told.incoming()
    except RequestValidationError as error:
        return error


def _cloud_event(body: Any) -> CloudEvent:
    """A CloudEvent whose names and content are as its specification says."""
    if isinstance(body, Mapping):
        given = cast(Mapping[str, Any], body)
        if "data_base64" in given:
            _refuse("data_base64", "Data must be JSON, not base64.")
        content = given.get("datacontenttype")
        if isinstance(content, str) and not _is_json(content):
            _refuse("datacontenttype", "Data must be JSON.")
        try:
            _NAMES.validate_python(given)
        except ValidationError:
            _refuse("attributes", "Names of attributes are small letters and digits.")
        body = {name: value for name, value in given.items() if value is not None}
    return _validated(CloudEvent, body)


def _binary(headers: Mapping[str, str], body: Any) -> dict[str, Any]:
    """The CloudEvent whose attributes are headers and whose data is the body."""
    attributes: dict[str, Any] = {
        name.removeprefix(_PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }
    attributes["datacontenttype"] = headers.get("content-type") or "application/json"
    attributes["data"] = body
    return attributes


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media in ("application/json", "text/json") or media.endswith("+json")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _decoded(body: bytes) -> Any:
    """JSON that a database can keep, too: without numbers that are none."""
    try:
        return json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        _refuse("content", "The body is not JSON.")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _no_number(_text: str) -> NoReturn:
    raise ValueError("not finite")


def _validated(model: type[_Model], body: Any) -> _Model:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> RequestValidationError:
    return RequestValidationError(error.errors(include_url=False, include_context=False))


def _refuse(field: str, message: str) -> NoReturn:
    raise RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": message}])
