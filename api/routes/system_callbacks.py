"""The callbacks of any core system, as administrators see them."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.dependencies import HouseDep, Reading, SystemManager, Writing
from api.models import Listed, Page
from api.routes.callbacks import CallbackRead, CallbackUpdate, ReplayCreate, ReplayRead, face
from api.routes.systems import Code
from openccm.access.keys import system_by_code
from openccm.publishing import subscriptions

router = APIRouter(prefix="/v1/systems/{code}/callbacks", tags=["systems"])


class ToldRead(Listed):
    """One callback, without its body."""

    event: str
    state: str
    attempts: int
    next_attempt_at: datetime
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None


@router.get("")
async def list_callbacks_of(
    code: Code, session: Reading, caller: SystemManager
) -> list[CallbackRead]:
    """A core system's subscriptions and what they are owed."""
    system = await system_by_code(session, code)
    rows = await subscriptions.subscriptions_of(session, system.code)
    return [CallbackRead(**face(row, await subscriptions.owed(session, row.id))) for row in rows]


@router.patch("/{callback_id}")
async def update_callback_of(
    code: Code,
    callback_id: UUID,
    body: CallbackUpdate,
    house: HouseDep,
    session: Writing,
    caller: SystemManager,
) -> CallbackRead:
    """Pause it or take it up again; what is owed meanwhile is kept."""
    row = await subscriptions.subscription_by_id(session, callback_id, code)
    now = house.desk.clock()
    await subscriptions.set_active(session, row, active=body.active, actor=caller.actor, now=now)
    return CallbackRead(**face(row, await subscriptions.owed(session, row.id)))


@router.post("/{callback_id}/replays", status_code=HTTPStatus.ACCEPTED)
async def replay_callback_of(
    code: Code,
    callback_id: UUID,
    body: ReplayCreate,
    house: HouseDep,
    session: Writing,
    caller: SystemManager,
) -> ReplayRead:
    """Tell everything since a time once more, with the same ids."""
    row = await subscriptions.subscription_by_id(session, callback_id, code)
    number = await subscriptions.replay(
        session, row, body.since, actor=caller.actor, now=house.desk.clock()
    )
    return ReplayRead(number=number)


@router.get("/{callback_id}/deliveries")
async def list_deliveries_of(
    code: Code,
    callback_id: UUID,
    session: Reading,
    caller: SystemManager,
    state: Annotated[str | None, Query(max_length=12)] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[ToldRead]:
    """What was told and what is still owed, newest first."""
    row = await subscriptions.subscription_by_id(session, callback_id, code)
    rows = await subscriptions.deliveries_of(session, row.id, state=state, after=after, limit=limit)
    items = [ToldRead.model_validate(each, from_attributes=True) for each in rows]
    return Page[ToldRead].of(items, limit)
