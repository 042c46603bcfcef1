"""Everything the send decision looks at, read in one go."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.tables import CommunicationRequest
from openccm.language.communication import CommunicationDefinition
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.privacy.tables import Consent, Preference, Suppression
from openccm.repository.tables import DefinitionHold


@dataclass(slots=True)
class Facts:
    """What is known about the person a request is for. Plain rows; deciding happens elsewhere."""

    definition: CommunicationDefinition
    version: int
    override: str | None = None
    held: DefinitionHold | None = None
    person: Person | None = None
    account: Account | None = None
    contact_points: list[ContactPoint] = field(default_factory=list[ContactPoint])
    consent: Consent | None = None
    preferences: list[Preference] = field(default_factory=list[Preference])
    suppressions: list[Suppression] = field(default_factory=list[Suppression])


async def read_facts(
    session: AsyncSession,
    request: CommunicationRequest,
    definition: CommunicationDefinition,
) -> Facts:
    """Everything about the recipient as it stands now."""
    facts = Facts(definition=definition, version=request.version, override=request.channel_override)
    facts.held = await standing_hold(session, request.definition)
    await _find_recipient(session, request, facts)
    if facts.person is not None:
        await _read_person(session, facts.person, facts)
    return facts


async def standing_hold(session: AsyncSession, definition: str) -> DefinitionHold | None:
    """The kill switch of a definition, where it is on."""
    hold = await session.get(DefinitionHold, definition)
    return hold if hold is not None and hold.released_at is None else None


async def _find_recipient(
    session: AsyncSession, request: CommunicationRequest, facts: Facts
) -> None:
    if request.account_key:
        facts.account = await session.scalar(
            select(Account).where(Account.key == request.account_key)
        )
    wanted: Any = None
    if request.person_key:
        wanted = Person.key == request.person_key
    elif facts.account is not None:
        wanted = Person.id == facts.account.holder_id
    if wanted is not None:
        facts.person = await session.scalar(select(Person).where(wanted))


async def _read_person(session: AsyncSession, person: Person, facts: Facts) -> None:
    points = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.person_id == person.id)
        .order_by(col(ContactPoint.rank), col(ContactPoint.id))
    )
    facts.contact_points = list(points)
    facts.consent = await session.scalar(
        select(Consent).where(
            Consent.person_id == person.id, Consent.purpose == facts.definition.purpose
        )
    )
    facts.preferences = list(
        await session.scalars(select(Preference).where(Preference.person_id == person.id))
    )
    suppressions = await session.scalars(
        select(Suppression).where(
            Suppression.person_id == person.id, col(Suppression.lifted_at).is_(None)
        )
    )
    facts.suppressions = list(suppressions)
