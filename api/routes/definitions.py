"""Definitions: what is live, and the kill switch of each."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import AnyCaller, DefinitionManager, HouseDep, Reading, Writing
from openccm.communications.commands import release_definition
from openccm.communications.facts import standing_hold
from openccm.repository import holds

router = APIRouter(prefix="/v1/definitions", tags=["definitions"])


class DefinitionRead(BaseModel):
    """One version of a definition."""

    code: str
    kind: str
    title: str
    version: int
    digest: str
    live: bool
    published_at: datetime
    published_by: str


class DefinitionDetail(DefinitionRead):
    """The live version, and whether the kill switch is on."""

    held_by: str | None
    held_since: datetime | None


class HoldCreate(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class HoldRead(BaseModel):
    """The kill switch."""

    code: str
    by: str
    reason: str
    since: datetime


class ReleaseRead(BaseModel):
    """How many requests go on."""

    released: int


@router.get("")
async def list_definitions(session: Reading, caller: AnyCaller) -> list[DefinitionRead]:
    """What is live."""
    rows = await holds.live_versions(session)
    return [DefinitionRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{code}")
async def read_definition(code: str, session: Reading, caller: AnyCaller) -> DefinitionDetail:
    """The newest version."""
    newest = (await holds.versions_of(session, code))[0]
    hold = await standing_hold(session, code)
    return DefinitionDetail(
        **newest.model_dump(),
        held_by=hold.by if hold else None,
        held_since=hold.since if hold else None,
    )


@router.get("/{code}/versions")
async def list_versions(code: str, session: Reading, caller: AnyCaller) -> list[DefinitionRead]:
    """Every version, newest first."""
    rows = await holds.versions_of(session, code)
    return [DefinitionRead.model_validate(row, from_attributes=True) for row in rows]


@router.post("/{code}/hold")
async def hold_definition(
    code: str, body: HoldCreate, house: HouseDep, caller: DefinitionManager, session: Writing
) -> HoldRead:
    """Stop everything of this definition that has not left yet."""
    row = await holds.hold(session, code, body.reason, actor=caller.actor, now=house.desk.clock())
    return HoldRead.model_validate(row, from_attributes=True)


@router.post("/{code}/release")
async def release_held_definition(
    code: str, body: HoldCreate, house: HouseDep, caller: DefinitionManager
) -> ReleaseRead:
    """Let everything that waited go on."""
    released = await release_definition(
        house.desk, house.engine, code, body.reason, actor=caller.actor
    )
    return ReleaseRead(released=released)
