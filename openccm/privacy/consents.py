"""Consents: the latest word of a person on a purpose, and the trail of how it came."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.parties.tables import Person
from openccm.platform.audit import Fact, record
from openccm.privacy.tables import Consent


async def set_consent(
    session: AsyncSession,
    person_id: UUID,
    purpose: str,
    state: str,
    *,
    source: str,
    actor: str,
    now: datetime,
) -> Consent:
    """Write down a person's word; saying the same again changes nothing."""
    # The person is locked, not the consent: there may be none yet that could be locked.
    await session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    consent = await session.scalar(
        select(Consent).where(Consent.person_id == person_id, Consent.purpose == purpose)
    )
    if consent is not None and consent.state == state:
        return consent
    before = consent.state if consent else None
    if consent is None:
        consent = Consent(person_id=person_id, purpose=purpose, state=state, source=source, at=now)
        session.add(consent)
    consent.state, consent.source, consent.at = state, source, now
    await session.flush()
    fact = Fact(
        chain=f"person:{person_id}",
        at=now,
        actor=actor,
        action=f"consent.{state}",
        object_kind="person",
        object_id=str(person_id),
        from_state=before,
        to_state=state,
        detail={"purpose": purpose, "source": source},
    )
    await record(session, [fact])
    return consent
