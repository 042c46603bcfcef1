"""Cases: open one, look into it, bring it to another status, note something in it."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CaseReader, CaseWorker, HouseDep, Reading, Writing
from api.models import Listed, Page
from api.routes.offers import OfferRead
from api.routes.todos import Key, LogEntry, Name, ToDoRead
from openccm.access.caller import Caller
from openccm.access.reach import require_person, require_within, within
from openccm.cases import queries
from openccm.cases.case_file import chain_of, opened
from openccm.cases.opening import NewCase, advance, open_case
from openccm.cases.tables import Case, CaseNote, CaseParty
from openccm.errors import HiddenError
from openccm.parties import people
from openccm.platform import audit
from openccm.repository.audience import permit

router = APIRouter(prefix="/v1/cases", tags=["cases"])

_MOST_ENTRIES = 1_000


class Body(BaseModel):
    """What all bodies have in common: nothing in them is overlooked."""

    model_config = ConfigDict(extra="forbid")


class CaseCreate(Body):
    """An issue that somebody is to work on."""

    type: Annotated[str, Field(max_length=60, description="Code of the case type.")]
    idempotency_key: Annotated[
        Key, Field(max_length=120, description="The same key again gets the same case.")
    ]
    subject: Annotated[str, Field(max_length=200, description="What it is about.")] = ""
    person: Annotated[Key | None, Field(description="Key of the person it is about.")] = None
    account: Annotated[Key | None, Field(description="Key of the account it is about.")] = None


class StatusCreate(Body):
    """Which status, and why."""

    status: Annotated[Name, Field(description="One of the statuses of its type.")]
    reason: Annotated[str | None, Field(max_length=200)] = None


class NoteCreate(Body):
    """Something to be remembered."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class PartyCreate(Body):
    """Somebody who has a part in it."""

    part: Annotated[Name, Field(description="One of the parts of its type.")]
    person: Annotated[Key, Field(description="The person's key.")]


class CaseRead(Listed):
    """A case as it stands."""

    number: str
    type: str
    version: int
    status: str
    state: str
    reason: str | None
    subject: str
    person: str | None
    account: str | None
    system: str
    instance_id: Annotated[UUID | None, Field(description="The process that keeps it.")]
    sla: Annotated[str, Field(description="`ok`, `at_risk` or `breached`.")]
    due_at: datetime | None
    opened_by: str
    opened_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime

    @classmethod
    def of(cls, case: Case, now: datetime) -> "CaseRead":
        """The public face of a row, as it is at this time."""
        return cls(**_face(case, now))


class NoteRead(Listed):
    """What somebody wrote down."""

    text: str
    by: str
    at: datetime


class PartyRead(BaseModel):
    """A part that somebody has."""

    part: str
    person: str


class CaseDetail(CaseRead):
    """A case with everything in it."""

    parties: list[PartyRead]
    notes: list[NoteRead]
    todos: list[ToDoRead]
    offers: list[OfferRead]


def _face(case: Case, now: datetime) -> dict[str, Any]:
    names = set(CaseRead.model_fields) - {"person", "account", "system", "sla"}
    return {
        **case.model_dump(include=names),
        "person": case.person_key,
        "account": case.account_key,
        "system": case.system_code,
        "sla": queries.mark_of(case, now),
    }


async def _seen(session: AsyncSession, case_id: UUID, caller: Caller) -> Case:
    """Agents see all cases, core systems their own; of others not even that they are there."""
    case = await queries.case_by_id(session, case_id)
    await require_within(session, caller, "case", Case, case_id)
    if "case:work" not in caller.scopes and not caller.sees(case.system_code):
        raise HiddenError("case", case_id, "It belongs to another core system.")
    return case


async def _detail(session: AsyncSession, case: Case, now: datetime) -> CaseDetail:
    parties = await queries.parties_of(session, case.id)
    notes = await queries.notes_of(session, case.id)
    todos = await queries.todos_of(session, case)
    offers = await queries.offers_of(session, case.id)
    return CaseDetail(
        **_face(case, now),
        parties=[PartyRead(part=each.part, person=each.person_key) for each in parties],
        notes=[NoteRead.model_validate(each, from_attributes=True) for each in notes],
        todos=[ToDoRead.of(each, now) for each in todos],
        offers=[OfferRead.of(each) for each in offers],
    )


