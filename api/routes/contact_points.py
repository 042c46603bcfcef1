"""Where a person can be reached, one by one."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.contact_points import ContactPointRead
from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import ContactPointUpdate, Key, Strict, within_reach
from openccm.access.masking import View
from openccm.communications import verification
from openccm.communications.intake import start
from openccm.errors import OpenCCMError
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


class CodeSentRead(BaseModel):
    """That a code is on its way; the code itself is told to nobody but whoever reads it there."""

    sent_at: datetime
    expires_at: datetime
    request_id: UUID


class CodeTold(Strict):
    """What somebody read."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]


@router.post("/{contact_point_id}/code", status_code=HTTPStatus.ACCEPTED)
async def send_code(
    key: Key, contact_point_id: UUID, house: HouseDep, caller: PartyWriter
) -> CodeSentRead:
    """Send a code there, good for a quarter of an hour; one sent before is good no more."""
    await within_reach(house, caller, "person", key)
    async with house.desk.database.begin() as session:
        person = await person_by_key(session, key)
        row, request, plan = await verification.send_code(
            house.desk, session, person, contact_point_id, caller=caller
        )
    await start(house.engine, request, plan)
    return CodeSentRead(sent_at=row.sent_at, expires_at=row.expires_at, request_id=request.id)


@router.post("/{contact_point_id}/verify")
async def verify_contact_point(
    key: Key, contact_point_id: UUID, body: CodeTold, house: HouseDep, caller: PartyWriter
) -> ContactPointRead:
    """Tell the code that was read there: the contact point is verified. Five tries a code."""
    await within_reach(house, caller, "person", key)
    async with house.desk.database.begin() as session:
        person = await person_by_key(session, key)
        told = await verification.confirm_code(
            session, person, contact_point_id, body.code, caller=caller, now=house.desk.clock()
        )
    if isinstance(told, OpenCCMError):
        raise told
    return ContactPointRead.of(told, View(caller, person))


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
