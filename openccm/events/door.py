"""The door for events that are told one by one: those of one moment share one commit."""

import asyncio
from dataclasses import dataclass, field

from openccm.access.caller import Caller
from openccm.communications.desk import Desk
from openccm.events.catalogue import Catalogue
from openccm.events.intake import Incoming, Taken, Told, take

_MOST = 200
"""Events of one commit: few enough that none waits long for the others."""

Waiting = tuple[Told, asyncio.Future[Taken]]


@dataclass(slots=True)
class Door:
    """Takes events in for all callers of a process.

    The first to come is taken at once. Whoever comes while its commit waits for the disk is taken
    together with all others that came meanwhile; so the busier it is, the less each one costs.
    """

    desk: Desk
    catalogue: Catalogue
    _waiting: list[Waiting] = field(default_factory=list[Waiting])
    _work: asyncio.Task[None] | None = None

    async def take(self, incoming: Incoming, *, caller: Caller) -> Taken:
        """Take one event in; answered after the commit it is in."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append((Told(incoming, caller), answer))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._take_all())
        return await answer

    async def _take_all(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            # A fault is for those who wait here, not for this task.
            (taken,) = await asyncio.gather(
                take(self.desk, self.catalogue, [told for told, _ in together]),
                return_exceptions=True,
            )
            for place, (_, answer) in enumerate(together):
                if answer.done():
                    continue  # whoever asked has gone
                if isinstance(taken, BaseException):
                    answer.set_exception(taken)
                else:
                    answer.set_result(taken[place])
