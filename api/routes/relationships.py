"""What persons are to each other."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import Code, Key, KeyField, Period, Strict, within_reach
from api.routes.persons import TieRead
from openccm.parties.people import person_by_key
from openccm.parties.relationships import Tie, put_ties, ties_of

router = APIRouter(prefix="/v1/persons/{key}/relationships", tags=["persons"])


class TieUpdate(Period):
    """What somebody is to this person."""

    other: KeyField
    relation: Annotated[
        Code, Field(description="`guardian`, `authorised`, `landlord`, `companion`, …")
    ]
    scope: Annotated[
        str, Field(max_length=80, description="What it is limited to; empty for everything.")
    ] = ""


class TiesUpdate(Strict):
    """All that others are to this person."""

    relationships: Annotated[list[TieUpdate], Field(max_length=100)]


@router.get("")
async def list_relationships(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> list[TieRead]:
    """What others are to this person, and what this person is to others."""
    await within_reach(house, caller, "person", key)
    found = await ties_of(session, await person_by_key(session, key))
    return [TieRead.model_validate(tie, from_attributes=True) for tie in found]


@router.put("")
async def replace_relationships(
    key: Key, body: TiesUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> list[TieRead]:
    """Say all that others are to this person; what this person is to others stays."""
    others = [each.other for each in body.relationships]
    await within_reach(house, caller, "person", key, *others)
    person = await person_by_key(session, key)
    ties = [Tie(key, **each.model_dump()) for each in body.relationships]
    await put_ties(session, person, ties, actor=caller.actor, now=house.desk.clock())
    return [
        TieRead.model_validate(tie, from_attributes=True) for tie in await ties_of(session, person)
    ]
