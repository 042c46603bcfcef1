"""Premises: where they are, and who is there."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import IdentifierModel, Key, PremiseUpdate, StayModel, into_reach, within_reach
from openccm.parties.objects import names_of, needed, new_key, stands
from openccm.parties.premises import put_premise, stays_at
from openccm.parties.tables import Premise

router = APIRouter(prefix="/v1/premises", tags=["premises"])


class PremiseCreate(PremiseUpdate):
    """A new premise."""

    origin: Annotated[str, Field(max_length=80)] = ""


class PremiseRead(BaseModel):
    """A premise as known here."""

    id: UUID
    key: str
    lines: list[str]
    service_point: str
    division: str
    identifiers: list[IdentifierModel]
    now: Annotated[list[StayModel], Field(description="Who is there today.")]
    occupants: Annotated[list[StayModel], Field(description="All, the latest first.")]


async def _read(session: AsyncSession, premise: Premise, today: date) -> PremiseRead:
    names = await names_of(session, premise.id)
    stays = await stays_at(session, premise.id)
    told = [StayModel.model_validate(stay, from_attributes=True) for stay in stays]
    return PremiseRead(
        **premise.model_dump(include={"id", "key", "lines", "service_point", "division"}),
        identifiers=[IdentifierModel(kind=name.kind, value=name.value) for name in names],
        now=[stay for stay in told if stands(stay, today)],
        occupants=told,
    )


@router.post("", status_code=HTTPStatus.CREATED)
async def create_premise(
    body: PremiseCreate, house: HouseDep, caller: PartyWriter, session: Writing
) -> PremiseRead:
    """A new premise under a key of ours."""
    await into_reach(house, caller, body)
    now = house.desk.clock()
    premise = await put_premise(
        session,
        await new_key(session, Premise),
        body.facts(),
        actor=caller.actor,
        now=now,
        origin=body.origin or caller.system_code,
    )
    return await _read(session, premise, now.date())


@router.put("/{key}")
async def replace_premise(
    key: Key, body: PremiseUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> PremiseRead:
    """Make a premise known, or bring what is known up to date."""
    await within_reach(house, caller, "premise", key)
    await into_reach(house, caller, body)
    now = house.desk.clock()
    premise = await put_premise(session, key, body.facts(), actor=caller.actor, now=now)
    return await _read(session, premise, now.date())


@router.get("/{key}")
async def read_premise(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> PremiseRead:
    """A premise with who is there now, and who was before."""
    await within_reach(house, caller, "premise", key)
    premise = await needed(session, Premise, key)
    return await _read(session, premise, house.desk.clock().date())
