"""Taking a request in: checked against its definition, written once, answered at once."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.access.caller import Caller
from openccm.communications.dossier import Dossier, Verdict
from openccm.communications.tables import CommunicationRequest
from openccm.data.collect import check_payload
from openccm.errors import ConflictError, InvalidError
from openccm.language.communication import CommunicationDefinition
from openccm.platform import outbox
from openccm.platform.columns import new_id
from openccm.platform.rows import objects, read, reading

GRACE = timedelta(seconds=3)
"""The caller starts the run itself right after the commit; the relay steps in only after this."""

_REPLAY = reading(CommunicationRequest).where(
    col(CommunicationRequest.system_code) == bindparam("system"),
    col(CommunicationRequest.idempotency_key) == bindparam("key"),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a core system asks for."""

    definition: str
    idempotency_key: str
    person: str | None = None
    account: str | None = None
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    correlation: dict[str, Any] = field(default_factory=dict[str, Any])
    channel: str | None = None
    send_after: datetime | None = None
    priority: int = 2
    copy_of: UUID | None = None
    trigger_id: UUID | None = None
    """The system event that led to it."""
    contact_id: UUID | None = None
    """The customer contact that asks for it."""
    contact_point: UUID | None = None
    """The one contact point that it may go to."""

    def body_hash(self) -> str:
        """SHA-256 over all that was asked, in one fixed spelling."""
        facts = (
            self.definition,
            self.person,
            self.account,
            self.payload,
            self.correlation,
            self.channel,
            self.send_after.isoformat() if self.send_after else None,
            self.priority,
        )
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


async def accept(
    session: AsyncSession,
    ask: Ask,
    definition: CommunicationDefinition,
    version: int,
    *,
    caller: Caller,
    now: datetime,
    instance_id: UUID | None = None,
    grace: timedelta = GRACE,
    awaiting: bool = False,
) -> CommunicationRequest:
    """Write the request down with its first verdicts; the run that serves it is owed from here on.

    ``instance_id`` names the workflow instance that asks, and is woken when the request has ended.
    ``grace`` is for how long the relay leaves starting it to the caller. One that is ``awaiting``
    the resolution of its trigger has no run yet: that is owed from when it is released.

    Raises:
        InvalidError: A field does not fit the definition; names it.
    """
    check(ask, definition)
    request = CommunicationRequest(
        id=new_id(),
        system_code=caller.system_code,
        idempotency_key=ask.idempotency_key,
        body_hash=ask.body_hash(),
        definition=ask.definition,
        version=version,
        priority=ask.priority,
        person_key=ask.person,
        account_key=ask.account,
        payload=ask.payload,
        correlation=ask.correlation,
        channel_override=ask.channel,
        contact_point_id=ask.contact_point,
        send_after=ask.send_after,
        copy_of=ask.copy_of,
        instance_id=instance_id,
        trigger_id=ask.trigger_id,
        contact_id=ask.contact_id,
        state="awaiting_resolution" if awaiting else _initial(ask, now),
        received_at=now,
        updated_at=now,
    )
    dossier = Dossier(session, request, {}, actor=caller.actor, now=now)
    dossier.receive()
    dossier.explain(Verdict(1, "pass", None, {"system": caller.system_code}))
    dossier.explain(Verdict(2, "pass", None, {"key": ask.idempotency_key}))
    if not awaiting:
        begin = now if instance_id else now + grace
        await outbox.put(session, "start", [request.id], begin)
    await dossier.close()
    return request


def _initial(ask: Ask, now: datetime) -> str:
    later = ask.send_after is not None and ask.send_after > now
    return "scheduled" if later else "accepted"


async def find_replay(
    session: AsyncSession, ask: Ask, system_code: str
) -> CommunicationRequest | None:
    """The request that this key was used for before.

    Raises:
        ConflictError: The key was used for a different ask.
    """
    known = {"system": system_code, "key": ask.idempotency_key}
    rows = await read(session, _REPLAY, known)
    if not rows:
        return None
    (found,) = objects(rows[0], CommunicationRequest)
    if found.body_hash != ask.body_hash():
        raise ConflictError(
            f"The idempotency key {ask.idempotency_key} was used for a different request."
        )
    return found


def check(ask: Ask, definition: CommunicationDefinition) -> None:
    """Refuse what the definition does not allow.

    Raises:
        InvalidError: Names the field.
    """
    if not ask.person and not ask.account:
        raise InvalidError("person", "Name the person or the account this is for.")
    if ask.channel is not None and ask.channel not in definition.channels:
        permitted = ", ".join(definition.channels)
        raise InvalidError("channel", f"{ask.definition} may be sent by {permitted} only.")
    check_payload(definition.data, ask.payload)
