"""Divisions and customer classes: codes, of which a closed one is for old objects only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import InvalidError, NotFoundError
from openccm.parties.tables import PartyCode
from openccm.platform.audit import Fact, lock_chain, record

CodeKind = Literal["division", "customer-class"]


async def codes(session: AsyncSession, kind: CodeKind) -> Sequence[PartyCode]:
    """All codes of a kind, closed ones as well."""
    wanted = select(PartyCode).where(PartyCode.kind == kind).order_by(col(PartyCode.code))
    return (await session.scalars(wanted)).all()


async def code(session: AsyncSession, kind: CodeKind, name: str) -> PartyCode:
    """One code.

    Raises:
        NotFoundError: There is none.
    """
    found = await _known(session, kind, name)
    if found is None:
        raise NotFoundError(kind, name)
    return found


async def put_code(
    session: AsyncSession,
    kind: CodeKind,
    name: str,
    title: str,
    facts: Mapping[str, Any],
    *,
    closed: bool,
    actor: str,
    now: datetime,
) -> PartyCode:
    """Make a code known, say what it means, close it or open it again."""
    await lock_chain(session, f"{kind}:{name}")
    row, action = await _known(session, kind, name), "changed"
    if row is None:
        row = PartyCode(kind=kind, code=name, title=title, updated_at=now)
        session.add(row)
        action = "created"
    if closed is not (row.closed_at is not None):
        row.closed_at = now if closed else None
        action = "closed" if closed else action if action == "created" else "reopened"
    row.title, row.facts, row.updated_at = title, dict(facts), now
    await session.flush()
    fact = Fact(
        chain=f"{kind}:{name}",
        at=now,
        actor=actor,
        action=f"{kind}.{action}",
        object_kind=kind,
        object_id=name,
    )
    await record(session, [fact])
    return row


async def check_open(session: AsyncSession, kind: CodeKind, name: str, field: str) -> None:
    """Refuse a code that is closed, for something new.

    Raises:
        InvalidError: It is closed; names ``field``.
    """
    known = await _known(session, kind, name) if name else None
    if known is not None and known.closed_at is not None:
        raise InvalidError(field, f"The {kind.replace('-', ' ')} {name} is closed.")


async def _known(session: AsyncSession, kind: CodeKind, name: str) -> PartyCode | None:
    return await session.scalar(
        select(PartyCode).where(PartyCode.kind == kind, PartyCode.code == name)
    )
