"""Taking back what bindings did, where the source of an event cancels it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.letters import Correspondence
from openccm.events.event_file import EventFile
from openccm.events.tables import EventEffect
from openccm.processes.book import Processes
from openccm.processes.ending import CANCELLED
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.walk import walking
from openccm.work.raising import cancel_todos_of

WHY = "trigger_cancelled"
_ACTOR = "engine"


async def withdraw(processes: Processes, file: EventFile, effect: EventEffect) -> None:
    """Cancel what has not gone out or is not done yet of one deed."""
    desk, created, now = processes.desk, effect.created_id, file.now
    if created is None:
        return
    match effect.deed:
        case "request":
            letters = Correspondence(desk.repository)
            await letters.give_up(file.session, created, WHY, actor=_ACTOR, now=now)
        case "contact":
            await desk.contacts.withdraw(file.session, created, WHY, actor=_ACTOR, now=now)
        case "to-do":
            step, owner = f"{effect.binding}/{effect.number}", file.event.id
            await cancel_todos_of(
                file.session, desk.repository, "event", owner, WHY, now, step=step
            )
        case _:
            await _end(file.session, processes, created, now)


async def _end(
    session: AsyncSession, processes: Processes, instance_id: UUID, now: datetime
) -> None:
    async with walking(session, processes, instance_id, actor=_ACTOR, now=now) as walk:
        instance = walk.instance
        if instance.state not in INSTANCE.terminal and instance.stopping is None:
            walk.end_early(CANCELLED, reason=WHY, undoing=False)
            await walk.wake()
