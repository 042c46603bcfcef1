"""Roles: named sets of rights, built in or the company's own, and groups that bear them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.keys import SCOPES
from openccm.access.tables import Absence, Role, User, UserGroup
from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.platform.audit import Fact, record

_OWN = frozenset({"request:read", "event:read", "process:read"})
_PARTIES = frozenset({"party:read", "party:write"})
_AGENT = (
    _OWN
    | _PARTIES
    | {
        "request:create",
        "request:all",
        "document:read",
        "todo:work",
        "definition:read",
        "case:read",
        "case:work",
        "reveal:identifier",
        "letter:work",
        "contact:read",
        "contact:write",
        "event:write",
    }
)
_REVEAL = frozenset({"reveal:contact", "reveal:identifier"})

BUILTIN = {
    "business-user": Role(
        code="business-user",
        title="Business user: writes definitions",
        scopes=sorted({"definition:read", "definition:write"}),
    ),
    "approver": Role(
        code="approver",
        title="Approver: judges what others wrote",
        scopes=sorted({"definition:read", "definition:approve"}),
        roles=["approver"],
    ),
    "agent": Role(code="agent", title="Agent: works on to-dos", scopes=sorted(_AGENT)),
    "supervisor": Role(
        code="supervisor",
        title="Supervisor: sees to it that agents' work gets done",
        scopes=sorted(
            _AGENT
            | _REVEAL
            | {"todo:manage", "request:manage", "process:start", "process:manage", "case:manage"}
        ),
        roles=["supervisor"],
    ),
    "administrator": Role(
        code="administrator",
        title="Administrator: users, roles and core systems",
        scopes=sorted({"user:manage", "system:manage", "audit:read"}),
    ),
    "operator": Role(
        code="operator",
        title="Operator: keeps everything running",
        scopes=sorted(
            _OWN
            | {"request:all", "request:manage", "process:manage", "event:write"}
            | {"definition:read", "definition:manage", "audit:read", "job:read", "job:manage"}
            | {"letter:work", "letter:manage"}
        ),
    ),
    "privacy-officer": Role(
        code="privacy-officer",
        title="Privacy officer: answers for persons' data",
        scopes=sorted(
            _OWN
            | _PARTIES
            | _REVEAL
            | {"reveal:vip", "request:all", "document:read", "audit:read", "todo:purge"}
        ),
    ),
}
"""The roles that are always there. Nobody changes them; make your own beside them."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody's roles come to."""

    scopes: frozenset[str]
    roles: frozenset[str]
    divisions: frozenset[str] | None

    def beyond(self, other: "Rights") -> set[str]:
        """What these allow and those do not, in words for people."""
        more = {*(self.scopes - other.scopes), *(self.roles - other.roles)}
        if other.divisions is not None:
            more |= (
                {"all divisions"} if self.divisions is None else self.divisions - other.divisions
            )
        return more


async def rights_of(session: AsyncSession, user: User) -> Rights:
    """What a user may: by the roles they bear and those that their groups bear."""
    codes = set(user.roles)
    if user.groups:
        groups = select(UserGroup).where(col(UserGroup.code).in_(user.groups))
        codes.update(*(group.roles for group in await session.scalars(groups)))
    return _together(await _known(session, codes))


async def roles_lent_to(
    session: AsyncSession, user: User, now: datetime
) -> frozenset[tuple[str, str]]:
    """The roles that others lend to a user now, each with the actor whose it is; never lent on."""
    absent = (
        select(User)
        .join(Absence, col(Absence.user_id) == col(User.id))
        .where(Absence.delegate_id == user.id, col(User.active))
        .where(Absence.since <= now, Absence.until > now)
        .order_by(col(User.name))
    )
    lent: set[tuple[str, str]] = set()
    for each in await session.scalars(absent):
        rights = await rights_of(session, each)
        lent.update((role, f"user:{each.name}") for role in rights.roles)
    return frozenset(lent)


def _together(roles: Iterable[Role]) -> Rights:
    roles = list(roles)
    narrowed = [set(role.divisions) for role in roles if role.divisions is not None]
    return Rights(
        scopes=frozenset[str]().union(*(role.scopes for role in roles)),
        roles=frozenset[str]().union(*(role.roles for role in roles)),
        divisions=frozenset[str]().union(*narrowed) if narrowed else None,
    )


