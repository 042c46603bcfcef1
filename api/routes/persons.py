"""Persons: who they are, what others call them, and all that hangs on them."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.contact_points import ContactPointRead
from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import (
    Key,
    Period,
    PersonUpdate,
    into_reach,
    put_person,
    within_reach,
)
from openccm.access.caller import Caller
from openccm.access.masking import View
from openccm.parties import people
from openccm.parties.accounts import accounts_of
from openccm.parties.duplicates import PossibleDuplicateError, likenesses
from openccm.parties.objects import names_of, new_key
from openccm.parties.premises import premises_of
from openccm.parties.relationships import ties_of
from openccm.parties.tables import Person
from openccm.privacy.wishes import wishes_of

router = APIRouter(prefix="/v1/persons", tags=["persons"])

_NAMING = ("name", "given_name", "family_name", "salutation")


class PersonCreate(PersonUpdate):
    """A new person, as an agent knows them."""

    accept_duplicates: Annotated[
        bool, Field(description="They are nobody of those who may be the same.")
    ] = False
    origin: Annotated[
        str, Field(max_length=80, description="Where they were first met, such as `contact-form`.")
    ] = ""


class AccountRole(Period):
    """An account, and this person's role in it."""

    account: str
    account_class: str
    role: str
    scope: str


class PremiseHere(BaseModel):
    """Where this person is now."""

    premise: str
    lines: list[str]


class TieRead(Period):
    """`other` is the `relation` of `person`."""

    person: str
    other: str
    relation: str
    scope: str


class IdentifierRead(BaseModel):
    """What somebody else calls them, as far as the caller may see it."""

    kind: str
    value: str


class PersonRead(BaseModel):
    """A person as known here."""

    id: UUID
    key: str
    name: str
    given_name: str
    family_name: str
    salutation: str
    kind: str
    language: str
    time_zone: str
    division: str
    vip: bool
    needs: list[str]
    restricted: bool
    deceased: bool
    updated_at: datetime
    masked: Annotated[
        list[str], Field(description="What the caller may not see: `name`, `contact`, …")
    ]
    identifiers: list[IdentifierRead]
    contact_points: list[ContactPointRead]


class ConsentRead(BaseModel):
    """Their word on one purpose."""

    purpose: str
    state: Annotated[str, Field(description="`granted` or `withdrawn`.")]
    source: str
    at: datetime


class PreferenceRead(BaseModel):
    """Their wish for a definition, or for a channel."""

    definition: Annotated[str, Field(description="Empty for all.")]
    channel: Annotated[str, Field(description="Empty for all.")]
    wish: Annotated[str, Field(description="`prefer`, `allow` or `refuse`.")]
    quiet_from: str | None
    quiet_until: str | None


class SuppressionRead(BaseModel):
    """A hard stop: do not contact."""

    channel: Annotated[str, Field(description="Empty for all.")]
    reason: str
    source: str
    at: datetime


class PersonDetail(PersonRead):
    """A person with all that hangs on them: one screen."""

    consents: list[ConsentRead]
    preferences: list[PreferenceRead]
    suppressions: Annotated[list[SuppressionRead], Field(description="Those in force.")]

    accounts: list[AccountRole]
    premises: list[PremiseHere]
    relationships: list[TieRead]


class Likeness(BaseModel):
    """Somebody who may be the same person."""

    key: str
    score: Annotated[float, Field(description="From 0 to 1; 0.7 and more is worth a look.")]
    shared: Annotated[list[str], Field(description="What they have in common.")]


async def _read(session: AsyncSession, person: Person, caller: Caller) -> PersonRead:
    points = await people.contact_points_of(session, person.id)
    names = await names_of(session, person.id)
    view = View(caller, person)
    plain = person.model_dump(include=set(PersonRead.model_fields) & set(Person.model_fields))
    hidden = {field: view.text(plain[field]) for field in _NAMING}
    shown = {
        "masked": view.masked,
        "identifiers": [
            IdentifierRead(kind=name.kind, value=view.identifier(name.value)) for name in names
        ],
        "contact_points": [ContactPointRead.of(point, view) for point in points],
    }
    return PersonRead.model_validate(plain | hidden | shown)


@router.post("", status_code=HTTPStatus.CREATED)
async def create_person(
    body: PersonCreate, house: HouseDep, caller: PartyWriter, session: Writing
) -> PersonRead:
    """A new person under a key of ours; refused with whom it may be, if somebody is alike."""
    await into_reach(house, caller, body)
    facts = body.facts()
    if not body.accept_duplicates:
        found = await likenesses(session, facts, caller.divisions)
        if found:
            raise PossibleDuplicateError(found)
    key = await new_key(session, Person)
    person = await put_person(
        session, key, body, caller, house.desk.clock(), origin=body.origin or caller.system_code
    )
    return await _read(session, person, caller)


@router.post("/duplicates")
async def find_duplicates(
    body: PersonUpdate, house: HouseDep, caller: PartyReader
) -> list[Likeness]:
    """Who may be the person that is just being typed; nothing is written."""
    async with house.desk.database.snapshot() as session:
        found = await likenesses(session, body.facts(), caller.divisions)
    return [Likeness(key=each.key, score=each.score, shared=list(each.shared)) for each in found]


@router.put("/{key}")
async def replace_person(
    key: Key, body: PersonUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> PersonRead:
    """Make a person known, or bring what is known up to date."""
    await within_reach(house, caller, "person", key)
    await into_reach(house, caller, body)
    person = await put_person(session, key, body, caller, house.desk.clock())
    return await _read(session, person, caller)


@router.get("/{key}")
async def read_person(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> PersonDetail:
    """A person with identifiers, contact points, accounts, premises and relationships."""
    await within_reach(house, caller, "person", key)
    person = await people.person_by_key(session, key)
    accounts = await accounts_of(session, person)
    premises = await premises_of(session, person, house.desk.clock().date())
    wishes = await wishes_of(session, person.id)
    return PersonDetail(
        **(await _read(session, person, caller)).model_dump(),
        consents=[ConsentRead.model_validate(e, from_attributes=True) for e in wishes.consents],
        preferences=[
            PreferenceRead.model_validate(e, from_attributes=True) for e in wishes.preferences
        ],
        suppressions=[
            SuppressionRead.model_validate(e, from_attributes=True) for e in wishes.suppressions
        ],
        accounts=[
            AccountRole(
                account=account.key,
                account_class=account.account_class,
                role=member.role,
                scope=member.scope,
                valid_from=member.valid_from,
                valid_until=member.valid_until,
            )
            for account, member in accounts
        ],
        premises=[PremiseHere(premise=each.key, lines=each.lines) for each in premises],
        relationships=[
            TieRead.model_validate(tie, from_attributes=True)
            for tie in await ties_of(session, person)
        ],
    )
