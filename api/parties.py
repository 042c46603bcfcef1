"""Shapes of persons, accounts and premises as callers tell them, and which of them one may see."""

from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import available_timezones

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import House
from openccm.access.caller import Caller
from openccm.access.masking import is_masked
from openccm.access.reach import ELSEWHERE
from openccm.channels.addresses import normalise_address
from openccm.errors import DeniedError, HiddenError, InvalidError
from openccm.parties import people
from openccm.parties.accounts import Member
from openccm.parties.objects import Name, ObjectKind, division_of
from openccm.parties.people import PersonFacts, Reach
from openccm.parties.phones import CHANNELS, normalise_phone, territory_of
from openccm.parties.premises import PremiseFacts, Stay, put_premise
from openccm.parties.tables import Account, Person, Premise
from openccm.privacy.consents import set_consent

KEY = r"^[A-Za-z0-9._:-]+$"
Key = Annotated[str, Path(min_length=1, max_length=80, pattern=KEY)]
KeyField = Annotated[str, Field(min_length=1, max_length=80, pattern=KEY)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z-]*$")]
Line = Annotated[str, Field(max_length=100)]
_ZONES = available_timezones()


def _zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("this is no IANA time zone")
    return name


class Strict(BaseModel):
    """What is told must be understood to the last word."""

    model_config = ConfigDict(extra="forbid")


class Period(Strict):
    """From when until when something holds; both days belong to it."""

    valid_from: date | None = None
    valid_until: date | None = None


class ContactPointUpdate(Period):
    """Where a person can be reached."""

    channel: Code
    value: Annotated[
        str, Field(min_length=1, max_length=320, description="E-mail address, number, place.")
    ]
    lines: Annotated[
        list[Line],
        Field(max_length=8, description="For letters: the address as it stands in the window."),
    ] = []
    verified: bool = False
    line: Annotated[
        Literal["mobile", "landline", "other"] | None,
        Field(description="Of a number; by its numbering plan where that says and you do not."),
    ] = None
    do_not_disturb: Annotated[
        bool, Field(description="Used for what nobody can decline, and for nothing else.")
    ] = False

    def reach(self, territory: str | None, field: str) -> Reach:
        """The same in its one spelling.

        Raises:
            InvalidError: Nobody can be reached there; names ``field``.
        """
        if is_masked([self.value, *self.lines]):
            raise InvalidError(field, "This is masked: it cannot be written back.")
        value, line = self.value, ""
        if self.channel == "email":
            try:
                value = normalise_address(self.value)
            except InvalidError as error:
                raise InvalidError(field, str(error)) from None
        elif self.channel in CHANNELS:
            phone = normalise_phone(self.value, territory, field)
            value, line = phone.number, phone.line
        return Reach(
            self.channel,
            value,
            tuple(self.lines),
            self.verified,
            self.value if self.value != value else "",
            self.line or line,
            self.valid_from,
            self.valid_until,
            self.do_not_disturb,
        )


class IdentifierModel(Strict):
    """What somebody else calls it."""

    kind: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
    value: Annotated[str, Field(min_length=1, max_length=120)]


Identifiers = Annotated[
    list[IdentifierModel] | None,
    Field(max_length=50, description="What others call it; left out, they stay as they are."),
]


