"""Errors by cause, and retrying all that one cause stopped."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, Operator, Reading
from openccm.communications.causes import causes, retry_cause

router = APIRouter(prefix="/v1/errors", tags=["errors"])


class CauseRead(BaseModel):
    """What stopped how many, since when."""

    definition: str
    stopped: Annotated[str, Field(description="`request` or `communication`.")]
    reason: str
    number: int
    since: datetime


class RetryCreate(BaseModel):
    """Which cause was mended."""

    model_config = ConfigDict(extra="forbid")

    definition: Annotated[str, Field(max_length=60)]
    reason: Annotated[str, Field(max_length=60, description="As listed.")]
    why: Annotated[str, Field(min_length=1, max_length=200, description="What was mended.")]
    limit: Annotated[int, Field(ge=1, le=1000)] = 500


class RetryRead(BaseModel):
    """How many go on."""

    retried: int


@router.get("")
async def list_causes(session: Reading, caller: Operator) -> list[CauseRead]:
    """Everything in `error` by definition and cause, the largest group first."""
    return [
        CauseRead.model_validate(cause, from_attributes=True) for cause in await causes(session)
    ]


@router.post("/retry")
async def retry_errors(body: RetryCreate, house: HouseDep, caller: Operator) -> RetryRead:
    """Retry all that a cause stopped; one that cannot go on does not hold the others."""
    retried = await retry_cause(
        house.desk,
        house.engine,
        body.definition,
        body.reason,
        body.why,
        actor=caller.actor,
        limit=body.limit,
    )
    return RetryRead(retried=retried)
