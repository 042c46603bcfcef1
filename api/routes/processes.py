"""Processes under way: how many instances stand at each step, and moving them to a version."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, ProcessManager, ProcessReader, Reading
from api.routes.requests import Reason
from openccm.access.keys import Caller
from openccm.errors import NotFoundError
from openccm.processes import queries
from openccm.processes.migration import migrate_all

router = APIRouter(prefix="/v1/processes", tags=["processes"])

_PAUSE = 1.0
"""Seconds between two looks for whoever watches."""

Version = Annotated[int, Field(ge=1, le=1_000_000)]


class StandingRead(BaseModel):
    """How many instances stand at a step in a state, and since when the first of them does."""

    version: int
    step: str
    state: str
    count: int
    since: datetime


class VersionRead(BaseModel):
    """How many instances of a version are in a state."""

    version: int
    state: str
    count: int


class CountsRead(BaseModel):
    """Where the instances of a process are, those that have ended among them."""

    process: str
    versions: list[VersionRead]
    standing: list[StandingRead]


class MigrationCreate(Reason):
    """Which instances are moved, where to and why."""

    model_config = ConfigDict(extra="forbid")

    from_version: Version
    to_version: Version
    trial: Annotated[bool, Field(description="Change nothing; say what would become of each.")] = (
        False
    )
    after: Annotated[
        UUID | None, Field(description="The `next` of the answer before, to go on from there.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=500, description="How many are looked at.")] = 200


class RefusedRead(BaseModel):
    """An instance that stays, and what stands in its way."""

    id: UUID
    obstacles: list[str]


class MigrationRead(BaseModel):
    """What became of the instances that were looked at."""

    moved: list[UUID]
    refused: list[RefusedRead]
    next: UUID | None


async def _known(code: str, session: Reading, caller: ProcessReader) -> Caller:
    """The reader of a process that is there."""
    if not await queries.is_known(session, code):
        raise NotFoundError("process", code)
    return caller


KnownReader = Annotated[Caller, Depends(_known, scope="function")]


@router.get("/{code}/counts")
async def read_counts(code: str, session: Reading, caller: KnownReader) -> CountsRead:
    """How many instances stand at each step, by version and state."""
    return await _counts(session, code, caller)


@router.get("/{code}/counts/stream", response_class=EventSourceResponse)
async def watch_counts(
    code: str, house: HouseDep, caller: KnownReader
) -> AsyncIterator[ServerSentEvent]:
    """The counts now, and again whenever they have changed, as server-sent events `counts`."""
    told: CountsRead | None = None
    while True:
        async with house.desk.database.read() as session:
            counts = await _counts(session, code, caller)
        if counts != told:
            told = counts
            yield ServerSentEvent(event="counts", data=counts)
        await asyncio.sleep(_PAUSE)


@router.post("/{code}/migrations")
async def migrate_instances(
    code: str, body: MigrationCreate, house: HouseDep, caller: ProcessManager
) -> MigrationRead:
    """Move the instances of a version that can be moved safely; the others stay, and say why."""
    told = await migrate_all(
        house.processes,
        code,
        (body.from_version, body.to_version),
        body.reason,
        actor=caller.actor,
        system_code=_own(caller),
        after=body.after,
        limit=body.limit,
        trial=body.trial,
    )
    refused = [RefusedRead(id=key, obstacles=found) for key, found in told.refused.items()]
    return MigrationRead(moved=told.moved, refused=refused, next=told.last)


def _own(caller: Caller) -> str | None:
    """The core system whose instances are meant; all for whoever may see all."""
    return None if "request:all" in caller.scopes else caller.system_code


async def _counts(session: AsyncSession, code: str, caller: Caller) -> CountsRead:
    own = _own(caller)
    states: Sequence[tuple[int, str, int]] = await queries.states(session, code, own)
    return CountsRead(
        process=code,
        versions=[
            VersionRead(version=version, state=state, count=count)
            for version, state, count in states
        ],
        standing=[
            StandingRead(version=version, step=step, state=state, count=count, since=since)
            for version, step, state, count, since in await queries.standing(session, code, own)
        ],
    )
