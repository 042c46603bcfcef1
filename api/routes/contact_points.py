"""Where a person can be reached, one by one."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from api.contact_points import ContactPointRead
from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import ContactPointUpdate, Key, Strict, within_reach
from openccm.access.masking import View
from openccm.parties import contact_points
from openccm.parties.people import person_by_key
from openccm.parties.phones import territory_of

router = APIRouter(prefix="/v1/persons/{key}/contact-points", tags=["persons"])


class ContactPointChange(Strict):
    """How far it may be used; what is left out stays."""

    rank: Annotated[int, Field(ge=0, le=1000)] = 0
    verified: bool = False
    line: Literal["mobile", "landline", "other", ""] = ""
    valid_from: date | None = None
    valid_until: date | None = None
    do_not_disturb: bool = False


@router.get("")
async def list_contact_points(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> list[ContactPointRead]:
    """All of them, the preferred first; those that are used no more as well."""
    await within_reach(house, caller, "person", key)
    person = await person_by_key(session, key)
    found = await contact_points.contact_points_of(session, person.id)
    view = View(caller, person)
    return [ContactPointRead.of(point, view) for point in found]


@router.post("", status_code=HTTPStatus.CREATED)
async def add_contact_point(
    key: Key, body: ContactPointUpdate, house: HouseDep, caller: PartyWriter, session: Writing
) -> ContactPointRead:
    """One more, after all others of its channel."""
    await within_reach(house, caller, "person", key)
    person = await person_by_key(session, key)
    reach = body.reach(territory_of(person.language), "value")
    point = await contact_points.add_contact_point(
        session, person, reach, actor=caller.actor, now=house.desk.clock()
    )
    return ContactPointRead.of(point, View(caller, person))


@router.patch("/{contact_point_id}")
async def change_contact_point(
    key: Key,
    contact_point_id: UUID,
    body: ContactPointChange,
    house: HouseDep,
    caller: PartyWriter,
    session: Writing,
) -> ContactPointRead:
    """Its rank, whether it was verified, how long it holds. Where it leads never changes."""
    await within_reach(house, caller, "person", key)
    person = await person_by_key(session, key)
    point = await contact_points.change_contact_point(
        session,
        person,
        contact_point_id,
        body.model_dump(exclude_unset=True),
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return ContactPointRead.of(point, View(caller, person))


@router.delete("/{contact_point_id}")
async def remove_contact_point(
    key: Key, contact_point_id: UUID, house: HouseDep, caller: PartyWriter, session: Writing
) -> ContactPointRead:
    """Use it no more. It is kept, because communications point at it."""
    await within_reach(house, caller, "person", key)
    person = await person_by_key(session, key)
    point = await contact_points.remove_contact_point(
        session, person, contact_point_id, actor=caller.actor, now=house.desk.clock()
    )
    return ContactPointRead.of(point, View(caller, person))