@router.post("", status_code=HTTPStatus.CREATED)
async def create_case(
    body: CaseCreate, house: HouseDep, caller: CaseWorker, session: Writing
) -> CaseRead:
    """Open a case; the same key again answers the one that is there."""
    await permit(session, caller, body.type)
    person = await people.person_by_key(session, body.person) if body.person else None
    if person is not None:
        require_person(caller, person)
    new = NewCase(
        type=body.type,
        raised_as=f"{caller.actor}/{body.idempotency_key}",
        system_code=caller.system_code,
        subject=body.subject,
        person_id=person.id if person else None,
        person_key=body.person,
        account_key=body.account,
    )
    now = house.desk.clock()
    case = await open_case(session, house.desk.repository, new, actor=caller.actor, now=now)
    return CaseRead.of(case, now)


@router.get("")
async def list_cases(
    session: Reading,
    house: HouseDep,
    caller: CaseReader,
    number: Annotated[str | None, Query(max_length=20)] = None,
    type: Annotated[str | None, Query(max_length=60)] = None,  # noqa: A002
    status: Annotated[str | None, Query(max_length=60)] = None,
    state: Annotated[str | None, Query(max_length=24)] = None,
    person: Annotated[
        str | None, Query(max_length=80, description="Who has a part in them.")
    ] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[CaseRead]:
    """Cases, newest first."""
    everybody = "case:work" in caller.scopes or "request:all" in caller.scopes
    rows = await queries.cases(
        session,
        system=None if everybody else caller.system_code,
        within=within(caller, Case),
        number=number,
        type=type,
        status=status,
        state=state,
        person=person,
        after=after,
        limit=limit,
    )
    now = house.desk.clock()
    return Page[CaseRead].of([CaseRead.of(row, now) for row in rows], limit)


@router.get("/{case_id}")
async def read_case(
    case_id: UUID, session: Reading, house: HouseDep, caller: CaseReader
) -> CaseDetail:
    """A case with its parties, notes, to-dos and offers."""
    case = await _seen(session, case_id, caller)
    return await _detail(session, case, house.desk.clock())


@router.get("/{case_id}/log")
async def read_case_log(case_id: UUID, session: Reading, caller: CaseReader) -> list[LogEntry]:
    """Everything that was done in a case, oldest first."""
    case = await _seen(session, case_id, caller)
    rows = await audit.entries(session, chain=chain_of(case.id), limit=_MOST_ENTRIES)
    return [LogEntry.model_validate(row, from_attributes=True) for row in rows]


@router.post("/{case_id}/status")
async def move_case(
    case_id: UUID, body: StatusCreate, house: HouseDep, caller: CaseWorker, session: Writing
) -> CaseRead:
    """Bring a case to a status of its type; back from resolved, that reopens it."""
    await _seen(session, case_id, caller)
    now = house.desk.clock()
    case = await advance(
        session,
        house.desk.repository,
        case_id,
        body.status,
        actor=caller.actor,
        now=now,
        reason=body.reason,
    )
    return CaseRead.of(case, now)


@router.post("/{case_id}/notes", status_code=HTTPStatus.CREATED)
async def create_note(
    case_id: UUID, body: NoteCreate, house: HouseDep, caller: CaseWorker, session: Writing
) -> NoteRead:
    """Write something down in a case."""
    await _seen(session, case_id, caller)
    now = house.desk.clock()
    repository = house.desk.repository
    async with opened(session, repository, case_id, actor=caller.actor, now=now) as file:
        note: CaseNote = file.write_note(body.text)
    return NoteRead.model_validate(note, from_attributes=True)


@router.post("/{case_id}/parties", status_code=HTTPStatus.CREATED)
async def create_party(
    case_id: UUID, body: PartyCreate, house: HouseDep, caller: CaseWorker, session: Writing
) -> PartyRead:
    """Let somebody have a part in a case; twice is once."""
    await _seen(session, case_id, caller)
    require_person(caller, await people.person_by_key(session, body.person))
    now = house.desk.clock()
    repository = house.desk.repository
    async with opened(session, repository, case_id, actor=caller.actor, now=now) as file:
        known = await queries.parties_of(session, case_id)
        if (body.part, body.person) not in {(each.part, each.person_key) for each in known}:
            file.take_part(CaseParty(case_id=case_id, part=body.part, person_key=body.person))
    return PartyRead(part=body.part, person=body.person)
