"""Customer contacts: log, find, note, close."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import (
    ContactReader,
    ContactWriter,
    House,
    HouseDep,
    Reading,
    Writing,
)
from api.models import Listed, Page
from openccm.access.caller import Caller
from openccm.access.reach import ELSEWHERE, require_person, require_within, within
from openccm.contacts import queries
from openccm.contacts.card import opened
from openccm.contacts.lifecycles import CONTACT
from openccm.contacts.queries import Filter
from openccm.contacts.tables import ContactLogEntry, CustomerContact
from openccm.contacts.typed import NewContact
from openccm.errors import HiddenError
from openccm.language.contact_type import Direction, Method
from openccm.parties import people
from openccm.parties.objects import needed
from openccm.parties.tables import Account, Person
from openccm.processes.intake import start
from openccm.processes.logged import log_contact as log
from openccm.repository.audience import permit

router = APIRouter(prefix="/v1/customer-contacts", tags=["customer contacts"])

Key = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:/-]+$")]
KeyQuery = Annotated[str | None, Query(max_length=80)]
Text = Annotated[str, Field(min_length=1, max_length=10_000)]
State = Literal["open", "closed"]
assert CONTACT.states == set(State.__args__)


class Body(BaseModel):
    """What all bodies have in common: nothing in them is overlooked."""

    model_config = ConfigDict(extra="forbid")


class ContactCreate(Body):
    """A contact that took place."""

    type: Annotated[str, Field(max_length=60, description="Code of the contact type.")]
    idempotency_key: Annotated[
        Key, Field(max_length=120, description="The same key again gets the same contact.")
    ]
    person: Annotated[Key | None, Field(description="Key of the person.")] = None
    account: Annotated[Key | None, Field(description="Key of the account.")] = None
    premise: Annotated[Key | None, Field(description="Key of the premise.")] = None
    direction: Annotated[
        Direction | None, Field(description="`inbound` unless the type or the caller says so.")
    ] = None
    method: Annotated[Method | None, Field(description="How; the type's first by default.")] = None
    occurred_at: Annotated[AwareDatetime | None, Field(description="When; now by default.")] = None
    text: Annotated[Text | None, Field(description="What was said; else as the type says.")] = None
    characteristics: Annotated[
        dict[str, JsonValue], Field(description="What the type declares, nested or dotted.")
    ] = {}
    state: Annotated[State | None, Field(description="Else as the type says.")] = None


class ContactRead(Listed):
    """A contact as it stands."""

    type: Annotated[str | None, Field(description="None where a communication logged itself.")]
    version: int | None
    class_code: Annotated[str | None, Field(serialization_alias="class")]
    title: str
    state: str
    direction: str
    method: str
    origin: Annotated[str, Field(description="`agent`, `event`, `process`, `communication`.")]
    origin_id: UUID | None
    person_id: UUID | None
    account: str | None
    premise: str | None
    characteristics: dict[str, Any]
    request_id: UUID | None
    communication_id: UUID | None
    reason: str | None
    occurred_at: datetime
    created_by: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    closed_by: str | None

    @classmethod
    def of(cls, contact: CustomerContact) -> "ContactRead":
        """The public face of a row."""
        row = contact.model_dump()
        keys = {"account": row["account_key"] or None, "premise": row["premise_key"] or None}
        return cls.model_validate(row | keys)


class EntryRead(Listed):
    """A line of a contact's log."""

    code: Annotated[str, Field(description="`note` for words of an agent, else what happened.")]
    text: str | None
    detail: dict[str, Any]
    author: str
    at: datetime


class NoteCreate(Body):
    """Words for the log."""

    text: Text


class ReasonCreate(Body):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


async def visible_person(caller: Caller, session: AsyncSession, key: str) -> Person:
    """The person, if they are this caller's to see.

    Raises:
        NotFoundError: Nobody bears this key.
        HiddenError: They belong to another division.
    """
    person = await people.person_by_key(session, key)
    require_person(caller, person)
    return person


async def visible_account(caller: Caller, session: AsyncSession, key: str) -> None:
    """Refuse an account whose holder is not this caller's to see.

    Raises:
        NotFoundError: There is no such account.
        HiddenError: The holder belongs to another division.
    """
    account = await needed(session, Account, key)
    holder = await session.get_one(Person, account.holder_id)
    if not caller.sees_division(holder.division):
        raise HiddenError("account", key, ELSEWHERE)


async def visible_contact(
    caller: Caller, session: AsyncSession, contact_id: UUID
) -> CustomerContact:
    """The contact, if whom it is about is this caller's to see.

    Raises:
        NotFoundError: There is none.
        HiddenError: It is about somebody of another division.
    """
    contact = await queries.contact_by_id(session, contact_id)
    await require_within(session, caller, "customer contact", CustomerContact, contact_id)
    return contact


