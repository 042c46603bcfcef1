"""Persons and accounts, as core systems tell them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from fastapi import APIRouter, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, PartyWriter, Reading, Writing
from openccm.channels.addresses import normalise_address
from openccm.errors import InvalidError
from openccm.parties import people
from openccm.parties.tables import Person
from openccm.privacy.consents import set_consent

router = APIRouter(prefix="/v1", tags=["persons"])

Key = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]
_ZONES = available_timezones()


def _zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("this is no IANA time zone")
    return name


class ContactPointUpdate(BaseModel):
    """Where a person can be reached."""

    model_config = ConfigDict(extra="forbid")

    channel: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z-]*$")]
    value: Annotated[
        str, Field(min_length=1, max_length=320, description="E-mail address, number, place.")
    ]
    lines: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(max_length=8, description="For letters: the address as it stands in the window."),
    ] = []
    verified: bool = False


class PersonUpdate(BaseModel):
    """A person as the core system knows them."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=200)]
    given_name: Annotated[str, Field(max_length=100)] = ""
    family_name: Annotated[str, Field(max_length=100)] = ""
    salutation: Annotated[str, Field(max_length=100)] = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/London"
    division: Annotated[str, Field(max_length=40)] = ""
    restricted: bool = False
    deceased: bool = False
    contact_points: Annotated[list[ContactPointUpdate], Field(max_length=50)] = []
    consents: Annotated[
        dict[
            Annotated[str, Field(max_length=80)],
            Literal["granted", "withdrawn"],
        ],
        Field(description="The person's word by purpose; purposes not named stay as they are."),
    ] = {}


class ContactPointRead(BaseModel):
    """A contact point as it stands."""

    channel: str
    value: str
    rank: int
    verified: bool
    state: str
    reason: str | None


class PersonRead(BaseModel):
    """A person as known here."""

    id: UUID
    key: str
    name: str
    language: str
    time_zone: str
    division: str
    restricted: bool
    deceased: bool
    updated_at: datetime
    contact_points: list[ContactPointRead]


class AccountUpdate(BaseModel):
    """A billing relationship."""

    model_config = ConfigDict(extra="forbid")

    holder: Annotated[str, Field(min_length=1, max_length=80, description="The person's key.")]
    account_class: Annotated[str, Field(max_length=40)] = ""


class AccountRead(BaseModel):
    """An account as known here."""

    id: UUID
    key: str
    holder_id: UUID
    account_class: str


def _reach(point: ContactPointUpdate, place: int) -> people.Reach:
    value = point.value
    if point.channel == "email":
        try:
            value = normalise_address(value)
        except InvalidError as error:
            raise InvalidError(f"contact_points.{place}.value", str(error)) from None
    return people.Reach(point.channel, value, tuple(point.lines), point.verified)


async def _read(session: AsyncSession, person: Person) -> PersonRead:
    points = await people.contact_points_of(session, person.id)
    return PersonRead(
        **person.model_dump(include=set(PersonRead.model_fields) - {"contact_points"}),
        contact_points=[
            ContactPointRead.model_validate(point, from_attributes=True) for point in points
        ],
    )


@router.put("/persons/{key}")
async def put_person(
    key: Key, body: PersonUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> PersonRead:
    """Make a person known, or bring what is known up to date."""
    now = house.desk.clock()
    plain = body.model_dump(exclude={"contact_points", "consents"})
    points = tuple(_reach(point, place) for place, point in enumerate(body.contact_points))
    facts = people.PersonFacts(**plain, contact_points=points)
    person = await people.put_person(session, key, facts, actor=caller.actor, now=now)
    for purpose, state in body.consents.items():
        await set_consent(
            session,
            person.id,
            purpose,
            state,
            source=caller.system_code,
            actor=caller.actor,
            now=now,
        )
    return await _read(session, person)


@router.get("/persons/{key}")
async def read_person(key: Key, caller: PartyWriter, session: Reading) -> PersonRead:
    """A person as known here."""
    return await _read(session, await people.person_by_key(session, key))


@router.put("/accounts/{key}")
async def put_account(
    key: Key, body: AccountUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> AccountRead:
    """Make an account known, or give it another holder."""
    account = await people.put_account(
        session, key, body.holder, body.account_class, now=house.desk.clock()
    )
    return AccountRead.model_validate(account, from_attributes=True)
