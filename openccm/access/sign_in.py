"""Signing in with a name and a password, changing the password, signing out."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.access.guard import knock, welcome
from openccm.access.newcomers import user_for
from openccm.access.oidc import Identity
from openccm.access.passwords import fits
from openccm.access.sessions import (
    Limits,
    SignedIn,
    end_session,
    end_sessions,
    open_session,
    signed_in,
)
from openccm.access.tables import User
from openccm.access.users import check_change, fact
from openccm.errors import TooOftenError, UnauthenticatedError
from openccm.platform.audit import Fact, record
from openccm.platform.clock import Clock
from openccm.platform.database import Database

_WRONG = "The name or the password is wrong."


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody says at the door, and where they come from."""

    name: str
    password: str
    address: str


@dataclass(frozen=True, slots=True)
class Reception:
    """Where users come in; nothing slow is done within a transaction."""

    database: Database
    limits: Limits
    clock: Clock

    async def sign_in(self, given: Credentials) -> tuple[str, SignedIn]:
        """The token of a new session, and who signed in.

        Who is unknown, switched off, or wrong about the password hears the same, after as long.

        Raises:
            UnauthenticatedError: They are not let in.
            TooOftenError: They have to wait; the password was not looked at.
        """
        now, given = self.clock(), replace(given, name=given.name.lower())
        await self._knock(given, now)
        async with self.database.read() as session:
            user = await session.scalar(select(User).where(User.name == given.name))
        kept = user.password_hash if user is not None else None
        good = await fits(given.password, kept)
        why = _why_not(user, good=good, now=now)
        async with self.database.begin() as session:
            if why is None and user is not None:
                await welcome(session, given.name, given.address, now)
                return await self.let_in(session, user, "password", given.address)
            await record(session, [_refused(user, why, given.address, now)])
        raise UnauthenticatedError(_WRONG)

    async def sign_in_as(self, identity: Identity, address: str) -> tuple[str, SignedIn]:
        """The same for somebody whom the directory vouches for.

        Raises:
            UnauthenticatedError: They are switched off here.
        """
        async with self.database.begin() as session:
            user = await user_for(session, identity, self.clock())
            if user.active:
                return await self.let_in(session, user, "oidc", address)
            await record(session, [_refused(user, "switched_off", address, self.clock())])
        raise UnauthenticatedError("You are not let in here. Ask an administrator.")

    async def change_password(self, found: SignedIn, current: str, new: str) -> str:
        """Change one's own password; all other sessions end, and this one gets a new token.

        Raises:
            InvalidError: The current one is wrong, or the new one is not good enough.
            TooOftenError: The current one was wrong too often.
        """
        now, name = self.clock(), found.user.name
        address = f"session {found.session.id}"
        await self._knock(Credentials(name, current, address), now)
        new_hash = await check_change(found.user, current, new)
        async with self.database.begin() as session:
            await welcome(session, name, address, now)
            user = await session.get_one(User, found.user.id)
            user.password_hash, user.one_time_until = new_hash, None
            await end_sessions(session, user, now=now)
            _, token = await open_session(session, user, "password", self.limits, now=now)
            actor = found.caller.actor
            await record(session, [fact(user, "password.changed", actor, now)])
        return token

    async def sign_out(self, found: SignedIn) -> None:
        """End the session."""
        now = self.clock()
        async with self.database.begin() as session:
            user = await end_session(session, found.session.id, now=now)
            await record(session, [fact(user, "user.signed_out", found.caller.actor, now)])

    async def _knock(self, given: Credentials, now: datetime) -> None:
        try:
            async with self.database.begin() as session:
                await knock(session, given.name, given.address, now)
        except TooOftenError:
            async with self.database.begin() as session:
                user = await session.scalar(select(User).where(User.name == given.name))
                await record(session, [_refused(user, "too_often", given.address, now)])
            raise

    async def let_in(
        self, session: AsyncSession, user: User, method: str, address: str
    ) -> tuple[str, SignedIn]:
        """Open a session for somebody who proved who they are."""
        now, user = self.clock(), await session.get_one(User, user.id)
        user.last_sign_in_at = now
        row, token = await open_session(session, user, method, self.limits, now=now)
        detail = {"session": str(row.id), "method": method, "address": address}
        await record(session, [fact(user, "user.signed_in", f"user:{user.name}", now, detail)])
        return token, await signed_in(session, user, row, now)


def _why_not(user: User | None, *, good: bool, now: datetime) -> str | None:
    """Why somebody is not let in, for the trail alone."""
    if user is None:
        return "unknown"
    if not good:
        return "wrong_password"
    if not user.active:
        return "switched_off"
    if user.one_time_until is not None and user.one_time_until <= now:
        return "one_time_password_expired"
    return None


def _refused(user: User | None, why: str | None, address: str, now: datetime) -> Fact:
    """Whoever is unknown is not named: people type passwords where names belong."""
    name = "unknown" if user is None else user.name
    return Fact(
        chain="sign-in" if user is None else f"user:{name}",
        at=now,
        actor="sign-in",
        action="sign_in.refused",
        object_kind="user",
        object_id=name,
        reason=why,
        detail={"address": address},
    )
