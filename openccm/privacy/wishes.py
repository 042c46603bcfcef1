"""What a person said of being contacted: consents, preferences, and hard stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.privacy.tables import Consent, Preference, Suppression


@dataclass(frozen=True, slots=True)
class Wishes:
    """Everything that holds now."""

    consents: Sequence[Consent]
    preferences: Sequence[Preference]
    suppressions: Sequence[Suppression]


async def wishes_of(session: AsyncSession, person_id: UUID) -> Wishes:
    """What a person said; suppressions only while they are in force."""
    consents = select(Consent).where(Consent.person_id == person_id).order_by(Consent.purpose)
    preferences = (
        select(Preference)
        .where(Preference.person_id == person_id)
        .order_by(Preference.definition, Preference.channel)
    )
    suppressions = (
        select(Suppression)
        .where(Suppression.person_id == person_id, col(Suppression.lifted_at).is_(None))
        .order_by(col(Suppression.at))
    )
    return Wishes(
        (await session.scalars(consents)).all(),
        (await session.scalars(preferences)).all(),
        (await session.scalars(suppressions)).all(),
    )
