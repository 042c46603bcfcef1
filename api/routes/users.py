"""Users, as administrators see them, and the sessions that go on."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, Reading, UserManager, Writing, changing_rights
from openccm.access import sessions, users
from openccm.access.passwords import fresh_password
from openccm.access.tables import User, UserSession
from openccm.access.users import NAME, UserFacts, fact
from openccm.platform.audit import record

router = APIRouter(prefix="/v1", tags=["users"])

Name = Annotated[str, Path(pattern=NAME, description="`ag1`; the trail says `user:ag1`.")]
Codes = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)]


class UserUpdate(BaseModel):
    """What a user is called and bears."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=120)]
    roles: Codes = []
    groups: Annotated[Codes, Field(description="From a directory, each sign-in sets them.")] = []
    active: Annotated[bool, Field(description="Off: signed out, and not let in.")] = True


class UserCreate(UserUpdate):
    """A new local user."""

    name: Annotated[str, Field(pattern=NAME)]


class UserRead(BaseModel):
    """A user."""

    name: str
    title: str
    active: bool
    roles: list[str]
    groups: list[str]
    directory: Annotated[str | None, Field(description="Where they come from; null: from here.")]
    must_change_password: bool
    created_at: datetime
    last_sign_in_at: datetime | None


class PasswordRead(BaseModel):
    """A password that is told this once."""

    name: str
    password: str
    until: Annotated[datetime, Field(description="By then they must have changed it.")]


class OpenSessionRead(BaseModel):
    """A session that goes on."""

    id: UUID
    user: str
    method: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def _read(user: User) -> UserRead:
    return UserRead(
        **user.model_dump(include=set(UserRead.model_fields)),
        directory=user.issuer,
        must_change_password=user.one_time_until is not None,
    )


def _session(row: UserSession, user: User) -> OpenSessionRead:
    return OpenSessionRead(
        **row.model_dump(include=set(OpenSessionRead.model_fields)), user=user.name
    )


def _facts(body: UserUpdate) -> UserFacts:
    return UserFacts(body.title, body.roles, body.groups, body.active)


def _told(user: User, password: str) -> PasswordRead:
    assert user.one_time_until is not None
    return PasswordRead(name=user.name, password=password, until=user.one_time_until)


@router.get("/users")
async def list_users(session: Reading, caller: UserManager) -> list[UserRead]:
    """Every user, by name."""
    return [_read(user) for user in await users.users(session)]


@router.post("/users", status_code=HTTPStatus.CREATED)
async def create_user(body: UserCreate, house: HouseDep, caller: UserManager) -> PasswordRead:
    """A new local user, and the one-time password that lets them choose their own."""
    now, password = house.desk.clock(), await fresh_password()
    async with changing_rights(house, caller) as session:
        user = await users.create_user(
            session, body.name, _facts(body), actor=caller.actor, now=now
        )
        await users.reset_password(session, user, password, actor=caller.actor, now=now)
    return _told(user, password.plain)


@router.get("/users/{name}")
async def read_user(name: Name, session: Reading, caller: UserManager) -> UserRead:
    """A user."""
    return _read(await users.user_by_name(session, name))


@router.put("/users/{name}")
async def change_user(
    name: Name, body: UserUpdate, house: HouseDep, caller: UserManager
) -> UserRead:
    """Change what a user is called and bears, or switch them off."""
    now = house.desk.clock()
    async with changing_rights(house, caller) as session:
        user = await users.change_user(session, name, _facts(body), actor=caller.actor, now=now)
    return _read(user)


@router.post("/users/{name}/password")
async def reset_password(
    name: Name, house: HouseDep, session: Writing, caller: UserManager
) -> PasswordRead:
    """Give a user a one-time password; they are signed out and must change it."""
    password = await fresh_password()
    user = await users.user_by_name(session, name)
    now = house.desk.clock()
    await users.reset_password(session, user, password, actor=caller.actor, now=now)
    return _told(user, password.plain)


@router.get("/sessions")
async def list_sessions(
    house: HouseDep,
    session: Reading,
    caller: UserManager,
    user: Annotated[str | None, Query(pattern=NAME)] = None,
) -> list[OpenSessionRead]:
    """The sessions that go on, the latest first."""
    limits, now = house.reception.limits, house.desk.clock()
    return [_session(*each) for each in await sessions.sessions(session, limits, now, user)]


@router.delete("/sessions/{session_id}", status_code=HTTPStatus.NO_CONTENT)
async def end_session(
    session_id: UUID, house: HouseDep, session: Writing, caller: UserManager
) -> None:
    """Sign somebody out."""
    now = house.desk.clock()
    user = await sessions.end_session(session, session_id, now=now)
    detail = {"session": str(session_id)}
    await record(session, [fact(user, "session.ended", caller.actor, now, detail)])
