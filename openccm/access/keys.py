"""API keys: how they are made, checked and rotated, and the scopes there are."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.caller import OPENCCM, Caller
from openccm.access.tables import ApiKey, CoreSystem
from openccm.errors import InvalidError, NotFoundError
from openccm.platform.audit import Fact, record
from openccm.platform.rows import objects, read, reading

SCOPES = {
    "request:create": "Ask for communications.",
    "request:read": "Read own requests, communications, attempts and explanations.",
    "request:manage": "Cancel, hold, release, retry and resend own requests.",
    "process:start": "Begin processes.",
    "process:read": "Read own workflow instances: where they stand, and how they came there.",
    "process:manage": "Cancel own instances; retry, skip and migrate them.",
    "request:all": "Do so for the requests and events of every core system, as an operator does.",
    "event:write": "Tell of events; resolve, cancel and retry own ones.",
    "event:read": "Read own events, what came of them, and the list of triggers.",
    "document:read": "View the exact documents that were sent.",
    "status:write": "Report what became of a communication that was handed over.",
    "callback:manage": "Subscribe to callbacks and read their state.",
    "party:read": "Find and read persons, accounts and premises, and what hangs on them.",
    "party:write": "Create and change persons, accounts, premises, contact points and consents.",
    "reveal:contact": "See contact points in full; others see them masked.",
    "reveal:identifier": "See what others call a person in full; others see it masked.",
    "reveal:vip": "See persons with the VIP flag; others see that there is somebody.",
    "definition:read": "Read definitions: their texts, versions, differences and uses.",
    "definition:write": "Write drafts, submit them, and publish what was approved.",
    "definition:approve": "Approve or reject versions, for the roles of the key.",
    "definition:manage": "Hold and release all communications of a definition, retire it, roll it "
    "back, publish in an emergency.",
    "contact:read": "Read customer contacts, their logs, reminders, timelines and alerts.",
    "contact:write": "Log customer contacts, add to their logs, close them, set reminders.",
    "audit:read": "Read the audit trail and the accounting.",
    "case:read": "Read cases and compensation offers: own ones, and those to be paid.",
    "case:work": "Open cases, bring them to another status, and note things; see all of them.",
    "case:manage": "Take compensation offers back, and close their reviews.",
    "todo:work": "Raise to-dos, take those of own roles, and finish them.",
    "todo:manage": "See all to-dos, step in for agents, set priorities, cancel, set skills.",
    "todo:purge": "Destroy what closed to-dos hold, for good.",
    "job:read": "See jobs, their runs, counters and failed items.",
    "job:manage": "Start, pause, resume, cancel and rerun jobs, and plan when they run.",
    "letter:work": "See letters, print them here or anew, and take back returned ones.",
    "letter:manage": "See print runs, confirm and reconcile them, and load print houses' answers.",
    "system:manage": "Register core systems and rotate their keys; keep divisions and classes.",
    "user:manage": "Manage users, their roles, groups and sessions.",
}
"""Every scope, and what it lets its bearer do."""


_BEARER = (
    reading(ApiKey, also=[col(CoreSystem.active).label("is_active")])
    .join(CoreSystem, col(CoreSystem.code) == col(ApiKey.system_code))
    .where(col(ApiKey.hash) == bindparam("hash"))
)


async def register_system(
    session: AsyncSession, code: str, title: str, *, actor: str, now: datetime
) -> CoreSystem:
    """Make a core system known, or give it a new title.

    Raises:
        InvalidError: The code is kept for what OpenCCM tells itself.
    """
    if code == OPENCCM:
        raise InvalidError("code", f"No core system can be called {OPENCCM}.")
    system = await session.scalar(select(CoreSystem).where(CoreSystem.code == code))
    if system is None:
        system = CoreSystem(code=code, title=title, created_at=now)
        session.add(system)
        await session.flush()
        await record(session, [_fact(actor, now, "system.registered", code, {"title": title})])
    system.title = title
    return system


async def issue_key(
    session: AsyncSession,
    system_code: str,
    scopes: Sequence[str],
    *,
    definitions: Sequence[str] | None = None,
    roles: Sequence[str] = (),
    actor: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key for a core system, and its plain text, which is nowhere kept.

    Raises:
        NotFoundError: The system is not registered.
        InvalidError: A scope is unknown.
    """
    if await session.scalar(select(CoreSystem).where(CoreSystem.code == system_code)) is None:
        raise NotFoundError("core system", system_code)
    for scope in scopes:
        if scope not in SCOPES:
            raise InvalidError("scopes", f"There is no scope {scope}.")
    plain = f"occ_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        system_code=system_code,
        hash=_hash(plain),
        scopes=sorted(scopes),
        definitions=None if definitions is None else sorted(definitions),
        roles=sorted(roles),
        owner=actor if actor.startswith("user:") else None,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    detail = {
        "key": str(key.id),
        "scopes": key.scopes,
        "definitions": key.definitions,
        "roles": key.roles,
    }
    await record(session, [_fact(actor, now, "key.issued", system_code, detail)])
    return key, plain


