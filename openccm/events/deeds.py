"""What bindings do with an event: ask, start, log, raise; and telling who waits for it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.cases import hearing as hearing_offers
from openccm.communications.accept import Ask, accept, find_replay
from openccm.communications.dossier import opened
from openccm.contacts.desk import ContactDesk
from openccm.contacts.typed import NewContact
from openccm.events.catalogue import Binding
from openccm.events.tables import SystemEvent
from openccm.parties.tables import Person
from openccm.platform import outbox
from openccm.processes import hearing
from openccm.processes.beginning import Beginning, begin
from openccm.processes.book import Processes
from openccm.processes.hearing import Heard
from openccm.repository.versions import Repository
from openccm.rules.expressions import ValueExpression
from openccm.work.raising import NewToDo, raise_todo

_KEY = re.compile(r"[A-Za-z0-9._:/-]+")
_LONGEST_KEY = 120
_ACTOR = "engine"


class Reached(NamedTuple):
    """A process instance that was told of an event."""

    process: str
    version: int
    instance: UUID


async def ask_for(
    session: AsyncSession,
    repository: Repository,
    event: SystemEvent,
    binding: Binding,
    data: Mapping[str, Any],
    *,
    number: int,
    caller: Caller,
    now: datetime,
) -> UUID:
    """Ask for the binding's communication on behalf of the event's source; answers the request.

    Raises:
        NotFoundError: The communication is not published.
        DeniedError: The key that told of the event may not use it.
        InvalidError: A field does not fit the communication.
        ConflictError: A request of the same key asked for something else.
        RuleError: A value cannot be made of the event.
    """
    deed = binding.definition.request
    assert deed is not None
    caller.require_definition(deed.communication)
    person = _key_of(binding, "request.person", data)
    ask = Ask(
        definition=deed.communication,
        idempotency_key=ask_key(event, binding.definition.code, number),
        person=person or event.person_key,
        account=None if person else event.account_key,
        payload=payload_of(binding.request, data),
        correlation={"event_id": event.event_id},
        channel=deed.channel,
        priority=deed.priority,
        trigger_id=event.id,
    )
    before = await find_replay(session, ask, event.source)
    if before is not None:
        return before.id
    published = await repository.live(session, deed.communication)
    request = await accept(
        session,
        ask,
        published.definition,
        published.version,
        caller=caller,
        now=now,
        grace=timedelta(0),
        awaiting=binding.definition.create == "on-resolve",
    )
    return request.id


async def release(session: AsyncSession, request_id: UUID, now: datetime) -> None:
    """Let a request go on whose trigger is resolved, unless somebody has cancelled it."""
    async with opened(session, request_id, actor=_ACTOR, now=now) as dossier:
        if dossier.request.state != "awaiting_resolution":
            return
        dossier.move_request("accepted", "trigger_resolved")
        await outbox.put(session, "start", [request_id], now)


async def withdraw(session: AsyncSession, request_id: UUID, now: datetime) -> None:
    """Cancel a request whose trigger is cancelled, unless somebody else has done so."""
    async with opened(session, request_id, actor=_ACTOR, now=now) as dossier:
        if dossier.request.state == "awaiting_resolution":
            dossier.move_request("cancelled", "trigger_cancelled")


async def start_process(
    session: AsyncSession,
    processes: Processes,
    event: SystemEvent,
    binding: Binding,
    data: Mapping[str, Any],
    *,
    number: int,
    caller: Caller,
    now: datetime,
) -> UUID:
    """Start the binding's process on behalf of the event's source; answers the instance.

    Raises:
        NotFoundError: There is no process of this code.
        DeniedError: The key that told of the event may not use it.
        InvalidError: A field does not fit the process.
        ConflictError: An instance of the same key was started for something else.
        RuleError: A value cannot be made of the event.
    """
    deed = binding.definition.process
    assert deed is not None
    caller.require_definition(deed.process)
    key = _key_of(binding, "process.key", data)
    person = _key_of(binding, "process.person", data)
    asked = Beginning(
        process=deed.process,
        key=key if key is not None else ask_key(event, binding.definition.code, number),
        person=person or event.person_key,
        account=None if person else event.account_key,
        payload=payload_of(binding.process, data),
        # An instance that is named by a fact is the same one whichever event tells the fact.
        correlation={"event_id": event.event_id} if key is None else {},
    )
    return (await begin(session, processes, asked, caller=caller, now=now)).id


async def log_contact(
    session: AsyncSession,
    contacts: ContactDesk,
    event: SystemEvent,
    binding: Binding,
    data: Mapping[str, Any],
    *,
    number: int,
    caller: Caller,
    now: datetime,
) -> UUID:
    """Log the binding's contact with whom the event is about; answers the contact.

    Raises:
        NotFoundError: The type is not published, or nobody bears the key of the person.
        DeniedError: The key that told of the event may not use it.
        InvalidError: Something that the type wants is missing or wrong.
        RuleError: A value cannot be made of the event.
    """
    deed = binding.definition.contact
    assert deed is not None
    caller.require_definition(deed.type)
    person = _key_of(binding, "contact.person", data)
    new = NewContact(
        type=deed.type,
        origin="event",
        origin_id=event.id,
        made_as=f"event:{event.id}:{binding.definition.code}/{number}",
        person=person or event.person_key,
        account=None if person else event.account_key,
        premise=event.premise_key,
        occurred_at=event.occurred_at,
        characteristics=payload_of(binding.contact, data),
        reminder=deed.reminder,
    )
    return (await contacts.log(session, new, caller=caller, now=now)).id


async def raise_work(
    session: AsyncSession,
    repository: Repository,
    event: SystemEvent,
    binding: Binding,
    data: Mapping[str, Any],
    *,
    number: int,
    caller: Caller,
    now: datetime,
) -> UUID:
    """Raise the binding's to-do; answers it.

    Raises:
        NotFoundError: The type is not published.
        DeniedError: The key that told of the event may not use it.
        InvalidError: A value does not fit the type.
        RuleError: A value cannot be made of the event.
    """
    deed = binding.definition.to_do
    assert deed is not None
    caller.require_definition(deed.type)
    named = _key_of(binding, "to_do.person", data) or event.person_key
    person = None
    if named:
        person = await session.scalar(select(Person).where(Person.key == named))
    new = NewToDo(
        type=deed.type,
        owner_kind="event",
        owner_id=event.id,
        owner_step=f"{binding.definition.code}/{number}",
        raised_by=caller.actor,
        role=deed.role,
        context=payload_of(binding.to_do, data),
        not_by=frozenset({caller.actor}),
        person_id=person.id if person else None,
        person_key=named,
        account_key=event.account_key,
    )
    return (await raise_todo(session, repository, new, now)).id


async def move_offers(
    session: AsyncSession,
    repository: Repository,
    event: SystemEvent,
    binding: Binding,
    data: Mapping[str, Any],
    *,
    now: datetime,
) -> Sequence[UUID]:
    """Do what the binding says of offers; answers their cases.

    Raises:
        InvalidError: What was told is no offer's id.
        NotFoundError: There is no such offer.
        DeniedError: Another core system pays it.
        IllegalTransitionError: The offer's life cycle does not lead there.
        RuleError: A value cannot be made of the event.
    """
    deed = binding.definition.offers
    assert deed is not None
    actor = f"system:{event.source}"
    if deed.do == "settle":
        told = _key_of(binding, "offers.offer", data) or ""
        case_id = await hearing_offers.settled(
            session, repository, told, system=event.source, actor=actor, now=now
        )
        return [case_id]
    cause = _key_of(binding, "offers.cause", data) or ""
    return await hearing_offers.cause_gone(
        session, repository, cause, deed.reason, actor=actor, now=now
    )


async def deliver(
    session: AsyncSession, processes: Processes, event: SystemEvent
) -> Sequence[Reached]:
    """Tell the process instances that wait for such an event; answers which."""
    heard = Heard(
        type=event.type,
        key=str(event.id),
        person=event.person_key,
        account=event.account_key,
        data=event.data,
    )
    told = await hearing.deliver(session, processes, heard)
    return [Reached(each.code, each.version, each.id) for each in told]


def _key_of(binding: Binding, name: str, data: Mapping[str, Any]) -> str | None:
    """A key that a deed gives, as text."""
    value = binding.value(name, data)
    return None if value is None else str(value)


def ask_key(event: SystemEvent, binding: str, number: int) -> str:
    """The idempotency key of a request: the teller's own id, where it can stand in a key."""
    key = f"event/{event.event_id}/{binding}/{number}"
    if event.origin or len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        return f"event/{event.id}/{binding}/{number}"
    return key


def payload_of(values: Mapping[str, ValueExpression], data: Mapping[str, Any]) -> dict[str, Any]:
    """A payload as JSON; a field without a value is left out."""
    made = {name: value.evaluate(data) for name, value in values.items()}
    return to_jsonable_python({name: value for name, value in made.items() if value is not None})
