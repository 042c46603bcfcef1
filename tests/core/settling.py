"""An attempt in flight, and what is answered to it."""

from datetime import timedelta
from typing import Any

from sqlmodel import select

from openccm.channels.port import Accepted
from openccm.communications import outcome, queries
from openccm.communications.dossier import opened
from openccm.communications.tables import DeliveryAttempt
from openccm.contracts import StepResult
from openccm.errors import ChannelError
from openccm.platform.database import Database
from tests.core.making import NOW, Given, attempted, definition, given

LATER = NOW + timedelta(minutes=1)


async def sending(house: Database, *before: str) -> Given:
    """A communication whose attempt is in flight, after others that ended so."""
    case = await given(house, "prepared", "sending")
    await attempted(house, case.communication_id, *before, None)
    return case


async def settle(
    house: Database, case: Given, answer: Accepted | ChannelError, **policy: Any
) -> StepResult:
    async with (
        house.begin() as session,
        opened(session, case.request_id, actor="engine", now=LATER) as dossier,
    ):
        row = dossier.communications[case.communication_id]
        attempt = (
            await session.scalars(
                select(DeliveryAttempt).where(
                    DeliveryAttempt.communication_id == row.id,
                    DeliveryAttempt.number == row.attempts,
                )
            )
        ).one()
        return await outcome.settle(session, dossier, row, attempt, answer, definition(**policy))


async def story(house: Database, case: Given) -> list[str]:
    async with house.read() as session:
        told = await queries.explanation(session, case.request_id)
    return [each.sentence for each in told]
