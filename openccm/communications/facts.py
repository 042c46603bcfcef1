"""Everything the send decision looks at, read in one go."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement
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


async def standing_hold(
    session: AsyncSession, definition: str, *, lock: bool = False
) -> DefinitionHold | None:
    """The kill switch of a definition, where it is on; locked, nobody releases it meanwhile."""
    hold = await session.get(
        DefinitionHold, definition, populate_existing=lock, with_for_update=lock or None
    )
    return hold if hold is not None and hold.released_at is None else None


async def _find_recipient(
    session: AsyncSession, request: CommunicationRequest, facts: Facts
) -> None:
    if request.account_key:
        facts.account = await session.scalar(
            select(Account).where(Account.key == request.account_key)
        )
    wanted = _wanted(request, facts)
    if wanted is not None:
        facts.person = await session.scalar(select(Person).where(wanted))


def _wanted(request: CommunicationRequest, facts: Facts) -> ColumnElement[bool] | None:
    """Whom it was for when it was gathered; before that, whom the definition is for."""
    if request.person_id is not None:
        return col(Person.id) == request.person_id
    holder = facts.account.holder_id if facts.account is not None else None
    if request.person_key and (facts.definition.recipient == "person" or not request.account_key):
        return col(Person.key) == request.person_key
    return col(Person.id) == holder if holder is not None else None


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
        await session.scalars(
            select(Preference)
            .where(Preference.person_id == person.id)
            .order_by(col(Preference.at).desc(), col(Preference.id))
        )
    )
    suppressions = await session.scalars(
        select(Suppression).where(
            Suppression.person_id == person.id, col(Suppression.lifted_at).is_(None)
        )
    )
    facts.suppressions = list(suppressions)
