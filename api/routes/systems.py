"""Core systems and their keys."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, Reading, SystemManager, Writing
from openccm.access import keys
from openccm.communications.queries import requests_by_state
from openccm.language.scalars import KEBAB
from openccm.publishing.subscriptions import owed_to

router = APIRouter(prefix="/v1/systems", tags=["systems"])

Code = Annotated[str, Path(max_length=40, pattern=r"^[A-Z][A-Z0-9-]*$")]


class SystemUpdate(BaseModel):
    """What a core system is called."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=120)]


class SystemRead(BaseModel):
    """A core system."""

    code: str
    title: str
    active: bool
    created_at: datetime


class KeyCreate(BaseModel):
    """What a key may do and how long."""

    model_config = ConfigDict(extra="forbid")

    scopes: Annotated[list[str], Field(min_length=1, max_length=20)]
    definitions: Annotated[
        list[str] | None, Field(max_length=200, description="Codes it may use; all by default.")
    ] = None
    roles: Annotated[
        list[Annotated[str, Field(pattern=KEBAB, max_length=60)]],
        Field(max_length=50, description="What its bearer may decide, for example `legal`."),
    ] = []
    expires_at: AwareDatetime | None = None


class KeyUpdate(BaseModel):
    """When a key ends; a time in the past ends it now."""

    model_config = ConfigDict(extra="forbid")

    expires_at: AwareDatetime


class KeyRead(BaseModel):
    """A key, without the key."""

    id: UUID
    system_code: str
    scopes: list[str]
    definitions: list[str] | None
    roles: list[str]
    created_at: datetime
    expires_at: datetime | None


class KeySecret(KeyRead):
    """A new key with its plain text, which is shown this once."""

    key: str


class SystemDetail(SystemRead):
    """A core system and its traffic."""

    requests: Annotated[dict[str, int], Field(description="Its requests by state.")]
    callbacks: Annotated[dict[str, int], Field(description="What it is owed, by state.")]
    keys: list[KeyRead]


@router.get("")
async def list_systems(session: Reading, caller: SystemManager) -> list[SystemRead]:
    """Every core system."""
    rows = await keys.systems(session)
    return [SystemRead.model_validate(row, from_attributes=True) for row in rows]


@router.get("/{code}")
async def read_system(code: Code, session: Reading, caller: SystemManager) -> SystemDetail:
    """A core system: its keys, its requests by state, the callbacks it is owed."""
    system = await keys.system_by_code(session, code)
    return SystemDetail(
        **system.model_dump(),
        requests=await requests_by_state(session, code),
        callbacks=await owed_to(session, code),
        keys=[
            KeyRead.model_validate(key, from_attributes=True)
            for key in await keys.keys_of(session, code)
        ],
    )


@router.put("/{code}")
async def put_system(
    code: Code, body: SystemUpdate, house: HouseDep, caller: SystemManager, session: Writing
) -> SystemRead:
    """Make a core system known."""
    system = await keys.register_system(
        session, code, body.title, actor=caller.actor, now=house.desk.clock()
    )
    return SystemRead.model_validate(system, from_attributes=True)


@router.post("/{code}/keys", status_code=HTTPStatus.CREATED)
async def create_key(
    code: Code, body: KeyCreate, house: HouseDep, caller: SystemManager, session: Writing
) -> KeySecret:
    """A new key. The old ones stay valid until they expire, so rotation can overlap."""
    key, plain = await keys.issue_key(
        session,
        code,
        body.scopes,
        definitions=body.definitions,
        roles=body.roles,
        actor=caller.actor,
        now=house.desk.clock(),
        expires_at=body.expires_at,
    )
    return KeySecret(**key.model_dump(exclude={"hash"}), key=plain)


@router.patch("/{code}/keys/{key_id}")
async def update_key(
    code: Code,
    key_id: UUID,
    body: KeyUpdate,
    house: HouseDep,
    caller: SystemManager,
    session: Writing,
) -> KeyRead:
    """Let a key end."""
    key = await keys.expire_key(
        session, code, key_id, actor=caller.actor, at=body.expires_at, now=house.desk.clock()
    )
    return KeyRead.model_validate(key, from_attributes=True)
