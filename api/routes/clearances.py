"""Clearances: ask to see a person with the VIP flag; let somebody, for a while."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.dependencies import HouseDep, PartyReader, Reading, VipReader, Writing
from api.parties import KeyField, Strict
from openccm.access import clearances
from openccm.access.reach import require_person
from openccm.access.tables import Clearance
from openccm.parties.people import person_by_key
from openccm.parties.tables import Person

router = APIRouter(prefix="/v1/clearances", tags=["clearances"])

State = Literal["asked", "granted", "refused", "ended"]
assert clearances.CLEARANCE.states == set(State.__args__)
Why = Annotated[str, Field(min_length=1, max_length=500)]


class ClearanceCreate(Strict):
    """Whom one must see, and why."""

    person: KeyField
    reason: Why


class ReasonCreate(Strict):
    """Why."""

    reason: Why


class GrantCreate(ReasonCreate):
    """Why, and for how long."""

    hours: Annotated[int, Field(ge=1, le=clearances.LONGEST // timedelta(hours=1))] = 8


class ClearanceRead(BaseModel):
    """A clearance as it stands."""

    id: UUID
    person: str
    state: str
    asked_by: str
    reason: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    until: datetime | None

    @classmethod
    def of(cls, row: Clearance, person: Person) -> "ClearanceRead":
        """The public face of a row."""
        return cls(person=person.key, **row.model_dump(exclude={"person_id"}))


@router.post("", status_code=HTTPStatus.CREATED)
async def ask_for_clearance(
    body: ClearanceCreate, house: HouseDep, caller: PartyReader, session: Writing
) -> ClearanceRead:
    """Ask to see a person whose data is hidden; somebody with `reveal:vip` decides."""
    person = await person_by_key(session, body.person)
    require_person(caller, person)
    row = await clearances.ask(session, caller, person, body.reason, house.desk.clock())
    return ClearanceRead.of(row, person)


@router.get("")
async def list_clearances(
    session: Reading,
    caller: PartyReader,
    state: Annotated[State | None, Query()] = None,
) -> list[ClearanceRead]:
    """The newest hundred: for those who may decide of all, for others their own."""
    found = await clearances.clearances(session, caller, state)
    return [ClearanceRead.of(row, person) for row, person in found]


@router.post("/{clearance_id}/grant")
async def grant_clearance(
    clearance_id: UUID, body: GrantCreate, house: HouseDep, caller: VipReader, session: Writing
) -> ClearanceRead:
    """Let them see the person for some hours."""
    now = house.desk.clock()
    until = now + timedelta(hours=body.hours)
    decided = await clearances.decide(
        session, caller, clearance_id, "granted", body.reason, now=now, until=until
    )
    return ClearanceRead.of(*decided)


@router.post("/{clearance_id}/refuse")
async def refuse_clearance(
    clearance_id: UUID, body: ReasonCreate, house: HouseDep, caller: VipReader, session: Writing
) -> ClearanceRead:
    """Do not let them."""
    now = house.desk.clock()
    decided = await clearances.decide(
        session, caller, clearance_id, "refused", body.reason, now=now
    )
    return ClearanceRead.of(*decided)


@router.post("/{clearance_id}/end")
async def end_clearance(
    clearance_id: UUID, body: ReasonCreate, house: HouseDep, caller: VipReader, session: Writing
) -> ClearanceRead:
    """Take a clearance back before its time."""
    now = house.desk.clock()
    decided = await clearances.decide(session, caller, clearance_id, "ended", body.reason, now=now)
    return ClearanceRead.of(*decided)