@router.post("", status_code=HTTPStatus.CREATED)
async def log_contact(
    body: ContactCreate,
    house: HouseDep,
    caller: ContactWriter,
    response: Response,
) -> ContactRead:
    """Log a contact, with all that its type leads to. The same idempotency key gets the same one.

    A call or a visit that an agent notes is an inbound contact of a type that allows it.
    """
    made_as = f"system:{caller.system_code}/{body.idempotency_key}"
    desk = house.desk
    async with desk.database.read() as session:
        if body.person is not None:
            await visible_person(caller, session, body.person)
        if body.account is not None:
            await visible_account(caller, session, body.account)
    new = NewContact(
        origin="agent",
        made_as=made_as,
        opens=body.state,
        **body.model_dump(exclude={"idempotency_key", "state"}),
    )
    async with desk.database.begin() as session:
        await permit(session, caller, body.type)
        logged = await log(session, house.processes, new, caller=caller, now=desk.clock())
    if logged.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    if logged.instance is not None:
        await start(house.processes, house.engine, logged.instance)
    return ContactRead.of(logged.contact)


@router.get("")
async def list_contacts(
    house: HouseDep,
    session: Reading,
    caller: ContactReader,
    person: KeyQuery = None,
    account: KeyQuery = None,
    premise: KeyQuery = None,
    class_: Annotated[str | None, Query(alias="class", max_length=60)] = None,
    type: Annotated[str | None, Query(max_length=60)] = None,  # noqa: A002
    method: Method | None = None,
    direction: Direction | None = None,
    state: State | None = None,
    origin: Annotated[str | None, Query(max_length=16)] = None,
    since: Annotated[AwareDatetime | None, Query(description="They took place from then.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="They took place before.")] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Page[ContactRead]:
    """Newest first. Open ones that took place before some day are those that have aged."""
    someone = await visible_person(caller, session, person) if person else None
    wanted = Filter(
        person_id=someone.id if someone else None,
        account=account,
        premise=premise,
        class_code=class_,
        type=type,
        method=method,
        direction=direction,
        state=state,
        origin=origin,
        since=since,
        until=until,
    )
    rows = await queries.contacts(
        session, wanted, within=within(caller, CustomerContact), after=after, limit=limit
    )
    return Page[ContactRead].of([ContactRead.of(row) for row in rows], limit)


@router.get("/{contact_id}")
async def read_contact(
    contact_id: UUID, house: HouseDep, caller: ContactReader, session: Reading
) -> ContactRead:
    """One contact as it stands."""
    return ContactRead.of(await visible_contact(caller, session, contact_id))


@router.get("/{contact_id}/log")
async def read_contact_log(
    contact_id: UUID, house: HouseDep, caller: ContactReader, session: Reading
) -> list[EntryRead]:
    """What was noted and what happened, first to last."""
    await visible_contact(caller, session, contact_id)
    entries: list[ContactLogEntry] = [*await queries.log_of(session, contact_id)]
    return [EntryRead.model_validate(each, from_attributes=True) for each in entries]


@router.post("/{contact_id}/log", status_code=HTTPStatus.CREATED)
async def add_note(
    contact_id: UUID, body: NoteCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> EntryRead:
    """Add a note. Nothing in the log is ever changed."""
    await visible_contact(caller, session, contact_id)
    now = house.desk.clock()
    async with opened(session, contact_id, actor=caller.actor, now=now) as card:
        entry_id = card.log("note", body.text)
        card.note("contact.noted", None, entry=str(entry_id))
    entry = await session.get_one(ContactLogEntry, entry_id)
    return EntryRead.model_validate(entry, from_attributes=True)


@router.post("/{contact_id}/close")
async def close_contact(
    contact_id: UUID, body: ReasonCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> ContactRead:
    """Close a contact whose matter is settled."""
    return await _move(contact_id, "closed", body.reason, house, caller, session)


@router.post("/{contact_id}/reopen")
async def reopen_contact(
    contact_id: UUID, body: ReasonCreate, house: HouseDep, caller: ContactWriter, session: Writing
) -> ContactRead:
    """Open a contact again."""
    return await _move(contact_id, "open", body.reason, house, caller, session)


async def _move(
    contact_id: UUID,
    state: State,
    reason: str,
    house: House,
    caller: Caller,
    session: AsyncSession,
) -> ContactRead:
    await visible_contact(caller, session, contact_id)
    now = house.desk.clock()
    async with opened(session, contact_id, actor=caller.actor, now=now) as card:
        card.move(state, reason)
    return ContactRead.of(card.contact)
