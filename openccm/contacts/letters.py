"""What contacts need of the room that sends: to ask for a communication, and to give one up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The communication that a contact asks for."""

    communication: str
    contact_id: UUID
    person: str | None
    account: str | None
    payload: Mapping[str, Any]
    channel: str | None
    priority: int
    instance_id: UUID | None
    """The workflow instance it is asked for on behalf of."""
    event_id: UUID | None
    """The system event that led to it."""


class Letters(Protocol):
    """Whoever sends."""

    async def ask(
        self, session: AsyncSession, letter: Letter, *, caller: Caller, now: datetime
    ) -> UUID:
        """Ask for it, once for each contact; answers the request.

        Raises:
            NotFoundError: The communication is not published.
            InvalidError: A field does not fit the communication.
        """
        ...

    async def give_up(
        self, session: AsyncSession, request_id: UUID, reason: str, *, actor: str, now: datetime
    ) -> bool:
        """Cancel what has not gone out; answers whether there was anything."""
        ...