async def expire_key(
    session: AsyncSession,
    system_code: str,
    key_id: UUID,
    *,
    actor: str,
    at: datetime,
    now: datetime,
) -> ApiKey:
    """Let a key end at a time: now to revoke it, later to overlap with its successor.

    Raises:
        NotFoundError: The system has no such key.
        InvalidError: It has ended already; nothing brings it back.
    """
    key = await session.get(ApiKey, key_id)
    if key is None or key.system_code != system_code:
        raise NotFoundError("key", key_id)
    if key.expires_at is not None and key.expires_at <= now:
        raise InvalidError("expires_at", "This key has ended. Issue a new one.")
    key.expires_at = at
    detail = {"key": str(key_id), "expires_at": at.isoformat()}
    await record(session, [_fact(actor, now, "key.expires", system_code, detail)])
    return key


async def systems(session: AsyncSession) -> Sequence[CoreSystem]:
    """Every core system, by code."""
    return (await session.scalars(select(CoreSystem).order_by(col(CoreSystem.code)))).all()


async def system_by_code(session: AsyncSession, code: str) -> CoreSystem:
    """The core system.

    Raises:
        NotFoundError: None bears this code.
    """
    found = await session.scalar(select(CoreSystem).where(CoreSystem.code == code))
    if found is None:
        raise NotFoundError("core system", code)
    return found


async def keys_of(session: AsyncSession, system_code: str) -> Sequence[ApiKey]:
    """A core system's keys, oldest first."""
    statement = (
        select(ApiKey).where(ApiKey.system_code == system_code).order_by(col(ApiKey.created_at))
    )
    return (await session.scalars(statement)).all()


async def systems_bearing(session: AsyncSession, role: str, now: datetime) -> set[str]:
    """The core systems with a key that bears a role now, as actors."""
    statement = (
        select(ApiKey)
        .join(CoreSystem, col(CoreSystem.code) == col(ApiKey.system_code))
        .where(col(CoreSystem.active))
    )
    return {
        f"system:{key.system_code}"
        for key in await session.scalars(statement)
        if role in key.roles and (key.expires_at is None or key.expires_at > now)
    }


async def find_caller(session: AsyncSession, plain: str, now: datetime) -> Caller | None:
    """Who bears this key; None when it is unknown or expired, or its system is switched off."""
    rows = await read(session, _BEARER, {"hash": _hash(plain)})
    if not rows:
        return None
    (key,) = objects(rows[0], ApiKey)
    if not rows[0].is_active or (key.expires_at is not None and key.expires_at <= now):
        return None
    definitions = None if key.definitions is None else frozenset(key.definitions)
    return Caller(
        key.system_code,
        frozenset(key.scopes),
        definitions,
        key.id,
        key.expires_at,
        frozenset(key.roles),
    )


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def _fact(actor: str, now: datetime, action: str, code: str, detail: dict[str, Any]) -> Fact:
    return Fact(
        chain=f"system:{code}",
        at=now,
        actor=actor,
        action=action,
        object_kind="system",
        object_id=code,
        detail=detail,
    )
