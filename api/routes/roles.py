"""Roles and groups, as administrators see them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import AnyCaller, HouseDep, Reading, UserManager, Writing, changing_rights
from openccm.access import roles
from openccm.access.keys import SCOPES
from openccm.access.tables import Role, UserGroup
from openccm.language.scalars import KEBAB

router = APIRouter(prefix="/v1", tags=["users"])

RoleCode = Annotated[str, Path(pattern=KEBAB, max_length=60)]
GroupCode = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]*$", max_length=100, description="CCM-Authors")
]
Codes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]
Title = Annotated[str, Field(min_length=1, max_length=120)]


class RoleUpdate(BaseModel):
    """A role of the company's own."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    scopes: Codes = []
    roles: Annotated[
        list[Annotated[str, Field(pattern=KEBAB, max_length=60)]],
        Field(max_length=50, description="What its bearers may decide and work on: `legal`."),
    ] = []
    divisions: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=40)]] | None,
        Field(max_length=50, description="Whose persons they see; null: other roles say so."),
    ] = None


class RoleRead(BaseModel):
    """A role."""

    code: str
    title: str
    scopes: list[str]
    roles: list[str]
    divisions: list[str] | None
    builtin: bool


class GroupUpdate(BaseModel):
    """A group and what its members bear."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    roles: Codes = []


class GroupRead(BaseModel):
    """A group."""

    code: str
    title: str
    roles: list[str]


def _role(role: Role) -> RoleRead:
    shown = role.model_dump(include=set(RoleRead.model_fields))
    return RoleRead(**shown, builtin=role.code in roles.BUILTIN)


def _group(group: UserGroup) -> GroupRead:
    return GroupRead.model_validate(group, from_attributes=True)


@router.get("/scopes")
async def list_scopes(caller: AnyCaller) -> dict[str, str]:
    """Every scope, and what it lets its bearer do."""
    return SCOPES


@router.get("/roles")
async def list_roles(session: Reading, caller: UserManager) -> list[RoleRead]:
    """Every role, the built-in ones first."""
    return [_role(role) for role in await roles.all_roles(session)]


@router.put("/roles/{code}")
async def put_role(
    code: RoleCode, body: RoleUpdate, house: HouseDep, caller: UserManager
) -> RoleRead:
    """Make a role of the company's own, or change it."""
    given = Role(code=code, **body.model_dump())
    now = house.desk.clock()
    async with changing_rights(house, caller) as session:
        role = await roles.put_role(session, given, actor=caller.actor, now=now)
    return _role(role)


@router.delete("/roles/{code}", status_code=HTTPStatus.NO_CONTENT)
async def remove_role(
    code: RoleCode, house: HouseDep, session: Writing, caller: UserManager
) -> None:
    """Take a role of the company's own away, once nobody bears it."""
    await roles.remove_role(session, code, actor=caller.actor, now=house.desk.clock())


@router.get("/groups")
async def list_groups(session: Reading, caller: UserManager) -> list[GroupRead]:
    """Every group, by code."""
    return [_group(group) for group in await roles.all_groups(session)]


@router.put("/groups/{code}")
async def put_group(
    code: GroupCode, body: GroupUpdate, house: HouseDep, caller: UserManager
) -> GroupRead:
    """Make a group known, or change what its members bear."""
    given, now = UserGroup(code=code, **body.model_dump()), house.desk.clock()
    async with changing_rights(house, caller) as session:
        group = await roles.put_group(session, given, actor=caller.actor, now=now)
    return _group(group)


@router.delete("/groups/{code}", status_code=HTTPStatus.NO_CONTENT)
async def remove_group(code: GroupCode, house: HouseDep, caller: UserManager) -> None:
    """Take a group away; its members lose what it bore."""
    async with changing_rights(house, caller) as session:
        await roles.remove_group(session, code, actor=caller.actor, now=house.desk.clock())
