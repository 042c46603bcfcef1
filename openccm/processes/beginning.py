"""Beginning an instance: checked against its process, written once, its run owed from then on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.data.collect import check_payload, payload_of
from openccm.errors import ConflictError, InvalidError
from openccm.language.process import ProcessDefinition
from openccm.parties.people import person_by_key
from openccm.parties.tables import Account, Person
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.platform.columns import new_id
from openccm.processes.book import Process, Processes
from openccm.processes.tables import EventWatch, WorkflowInstance
from openccm.processes.walk import data_of

KEYS = ("person", "account")
"""What an event may be matched by beside the fields of its data."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is asked for."""

    process: str
    key: str
    person: str | None = None
    account: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])
    correlation: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parent_id: UUID | None = None

    def body_hash(self) -> str:
        """SHA-256 over all that was asked, in one fixed spelling."""
        facts = (self.process, self.person, self.account, self.payload, self.correlation)
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


async def begin(
    session: AsyncSession,
    processes: Processes,
    asked: Beginning,
    *,
    caller: Caller,
    now: datetime,
) -> WorkflowInstance:
    """Write the instance down; the same key again answers the one that is there.

    Raises:
        NotFoundError: The process is not live, or nobody bears the person's key.
        InvalidError: A field does not fit the process; names it.
        ConflictError: The key was used for something else.
    """
    known = await session.scalar(
        select(WorkflowInstance).where(
            WorkflowInstance.code == asked.process,
            WorkflowInstance.system_code == caller.system_code,
            WorkflowInstance.key == asked.key,
        )
    )
    if known is not None:
        if known.body_hash != asked.body_hash():
            raise ConflictError(f"The key {asked.key} was used for a different ask.")
        return known
    process, pins = await processes.live(session, asked.process)
    check_payload(process.definition.data, asked.payload)
    person = await _recipient(session, process.definition, asked)
    instance = WorkflowInstance(
        id=new_id(),
        code=asked.process,
        version=process.version,
        pins=pins,
        system_code=caller.system_code,
        key=asked.key,
        body_hash=asked.body_hash(),
        person_key=asked.person,
        account_key=asked.account,
        person_id=person.id if person else None,
        payload=dict(asked.payload),
        correlation=dict(asked.correlation),
        data=payload_of(process.definition.data, asked.payload),
        parent_id=asked.parent_id,
        started_by=caller.actor,
        started_at=now,
        updated_at=now,
    )
    _set_variables(process, instance, person, now)
    session.add(instance)
    await _trail(session, instance, caller.actor, now)
    session.add_all(watches(process.definition, instance, person))
    await outbox.put(session, "start-instance", [instance.id], now)
    return instance


def match_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 over the values that tell which instances an event is about."""
    spelled = {name: str(value) for name, value in values.items()}
    return hashlib.sha256(json.dumps(spelled, sort_keys=True).encode()).hexdigest()


def watches(
    definition: ProcessDefinition, instance: WorkflowInstance, person: Person | None
) -> list[EventWatch]:
    """Which events concern an instance from now on."""
    own = {
        **instance.data,
        "person": person.key if person else instance.person_key,
        "account": instance.account_key,
    }
    wanted = {
        name: {theirs: own.get(ours) for theirs, ours in event.match.items()}
        for name, event in definition.events.items()
    }
    # What has no value is nobody's: it must not match every event that lacks it, too.
    return [
        EventWatch(
            instance_id=instance.id,
            name=name,
            type=definition.events[name].type,
            fields=",".join(sorted(values)),
            match_hash=match_hash(values),
        )
        for name, values in wanted.items()
        if None not in values.values()
    ]


async def _recipient(
    session: AsyncSession, definition: ProcessDefinition, asked: Beginning
) -> Person | None:
    if definition.recipient == "nobody":
        return None
    if definition.recipient == "account-holder" and asked.account:
        account = await session.scalar(select(Account).where(Account.key == asked.account))
        if account is None:
            raise InvalidError("account", f"There is no account {asked.account}.")
        return await session.get_one(Person, account.holder_id)
    if not asked.person:
        raise InvalidError("person", "Name the person this is about.")
    return await person_by_key(session, asked.person)


def _set_variables(
    process: Process, instance: WorkflowInstance, person: Person | None, now: datetime
) -> None:
    data = data_of(process, instance, person, now)
    starts = {name: each.start for name, each in process.definition.variables.items()}
    instance.answers = to_jsonable_python(
        {name: process.value(start).evaluate(data) for name, start in starts.items() if start}
    )


async def _trail(
    session: AsyncSession, instance: WorkflowInstance, actor: str, now: datetime
) -> None:
    fact = Fact(
        chain=f"instance:{instance.id}",
        at=now,
        actor=actor,
        action="instance.started",
        object_kind="workflow instance",
        object_id=str(instance.id),
        to_state=instance.state,
        detail={"process": instance.code, "version": instance.version, "pins": instance.pins},
    )
    rows, head = chained([fact], Head())
    instance.trail_sequence, instance.trail_hash = head.sequence, head.hash
    await session.flush()
    await insert_entries(session, rows)
