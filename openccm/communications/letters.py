"""Communications that customer contacts ask for."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
from openccm.communications.accept import Ask, accept, find_replay
from openccm.communications.dossier import opened
from openccm.communications.giving_up import give_up
from openccm.contacts.letters import Letter
from openccm.platform import outbox
from openccm.repository.versions import Repository


class Correspondence:
    """What the contact desk is handed to ask for communications with."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def ask(
        self, session: AsyncSession, letter: Letter, *, caller: Caller, now: datetime
    ) -> UUID:
        """Ask for it, once for each contact; answers the request.

        Raises:
            NotFoundError: The communication is not published.
            InvalidError: A field does not fit the communication.
        """
        ask = Ask(
            definition=letter.communication,
            idempotency_key=f"contact/{letter.contact_id}",
            person=letter.person,
            account=letter.account,
            payload=dict(letter.payload),
            correlation={"contact_id": str(letter.contact_id)},
            channel=letter.channel,
            priority=letter.priority,
            trigger_id=letter.event_id,
            contact_id=letter.contact_id,
        )
        before = await find_replay(session, ask, caller.system_code)
        if before is not None:
            return before.id
        published = await self._repository.live(session, letter.communication)
        request = await accept(
            session,
            ask,
            published.definition,
            published.version,
            caller=caller,
            now=now,
            instance_id=letter.instance_id,
            grace=timedelta(0),
        )
        return request.id

    async def give_up(
        self, session: AsyncSession, request_id: UUID, reason: str, *, actor: str, now: datetime
    ) -> bool:
        """Cancel what has not gone out; answers whether there was anything."""
        async with opened(session, request_id, actor=actor, now=now) as dossier:
            given_up = give_up(dossier, reason)
        if given_up:
            await outbox.put(session, "wake", [request_id], now)
        return given_up
