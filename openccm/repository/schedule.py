"""What comes due for a version by itself: its instant, and the review after an emergency."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.repository.emergency import note_overdue
from openccm.repository.publication import switch_when_due


async def see_to(session: AsyncSession, version_id: UUID, now: datetime) -> datetime | None:
    """Do what is due, as often as one likes; answers when to come again, None for never."""
    until = await switch_when_due(session, version_id, now)
    return until or await note_overdue(session, version_id, now)
