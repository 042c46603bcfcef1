"""The guard at the door: who guesses passwords has to wait, longer each time."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.tables import SignInGuard
from openccm.errors import TooOftenError

FREE_BY_NAME, FREE_BY_ADDRESS = 5, 50
"""Failures before one has to wait; more by address, because offices share one."""
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=1)
"""After so long without a failure, one begins anew."""


async def knock(session: AsyncSession, name: str, address: str, now: datetime) -> None:
    """Count an attempt as failed before it is looked at, so that many at once are not more.

    Raises:
        TooOftenError: Says when the next attempt is heard.
    """
    # In one order, so that two who knock at once never wait for each other.
    rows = [
        (await _row(session, subject, now), free)
        for subject, free in sorted(
            ((_by_name(name), FREE_BY_NAME), (_by_address(address), FREE_BY_ADDRESS))
        )
    ]
    until = max((row.barred_until for row, _ in rows if row.barred_until), default=now)
    if until > now:
        raise TooOftenError(
            "Too many attempts to sign in. Wait a while.", retry_after=(until - now).total_seconds()
        )
    for row, free in rows:
        row.failures = 1 if now - row.last_at > _FORGOTTEN else row.failures + 1
        row.last_at = now
        over = row.failures - free
        row.barred_until = now + min(_FIRST * 2 ** min(over, 20), _LONGEST) if over >= 0 else None


async def welcome(session: AsyncSession, name: str, address: str, now: datetime) -> None:
    """Forget the failures of a name that signed in, and the attempt itself at the address."""
    by_name = await _row(session, _by_name(name), now)
    by_name.failures, by_name.barred_until = 0, None
    by_address = await _row(session, _by_address(address), now)
    by_address.failures = max(by_address.failures - 1, 0)
    if by_address.failures < FREE_BY_ADDRESS:
        by_address.barred_until = None


async def _row(session: AsyncSession, subject: str, now: datetime) -> SignInGuard:
    """The row, made where there is none, and locked."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = {"subject": subject, "failures": 0, "last_at": now}
    await session.execute(
        dialect.insert(SignInGuard).values(fresh).on_conflict_do_nothing(index_elements=["subject"])
    )
    statement = select(SignInGuard).where(col(SignInGuard.subject) == subject).with_for_update()
    return (await session.scalars(statement)).one()


def _by_name(name: str) -> str:
    return hashlib.sha256(f"name/{name.lower()}".encode("utf-8", "surrogatepass")).hexdigest()


def _by_address(address: str) -> str:
    return hashlib.sha256(f"address/{address}".encode()).hexdigest()
