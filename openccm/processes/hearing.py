"""System events that concern instances: kept for the step that listens, or the end of it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.language.process_context import EVENT
from openccm.language.values import nested, read_values
from openccm.processes.beginning import match_hash
from openccm.processes.book import Processes
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import EventWatch, InstanceEvent, WorkflowInstance
from openccm.processes.walk import Walk, walking
from openccm.rules.context import value_at
from openccm.rules.findings import RuleError


@dataclass(frozen=True, slots=True)
class Heard:
    """A system event, as far as instances care."""

    type: str
    key: str
    """Its own id, unique among all sources."""
    person: str | None = None
    account: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def value(self, name: str) -> Any:
        """A field to match by: ``person``, ``account``, or one of its data, dotted or nested."""
        if name in ("person", "account"):
            return self.person if name == "person" else self.account
        return self.data[name] if name in self.data else value_at(self.data, name)


async def deliver(
    session: AsyncSession, processes: Processes, heard: Heard
) -> Sequence[WorkflowInstance]:
    """Let every instance hear an event that is about it; answers which. The same one twice is once.

    Only what an instance declares of the event's data is kept with it.
    """
    now = processes.desk.clock()
    told: list[WorkflowInstance] = []
    for watch in await _concerned(session, heard):
        async with walking(session, processes, watch.instance_id, actor="engine", now=now) as walk:
            if await _hear(walk, watch.name, heard):
                told.append(walk.instance)
                await walk.wake()
    return told


async def _concerned(session: AsyncSession, heard: Heard) -> Sequence[EventWatch]:
    """In one order, so that two events at once never wait for each other."""
    statement = select(EventWatch.fields).where(EventWatch.type == heard.type).distinct()
    found = {
        fields: {name: heard.value(name) for name in fields.split(",")}
        for fields in await session.scalars(statement)
    }
    wanted = [
        (fields, match_hash(values))
        for fields, values in found.items()
        if None not in values.values()
    ]
    if not wanted:
        return ()
    return (
        await session.scalars(
            select(EventWatch)
            .where(
                EventWatch.type == heard.type,
                tuple_(col(EventWatch.fields), col(EventWatch.match_hash)).in_(wanted),
            )
            .order_by(col(EventWatch.instance_id), col(EventWatch.id))
        )
    ).all()


async def _hear(walk: Walk, name: str, heard: Heard) -> bool:
    """Keep the event for the step that listens, and end the instance where it takes its cause."""
    known = await walk.session.scalar(
        select(InstanceEvent.id).where(
            InstanceEvent.instance_id == walk.instance.id,
            InstanceEvent.name == name,
            InstanceEvent.event_key == heard.key,
        )
    )
    # It may have ended since the watch was read.
    if known is not None or walk.instance.state in INSTANCE.terminal:
        return False
    declared = walk.process.definition.events[name].data
    data = {field: heard.value(field) for field in declared}
    walk.session.add(
        InstanceEvent(
            instance_id=walk.instance.id,
            name=name,
            event_key=heard.key,
            data={field: value for field, value in data.items() if value is not None},
            heard_at=walk.now,
        )
    )
    walk.note("event.heard", event=name, key=heard.key)
    _stop(walk, name, data)
    return True


def _stop(walk: Walk, name: str, data: Mapping[str, Any]) -> None:
    definition = walk.process.definition
    event = nested(read_values(definition.events[name].data, data).values)
    for outcome, stop in definition.stops.items():
        if stop.event != name or walk.ending is not None:
            continue
        try:
            meant = stop.when is None or walk.process.condition(stop.when, name).evaluate(
                walk.data | {EVENT: event}
            )
        except RuleError as error:
            walk.note("stop.unclear", reason=error.code, stop=outcome, says=str(error))
            continue
        if meant:
            walk.end_early(outcome, reason=name, undoing=stop.undoing)
