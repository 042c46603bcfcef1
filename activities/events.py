"""The activity that does what system events lead to."""

from temporalio import activity

from activities.alive import beating
from openccm.communications.desk import Desk
from openccm.contracts import HANDLE_EVENTS, EventsResult
from openccm.events.handling import Handler


class EventActivities:
    """System events."""

    def __init__(self, desk: Desk) -> None:
        self._handler = Handler(desk)

    @activity.defn(name=HANDLE_EVENTS)
    async def handle_events(self) -> EventsResult:
        """Work on all events that are due."""
        with beating():
            until = await self._handler.round()
        return EventsResult(until=until)