async def _known(session: AsyncSession, codes: set[str]) -> list[Role]:
    found = [BUILTIN[code] for code in codes if code in BUILTIN]
    own = codes - BUILTIN.keys()
    if own:
        found += await session.scalars(select(Role).where(col(Role.code).in_(own)))
    return found


async def require_roles(session: AsyncSession, codes: Sequence[str]) -> None:
    """Refuse roles that are not there.

    Raises:
        InvalidError: Names the first.
    """
    known = {role.code for role in await _known(session, set(codes))}
    for code in codes:
        if code not in known:
            raise InvalidError("roles", f"There is no role {code}.")


async def all_roles(session: AsyncSession) -> list[Role]:
    """Every role, the built-in ones first."""
    own = await session.scalars(select(Role).order_by(col(Role.code)))
    return [*BUILTIN.values(), *own]


async def put_role(session: AsyncSession, given: Role, *, actor: str, now: datetime) -> Role:
    """Make a role of the company's own, or change it.

    Raises:
        ConflictError: A built-in role bears this code.
        InvalidError: A scope is unknown.
    """
    if given.code in BUILTIN:
        raise ConflictError(f"{given.code} is a built-in role. Make one of another name.")
    for scope in given.scopes:
        if scope not in SCOPES:
            raise InvalidError("scopes", f"There is no scope {scope}.")
    role = await session.scalar(select(Role).where(Role.code == given.code)) or given
    role.title, role.divisions = given.title, given.divisions
    role.scopes, role.roles = sorted(set(given.scopes)), sorted(set(given.roles))
    session.add(role)
    await session.flush()
    detail = role.model_dump(include={"scopes", "roles", "divisions"})
    await record(session, [_fact("role", role.code, "role.put", actor, now, detail)])
    return role


async def remove_role(session: AsyncSession, code: str, *, actor: str, now: datetime) -> None:
    """Take a role of the company's own away.

    Raises:
        NotFoundError: There is none.
        ConflictError: It is built in, or somebody bears it.
    """
    if code in BUILTIN:
        raise ConflictError(f"{code} is a built-in role; it stays.")
    role = await session.scalar(select(Role).where(Role.code == code))
    if role is None:
        raise NotFoundError("role", code)
    for kind in (User, UserGroup):
        bearer = next(
            (row for row in await session.scalars(select(kind)) if code in row.roles), None
        )
        if bearer is not None:
            name = bearer.name if isinstance(bearer, User) else bearer.code
            raise ConflictError(f"{name} bears the role {code}. Take it from them first.")
    await session.delete(role)
    await record(session, [_fact("role", code, "role.removed", actor, now)])


async def all_groups(session: AsyncSession) -> Sequence[UserGroup]:
    """Every group, by code."""
    return (await session.scalars(select(UserGroup).order_by(col(UserGroup.code)))).all()


async def put_group(
    session: AsyncSession, given: UserGroup, *, actor: str, now: datetime
) -> UserGroup:
    """Make a group known, or change what it bears.

    Raises:
        InvalidError: A role is unknown.
    """
    await require_roles(session, given.roles)
    group = await session.scalar(select(UserGroup).where(UserGroup.code == given.code)) or given
    group.title, group.roles = given.title, sorted(set(given.roles))
    session.add(group)
    await session.flush()
    detail = {"roles": group.roles}
    await record(session, [_fact("group", group.code, "group.put", actor, now, detail)])
    return group


async def remove_group(session: AsyncSession, code: str, *, actor: str, now: datetime) -> None:
    """Take a group away; its members lose what it bore.

    Raises:
        NotFoundError: There is none.
    """
    group = await session.scalar(select(UserGroup).where(UserGroup.code == code))
    if group is None:
        raise NotFoundError("group", code)
    await session.delete(group)
    await record(session, [_fact("group", code, "group.removed", actor, now)])


def _fact(
    kind: str,
    code: str,
    action: str,
    actor: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> Fact:
    return Fact(
        chain=f"{kind}:{code}",
        at=now,
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=code,
        detail=detail or {},
    )
