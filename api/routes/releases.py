"""Release bundles: versions that go live together or not at all."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.definitions import MOST, DefinitionRead, Effective, ReasonGiven
from api.dependencies import DefinitionReader, HouseDep, Reading, Releaser, Writing
from openccm.repository import releases
from openccm.repository.moves import By
from openccm.repository.tables import ReleaseBundle

router = APIRouter(prefix="/v1/releases", tags=["definitions"])


class MemberGiven(BaseModel):
    """One version of a release."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(max_length=60)]
    version: Annotated[int, Field(ge=1, le=MOST)]


class BundleCreate(BaseModel):
    """What shall go live together."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=120)]
    versions: Annotated[list[MemberGiven], Field(min_length=1, max_length=200)]


class BundleRead(BaseModel):
    """A release bundle."""

    id: UUID
    title: str
    state: str
    created_by: str
    created_at: datetime
    effective_from: datetime | None


class BundleDetail(BundleRead):
    """A release bundle with its versions."""

    versions: list[DefinitionRead]


@router.post("", status_code=HTTPStatus.CREATED)
async def create_release(
    body: BundleCreate, house: HouseDep, caller: Releaser, session: Writing
) -> BundleDetail:
    """Put versions that are on their way together."""
    members = [(each.code, each.version) for each in body.versions]
    by = By(caller.actor, house.desk.clock())
    return await _shown(session, await releases.create_release(session, body.title, members, by))


@router.get("")
async def list_releases(session: Reading, caller: DefinitionReader) -> list[BundleRead]:
    """The newest hundred."""
    rows = await releases.releases(session)
    return [BundleRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{release_id}")
async def read_release(
    release_id: UUID, session: Reading, caller: DefinitionReader
) -> BundleDetail:
    """A release with its versions."""
    return await _shown(session, await releases.release_of(session, release_id))


@router.post("/{release_id}/publish")
async def publish_release(
    release_id: UUID, body: Effective, house: HouseDep, caller: Releaser, session: Writing
) -> BundleDetail:
    """Bring all versions into force, now or at one instant; refused unless all are approved."""
    by = By(caller.actor, house.desk.clock())
    release = await releases.publish_release(session, release_id, body.instant(), by)
    return await _shown(session, release)


@router.post("/{release_id}/cancel")
async def cancel_release(
    release_id: UUID, body: ReasonGiven, house: HouseDep, caller: Releaser, session: Writing
) -> BundleDetail:
    """Take a release apart; its versions go on alone."""
    by = By(caller.actor, house.desk.clock())
    return await _shown(
        session, await releases.cancel_release(session, release_id, body.reason, by)
    )


async def _shown(session: AsyncSession, release: ReleaseBundle) -> BundleDetail:
    rows = await releases.members_of(session, release.id)
    return BundleDetail(**release.model_dump(), versions=[DefinitionRead.of(row) for row in rows])
