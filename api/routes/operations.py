"""The operations board."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import HouseDep, Operator
from openccm.overview.board import board

router = APIRouter(prefix="/v1/operations", tags=["operations"])


class HourRead(BaseModel):
    """What happened within one hour."""

    since: datetime
    received: int
    communications: int
    wrong: Annotated[int, Field(description="Of them: not arrived, or in error.")]


class BacklogRead(BaseModel):
    """How many are in a state that is no end, and since when there is the first of them."""

    kind: Literal["request", "communication", "instance"]
    state: str
    count: int
    since: datetime


class OnChannelRead(BaseModel):
    """The communications of a channel."""

    channel: str
    gone: int
    wrong: int
    others: int


class FailureRead(BaseModel):
    """How many ended, or stand, badly for one reason."""

    kind: Literal["request", "communication"]
    channel: str | None
    state: str
    reason: str | None
    count: int


class BehindRead(BaseModel):
    """The callbacks that a core system is still owed."""

    system: str
    count: int
    since: datetime
    attempts: Annotated[int, Field(description="The most that one of them took so far.")]


class BoardRead(BaseModel):
    """Volumes, ages and failures at one instant."""

    at: datetime
    since: Annotated[datetime, Field(description="Volumes and failures are from then on.")]
    hours: list[HourRead]
    waiting: Annotated[list[BacklogRead], Field(description="The longest first.")]
    channels: list[OnChannelRead]
    failures: Annotated[list[FailureRead], Field(description="The most frequent first.")]
    callbacks: list[BehindRead]
    overdue_deeds: Annotated[int, Field(description="What the relay has not done, but should.")]


@router.get("")
async def read_board(house: HouseDep, caller: Operator) -> BoardRead:
    """What came in and left within a day, what waits, and what went wrong."""
    async with house.desk.database.snapshot() as session:
        found = await board(session, house.desk.clock())
    return BoardRead.model_validate(asdict(found))
