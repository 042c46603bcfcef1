"""Callbacks: how a core system is told of every outcome."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, Reading, Subscriber, Writing
from api.models import Listed, Page
from openccm.cases import told
from openccm.communications.lifecycles import (
    COMMUNICATION,
    COMMUNICATION_OUTCOMES,
    REQUEST,
    REQUEST_OUTCOMES,
)
from openccm.errors import InvalidError
from openccm.publishing import subscriptions
from openccm.publishing.tables import CallbackSubscription

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])

EVENTS = (
    {f"request.{state}" for state in REQUEST.states}
    | {f"communication.{state}" for state in COMMUNICATION.states}
    | told.EVENTS
)
OUTCOMES = sorted(
    {f"request.{state}" for state in REQUEST_OUTCOMES}
    | {f"communication.{state}" for state in COMMUNICATION_OUTCOMES}
    | told.OUTCOMES
)


class CallbackCreate(BaseModel):
    """Where and of what to be told."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(min_length=1, max_length=1000, description="An https URL.")]
    events: Annotated[
        list[str],
        Field(
            max_length=60,
            description="Event types; `*`, or none, for all. Every outcome by default.",
        ),
    ] = OUTCOMES
    definitions: Annotated[
        list[str], Field(max_length=200, description="Codes; empty for all.")
    ] = []


class CallbackRead(BaseModel):
    """A subscription and what it is owed."""

    id: UUID
    url: str
    events: list[str]
    definitions: list[str]
    active: bool
    reason: str | None
    created_at: datetime
    owed: Annotated[dict[str, int], Field(description="Callbacks by state.")]


class CallbackSecret(CallbackRead):
    """A subscription with its secret, which is shown this once."""

    secret: Annotated[str, Field(description="Standard Webhooks signing secret.")]


class DeliveryRead(Listed):
    """One callback."""

    event: str
    lane: UUID
    place: int
    state: str
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None
    body: dict[str, Any]


class CallbackUpdate(BaseModel):
    """Switch a subscription off or on."""

    model_config = ConfigDict(extra="forbid")

    active: bool


class ReplayCreate(BaseModel):
    """From when on to be told again."""

    model_config = ConfigDict(extra="forbid")

    since: AwareDatetime


class ReplayRead(BaseModel):
    """How many callbacks will be told again."""

    number: int


def face(subscription: CallbackSubscription, owed: dict[str, int]) -> dict[str, Any]:
    """A subscription as it is shown: without its secrets, with what it is owed."""
    return {**subscription.model_dump(exclude={"secret", "previous_secret"}), "owed": owed}


@router.post("", status_code=HTTPStatus.CREATED)
async def create_callback(
    body: CallbackCreate, house: HouseDep, caller: Subscriber, session: Writing
) -> CallbackSecret:
    """Subscribe. The answer holds the signing secret, this once."""
    subscriptions.check_url(body.url, allow_private=house.settings.callback_private_hosts)
    for event in body.events:
        if event != "*" and event not in EVENTS:
            raise InvalidError("events", f"There is no event {event}.")
    secret = subscriptions.new_secret()
    subscription = await subscriptions.subscribe(
        session,
        house.desk.vault,
        system_code=caller.system_code,
        url=body.url,
        events=body.events,
        definitions=body.definitions,
        secret=secret,
        now=house.desk.clock(),
    )
    return CallbackSecret(**face(subscription, {}), secret=secret)


@router.get("")
async def list_callbacks(session: Reading, caller: Subscriber) -> list[CallbackRead]:
    """The caller's subscriptions."""
    rows = await subscriptions.subscriptions_of(session, caller.system_code)
    return [CallbackRead(**face(row, await subscriptions.owed(session, row.id))) for row in rows]


@router.patch("/{callback_id}")
async def update_callback(
    callback_id: UUID, body: CallbackUpdate, house: HouseDep, caller: Subscriber, session: Writing
) -> CallbackRead:
    """Pause it or take it up again; what is owed meanwhile is kept."""
    row = await subscriptions.subscription_by_id(session, callback_id, caller.system_code)
    now = house.desk.clock()
    await subscriptions.set_active(session, row, active=body.active, actor=caller.actor, now=now)
    return CallbackRead(**face(row, await subscriptions.owed(session, row.id)))


@router.post("/{callback_id}/secret")
async def rotate_callback_secret(
    callback_id: UUID, house: HouseDep, caller: Subscriber, session: Writing
) -> CallbackSecret:
    """A new secret; callbacks carry the signatures of the old and the new one."""
    row = await subscriptions.subscription_by_id(session, callback_id, caller.system_code)
    secret = await subscriptions.rotate_secret(session, house.desk.vault, row, house.desk.clock())
    owed = await subscriptions.owed(session, row.id)
    return CallbackSecret(**face(row, owed), secret=secret)


@router.post("/{callback_id}/replays", status_code=HTTPStatus.ACCEPTED)
async def replay_callback(
    callback_id: UUID, body: ReplayCreate, house: HouseDep, caller: Subscriber, session: Writing
) -> ReplayRead:
    """Be told everything since a time once more, with the same ids."""
    row = await subscriptions.subscription_by_id(session, callback_id, caller.system_code)
    number = await subscriptions.replay(
        session, row, body.since, actor=caller.actor, now=house.desk.clock()
    )
    return ReplayRead(number=number)


@router.get("/{callback_id}/deliveries")
async def list_deliveries(
    callback_id: UUID,
    session: Reading,
    caller: Subscriber,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[DeliveryRead]:
    """What was told and what is still owed, newest first."""
    row = await subscriptions.subscription_by_id(session, callback_id, caller.system_code)
    rows = await subscriptions.deliveries_of(session, row.id, after=after, limit=limit)
    items = [DeliveryRead.model_validate(each, from_attributes=True) for each in rows]
    return Page[DeliveryRead].of(items, limit)
