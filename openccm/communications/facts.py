"""Everything the send decision looks at, read in one go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from openccm.communications.tables import CommunicationRequest
from openccm.language.communication import CommunicationDefinition
from openccm.parties.tables import Account, ContactPoint, Person
from openccm.platform.rows import objects, read, reading
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


_ACCOUNT = reading(Account).where(col(Account.key) == bindparam("key"))
_HOLD = select(DefinitionHold).where(
    col(DefinitionHold.code) == bindparam("code"), col(DefinitionHold.released_at).is_(None)
)
_LOCKED_HOLD = _HOLD.with_for_update().execution_options(populate_existing=True)
_WISHES = (
    select(Preference)
    .where(col(Preference.person_id) == bindparam("id"))
    .order_by(col(Preference.at).desc(), col(Preference.id))
)
_STOPS = select(Suppression).where(
    col(Suppression.person_id) == bindparam("id"), col(Suppression.lifted_at).is_(None)
)
_PERSON = (
    reading(
        Person,
        ContactPoint,
        Consent,
        also=[
            exists().where(col(Preference.person_id) == Person.id).label("wishes"),
            exists()
            .where(col(Suppression.person_id) == Person.id, col(Suppression.lifted_at).is_(None))
            .label("stops"),
            exists()
            .where(
                col(DefinitionHold.code) == bindparam("code"),
                col(DefinitionHold.released_at).is_(None),
            )
            .label("held"),
        ],
    )
    .select_from(Person)
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
_BY_KEY = _PERSON.where(col(Person.key) == bindparam("key"))
_BY_ID = _PERSON.where(col(Person.id) == bindparam("id"))


async def read_facts(
    session: AsyncSession,
    request: CommunicationRequest,
    definition: CommunicationDefinition,
) -> Facts:
    """Everything about the recipient as it stands now."""
    facts = Facts(definition=definition, version=request.version, override=request.channel_override)
    if request.account_key:
        accounts = await read(session, _ACCOUNT, {"key": request.account_key})
        facts.account = objects(accounts[0], Account)[0] if accounts else None
    rows = await _rows(session, request, facts)
    if not rows or rows[0].held:
        facts.held = await standing_hold(session, request.definition)
    if rows:
        found = [objects(row, Person, ContactPoint, Consent) for row in rows]
        person, _, facts.consent = found[0]
        facts.person = person
        only = request.contact_point_id
        facts.contact_points = [
            point for _, point, _ in found if point is not None and only in (None, point.id)
        ]
        if rows[0].wishes:
            facts.preferences = list(await session.scalars(_WISHES, {"id": person.id}))
        if rows[0].stops:
            facts.suppressions = list(await session.scalars(_STOPS, {"id": person.id}))
    return facts


async def standing_hold(
    session: AsyncSession, definition: str, *, lock: bool = False
) -> DefinitionHold | None:
    """The kill switch of a definition, where it is on; locked, nobody releases it meanwhile."""
    return await session.scalar(_LOCKED_HOLD if lock else _HOLD, {"code": definition})


async def _rows(
    session: AsyncSession, request: CommunicationRequest, facts: Facts
) -> Sequence[Any]:
    """The recipient, once for each contact point, and whether there is more to read."""
    wanted = _wanted(request, facts)
    if wanted is None:
        return ()
    statement, who = wanted
    known = {"purpose": facts.definition.purpose, "code": request.definition}
    return await read(session, statement, who | known)


def _wanted(request: CommunicationRequest, facts: Facts) -> tuple[Any, dict[str, object]] | None:
    """Whom it was for when it was gathered; before that, whom the definition is for."""
    if request.person_id is not None:
        return _BY_ID, {"id": request.person_id}
    if request.person_key and (facts.definition.recipient == "person" or not request.account_key):
        return _BY_KEY, {"key": request.person_key}
    return (_BY_ID, {"id": facts.account.holder_id}) if facts.account is not None else None