class PersonUpdate(Strict):
    """A person as the core system knows them."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    given_name: Annotated[str, Field(max_length=100)] = ""
    family_name: Annotated[str, Field(max_length=100)] = ""
    salutation: Annotated[str, Field(max_length=100)] = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/London"
    division: Annotated[str, Field(max_length=40)] = ""
    restricted: bool = False
    deceased: bool = False
    kind: Literal["individual", "organisation"] = "individual"
    vip: bool = False
    needs: Annotated[
        list[Code], Field(max_length=20, description="Special needs, such as `large-print`.")
    ] = []
    identifiers: Identifiers = None
    contact_points: Annotated[
        list[ContactPointUpdate] | None,
        Field(max_length=50, description="All there are; left out, they stay as they are."),
    ] = None
    consents: Annotated[
        dict[
            Annotated[str, Field(max_length=80)],
            Literal["granted", "withdrawn"],
        ],
        Field(description="The person's word by purpose; purposes not named stay as they are."),
    ] = {}

    def facts(self) -> PersonFacts:
        """The same as the core takes it.

        Raises:
            InvalidError: Nobody can be reached at one of the contact points; names it.
        """
        if is_masked([self.name, self.given_name, self.family_name, self.salutation]):
            raise InvalidError("name", "This is masked: it cannot be written back.")
        territory = territory_of(self.language)
        points = None
        if self.contact_points is not None:
            points = tuple(
                point.reach(territory, f"contact_points.{place}.value")
                for place, point in enumerate(self.contact_points)
            )
        plain = self.model_dump(
            include=set(PersonFacts.__dataclass_fields__)
            - {"contact_points", "identifiers", "needs"}
        )
        return PersonFacts(
            **plain,
            needs=tuple(self.needs),
            contact_points=points,
            identifiers=names(self.identifiers),
        )


class MemberModel(Period):
    """Somebody with a role in an account who is not the holder."""

    person: KeyField
    role: Annotated[Code, Field(description="`authorised`, `payer`, `tenant`, …")]
    scope: Annotated[
        str, Field(max_length=80, description="What it is limited to; empty for everything.")
    ] = ""


class AccountUpdate(Strict):
    """A billing relationship."""

    holder: Annotated[str, Field(min_length=1, max_length=80, description="The person's key.")]
    account_class: Annotated[str, Field(max_length=40)] = ""
    identifiers: Identifiers = None
    members: Annotated[
        list[MemberModel] | None,
        Field(max_length=50, description="Others than the holder; left out, they stay."),
    ] = None


class StayModel(Period):
    """Who is, was or will be there."""

    account: KeyField | None = None
    person: KeyField | None = None


class PremiseUpdate(Strict):
    """A place that is served."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=8, description="The address.")]
    service_point: Annotated[
        str, Field(max_length=80, description="The reference of what serves it, as a meter point.")
    ] = ""
    division: Annotated[str, Field(max_length=40)] = ""
    identifiers: Identifiers = None
    occupants: Annotated[
        list[StayModel] | None,
        Field(max_length=200, description="Now, before and after; left out, they stay."),
    ] = None

    def facts(self) -> PremiseFacts:
        """The same as the core takes it."""
        stays = None
        if self.occupants is not None:
            stays = tuple(Stay(**each.model_dump()) for each in self.occupants)
        return PremiseFacts(
            lines=tuple(self.lines),
            service_point=self.service_point,
            division=self.division,
            identifiers=names(self.identifiers),
            stays=stays,
        )


def names(told: list[IdentifierModel] | None) -> tuple[Name, ...] | None:
    """Identifiers as the core takes them.

    Raises:
        InvalidError: Somebody hands back what they see masked.
    """
    if told is None:
        return None
    if is_masked(each.value for each in told):
        raise InvalidError("identifiers", "They are masked: they cannot be written back.")
    return tuple(Name(each.kind, each.value) for each in told)


async def put_person(
    session: AsyncSession,
    key: str,
    body: PersonUpdate,
    caller: Caller,
    now: datetime,
    **detail: str,
) -> Person:
    """Put a person with what they said about purposes."""
    person = await people.put_person(
        session, key, body.facts(), actor=caller.actor, now=now, **detail
    )
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
    return person


async def put_account(
    session: AsyncSession,
    key: str,
    body: AccountUpdate,
    caller: Caller,
    now: datetime,
    **detail: str,
) -> Account:
    """Put an account."""
    members = None
    if body.members is not None:
        members = [Member(**each.model_dump()) for each in body.members]
    return await people.put_account(
        session,
        key,
        body.holder,
        body.account_class,
        actor=caller.actor,
        now=now,
        identifiers=names(body.identifiers),
        members=members,
        **detail,
    )


async def put(
    session: AsyncSession,
    key: str,
    body: PersonUpdate | AccountUpdate | PremiseUpdate,
    caller: Caller,
    now: datetime,
    **detail: str,
) -> Person | Account | Premise:
    """Put whatever is told."""
    match body:
        case PersonUpdate():
            return await put_person(session, key, body, caller, now, **detail)
        case AccountUpdate():
            return await put_account(session, key, body, caller, now, **detail)
        case PremiseUpdate():
            return await put_premise(
                session, key, body.facts(), actor=caller.actor, now=now, **detail
            )


async def within_reach(house: House, caller: Caller, kind: ObjectKind, *keys: str) -> None:
    """Let a caller pass to objects of their divisions; what is not there yet is not refused.

    Raises:
        HiddenError: It belongs to another division.
    """
    if caller.divisions is None:
        return
    for key in keys:
        async with house.desk.database.read() as session:
            division = await division_of(session, kind, key)
        if division is not None and not caller.sees_division(division):
            raise HiddenError(kind, key, ELSEWHERE)


async def into_reach(
    house: House, caller: Caller, body: PersonUpdate | AccountUpdate | PremiseUpdate
) -> None:
    """Let a caller put objects into their own divisions only.

    Raises:
        DeniedError: It would belong to another division.
        HiddenError: The account's holder belongs to another division.
    """
    if caller.divisions is None:
        return
    if isinstance(body, AccountUpdate):
        members = [each.person for each in body.members or ()]
        await within_reach(house, caller, "person", body.holder, *members)
        return
    if not caller.sees_division(body.division):
        why = f"You may not put anything into the division {body.division or 'of nobody'}."
        raise DeniedError(why)
