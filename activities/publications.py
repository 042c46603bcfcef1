"""The activity that brings scheduled versions into force."""

from temporalio import activity

from openccm.communications.desk import Desk
from openccm.contracts import PUBLISH_DUE, PublicationInput, PublicationResult
from openccm.repository.schedule import see_to


class PublicationActivities:
    """Versions whose instant comes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn(name=PUBLISH_DUE)
    async def publish_due(self, order: PublicationInput) -> PublicationResult:
        """Do what is due for one version, and say when to look again."""
        async with self._desk.database.begin() as session:
            until = await see_to(session, order.version_id, self._desk.clock())
        return PublicationResult(until=until)
