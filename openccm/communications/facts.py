"""Everything the send decision looks at, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam
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


_ACCOUNT = select(Account).where(Account.key == bindparam("key"))
_PERSON: Any = (
    select(Person, ContactPoint, Consent)
    .outerjoin(ContactPoint, col(ContactPoint.person_id) == col(Person.id))
    .outerjoin(
        Consent,
        and_(
            col(Consent.person_id) == col(Person.id),
            col(Consent.purpose) == bindparam("purpose"),
        ),
    )
    .order_by(col(ContactPoint.rank), col(ContactPoint.id))
)
_BY_KEY = _PERSON.where(Person.key == bindparam("key"))
_BY_ID = _PERSON.where(Person.id == bindparam("id"))
_WISHES = (
    select(Preference)
    .where(Preference.person_id == bindparam("id"))
    .order_by(col(Preference.at).desc(), col(Preference.id))
)
_STOPS = select(Suppression).where(
    Suppression.person_id == bindparam("id"), col(Suppression.lifted_at).is_(None)
)
_HOLD = select(DefinitionHold).where(
    DefinitionHold.code == bindparam("code"), col(DefinitionHold.released_at).is_(None)
)
_LOCKED_HOLD = _HOLD.with_for_update().execution_options(populate_existing=True)


async def read_facts(
    session: AsyncSession,
    request: CommunicationRequest,
    definition: CommunicationDefinition,
) -> Facts:
    """Everything about the recipient as it stands now."""
    facts = await read_recipient(session, request, definition)
    facts.held = await standing_hold(session, request.definition)
    if facts.person is not None:
        person = {"id": facts.person.id}
        facts.preferences = list(await session.scalars(_WISHES, person))
        facts.suppressions = list(await session.scalars(_STOPS, person))
    return facts


async def read_recipient(
    session: AsyncSession,
    request: CommunicationRequest,
    definition: CommunicationDefinition,
) -> Facts:
    """Of the facts, those that a document shows: whom it is for, and their addresses."""
    facts = Facts(definition=definition, version=request.version, override=request.channel_override)
    if request.account_key:
        facts.account = await session.scalar(_ACCOUNT, {"key": request.account_key})
    wanted = _wanted(request, facts)
    if wanted is None:
        return facts
    statement, who = wanted
    answer = await session.execute(statement, who | {"purpose": definition.purpose})
    found: Sequence[Any] = answer.all()
    if found:
        facts.person, _, facts.consent = found[0]
        facts.contact_points = [point for _, point, _ in found if point is not None]
    return facts


async def standing_hold(
    session: AsyncSession, definition: str, *, lock: bool = False
) -> DefinitionHold | None:
    """The kill switch of a definition, where it is on; locked, nobody releases it meanwhile."""
    return await session.scalar(_LOCKED_HOLD if lock else _HOLD, {"code": definition})


def _wanted(request: CommunicationRequest, facts: Facts) -> tuple[Any, dict[str, object]] | None:
    """Whom it was for when it was gathered; before that, whom the definition is for."""
    if request.person_id is not None:
        return _BY_ID, {"id": request.person_id}
    if request.person_key and (facts.definition.recipient == "person" or not request.account_key):
        return _BY_KEY, {"key": request.person_key}
    return (_BY_ID, {"id": facts.account.holder_id}) if facts.account is not None else None
