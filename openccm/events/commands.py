"""What systems and people do to events: resolve, cancel, retry; and to bindings: on, off."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.desk import Desk
from openccm.errors import NotFoundError
from openccm.events.catalogue import KIND
from openccm.events.event_file import EventFile, opened
from openccm.events.intake import QUEUE
from openccm.events.tables import SystemEvent, TriggerSwitch
from openccm.platform import outbox
from openccm.platform.audit import Fact, record
from openccm.repository.shelf import in_force

Command = Literal["resolve", "cancel", "retry"]


async def command(
    desk: Desk, event_id: UUID, name: Command, reason: str, *, actor: str
) -> SystemEvent:
    """Carry out a command on an event; the same one again changes nothing.

    Raises:
        NotFoundError: There is no such event.
        IllegalTransitionError: It is settled otherwise, or there is nothing to retry.
    """
    now = desk.clock()
    async with desk.database.begin() as session:
        async with opened(session, event_id, actor=actor, now=now) as file:
            changed = _COMMANDS[name](file, reason)
            if changed:
                file.event.due_at = now
        if changed:
            await outbox.put(session, "events", [QUEUE], now)
        return file.event


def _resolve(file: EventFile, reason: str) -> bool:
    return _settle(file, "resolved", reason)


def _cancel(file: EventFile, reason: str) -> bool:
    return _settle(file, "cancelled", reason)


def _settle(file: EventFile, trigger: str, reason: str) -> bool:
    if file.event.trigger == trigger:
        return False
    file.settle(trigger, reason)
    return True


def _retry(file: EventFile, reason: str) -> bool:
    """Decide anew what was not done; one that waits to be worked on is already under way."""
    if file.event.state != "received":
        file.move("received", reason)
    return True


_COMMANDS = {"resolve": _resolve, "cancel": _cancel, "retry": _retry}


async def switch(
    session: AsyncSession, code: str, enabled: bool, reason: str, *, actor: str, now: datetime
) -> TriggerSwitch:
    """Switch a binding on or off, whatever its author wrote; repeats are recorded, too.

    Raises:
        NotFoundError: No such binding is live.
    """
    standing = await in_force(session, code)
    if standing is None or standing.kind != KIND:
        raise NotFoundError("trigger", code)
    row = await session.merge(
        TriggerSwitch(code=code, enabled=enabled, by=actor, reason=reason, at=now)
    )
    fact = Fact(
        chain=f"definition:{code}",
        at=now,
        actor=actor,
        action="trigger.enabled" if enabled else "trigger.disabled",
        object_kind="definition",
        object_id=code,
        reason=reason,
    )
    await record(session, [fact])
    return row
