"""One instance under work: the only place where instances and their steps change state.

A walk locks its instance, so that two hands never work on one at a time. What is decided while it
is open becomes, at its close and in the same transaction, the rows' new states and the audit trail.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic_core import to_jsonable_python
from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.data.collect import typed_values
from openccm.errors import NotFoundError
from openccm.language.fields import FieldShape
from openccm.language.flow import STOPPED
from openccm.language.process_context import kept_by
from openccm.language.values import nested, read_values
from openccm.parties.tables import Person
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.processes.book import Process, Processes
from openccm.processes.lifecycles import INSTANCE
from openccm.processes.tables import InstanceStep, WorkflowInstance

_INSTANCE = (
    select(WorkflowInstance)
    .where(WorkflowInstance.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_HERE = select(InstanceStep).where(
    InstanceStep.instance_id == bindparam("id"),
    InstanceStep.step == bindparam("step"),
    InstanceStep.visit == bindparam("visit"),
)


class Walk:
    """A locked instance, the process it follows, and what was decided while it was open."""

    def __init__(
        self,
        session: AsyncSession,
        instance: WorkflowInstance,
        process: Process,
        person: Person | None,
        *,
        actor: str,
        now: datetime,
    ) -> None:
        self.session = session
        self.instance = instance
        self.process = process
        self.person = person
        self.actor = actor
        self.now = now
        self._facts: list[Fact] = []

    @property
    def zone(self) -> ZoneInfo:
        """Where the person this is about lives; without one, UTC."""
        return ZoneInfo(self.person.time_zone if self.person else "UTC")

    @property
    def caller(self) -> Caller:
        """On whose behalf: the core system that started the instance."""
        return Caller(self.instance.system_code, frozenset(), None, self.instance.id)

    @cached_property
    def data(self) -> dict[str, Any]:
        """What expressions read: typed and nested."""
        return data_of(self.process, self.instance, self.person, self.now)

    def holds(self, source: str) -> bool:
        """Whether a condition holds.

        Raises:
            RuleError: It has no answer for this data.
        """
        return self.process.condition(source).evaluate(self.data)

    def value(self, source: str) -> Any:
        """What an expression gives, typed.

        Raises:
            RuleError: It has no result for this data.
        """
        return self.process.value(source).evaluate(self.data)

    def values(self, sources: Mapping[str, str]) -> dict[str, Any]:
        """What expressions give, as JSON; those without a value are left out."""
        found = {name: self.value(source) for name, source in sources.items()}
        return to_jsonable_python({name: each for name, each in found.items() if each is not None})

    def keep(self, name: str, value: Any) -> None:
        """Keep a variable, or an answer under its name."""
        self.instance.answers = {**self.instance.answers, name: to_jsonable_python(value)}
        self.forget()

    def forget(self) -> None:
        """Read the data anew: something of it has changed."""
        self.__dict__.pop("data", None)

    def move(self, state: str, reason: str | None = None, **detail: Any) -> None:
        """Change the instance's state; standing in the same one is no change.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        instance = self.instance
        if instance.state == state:
            return
        INSTANCE.check(instance.state, state)
        before, instance.state, instance.reason = instance.state, state, reason
        instance.updated_at = self.now
        if state in INSTANCE.terminal:
            instance.ended_at = self.now
        if {before, state} != {"running", "waiting"}:
            change = {"from_state": before, "to_state": state}
            self.note(f"instance.{state}", reason=reason, **change, **detail)

    def note(self, action: str, *, reason: str | None = None, **detail: Any) -> None:
        """Put something on the trail."""
        change = {name: detail.pop(name, None) for name in ("from_state", "to_state")}
        self._facts.append(
            Fact(
                chain=f"instance:{self.instance.id}",
                at=self.now,
                actor=self.actor,
                action=action,
                object_kind="workflow instance",
                object_id=str(self.instance.id),
                reason=reason,
                detail=to_jsonable_python(detail),
                **change,
            )
        )

    async def here(self, step: str, visit: int) -> InstanceStep | None:
        """The row of one visit to a step, where the step was entered."""
        where = {"id": self.instance.id, "step": step, "visit": visit}
        return await self.session.scalar(_HERE, where)

    @property
    def ending(self) -> str | None:
        """The outcome it is ending with already, if it is."""
        return self.instance.stopping or self.instance.outcome

    def end_early(self, outcome: str, *, reason: str, undoing: bool) -> None:
        """From now on every step gives way, and the instance ends with this outcome."""
        self.instance.stopping, self.instance.undoing = outcome, undoing
        self.instance.reason = reason
        self.note("instance.stopping", reason=reason, outcome=outcome, undoing=undoing)

    def rest(self) -> None:
        """Nothing is to be done here now."""
        if self.instance.state == "running":
            self.move("waiting", self.instance.reason)

    def go_on(self) -> None:
        """Something is done; an error stays one until a person has seen to it."""
        if self.instance.state == "waiting":
            self.move("running", self.instance.reason)

    async def enter(self, step: str, visit: int) -> InstanceStep:
        """Begin a visit to a step."""
        self.go_on()
        row = InstanceStep(
            instance_id=self.instance.id, step=step, visit=visit, entered_at=self.now
        )
        self.session.add(row)
        await self.session.flush()
        return row

    def leave(self, row: InstanceStep, way: str, outcome: str | None = None) -> None:
        """End a visit; the way it is left by is what the plan goes on with."""
        if way == STOPPED:
            row.state = "stopped"
        elif row.state != "skipped":
            row.state = "done"
        row.way, row.left_at = way, self.now
        row.outcome = outcome or row.outcome
        row.waiting_for = row.until = None
        self.go_on()
        self.note("step.left", step=row.step, visit=row.visit, way=way, outcome=row.outcome)

    async def wake(self) -> None:
        """Let the run look again."""
        await outbox.put(self.session, "wake-instance", [self.instance.id], self.now)

    async def close(self) -> None:
        """Write everything down; called once, by ``walking``."""
        instance = self.instance
        rows, head = chained(self._facts, Head(instance.trail_sequence, instance.trail_hash))
        instance.trail_sequence, instance.trail_hash = head.sequence, head.hash
        await self.session.flush()
        await insert_entries(self.session, rows)


@asynccontextmanager
async def walking(
    session: AsyncSession, processes: Processes, instance_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[Walk]:
    """Lock an instance; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such instance.
    """
    instance = await session.scalar(_INSTANCE, {"id": instance_id})
    if instance is None:
        raise NotFoundError("workflow instance", instance_id)
    process = await processes.pinned(session, instance.code, instance.version, instance.pins)
    person = await session.get(Person, instance.person_id) if instance.person_id else None
    walk = Walk(session, instance, process, person, actor=actor, now=now)
    yield walk
    await walk.close()


def data_of(
    process: Process, instance: WorkflowInstance, person: Person | None, now: datetime
) -> dict[str, Any]:
    """What the expressions of an instance read: typed and nested."""
    definition = process.definition
    zone = ZoneInfo(person.time_zone if person else "UTC")
    kept: dict[str, Any] = {}
    groups: dict[str, Mapping[str, FieldShape]] = dict(kept_by(definition, process.used))
    groups |= {name: event.data for name, event in definition.events.items()}
    for name, fields in groups.items():
        if name in instance.answers:
            kept[name] = nested(read_values(fields, instance.answers[name]).values)
    variables = read_values(
        definition.variables,
        {name: instance.answers.get(name) for name in definition.variables},
    ).values
    return {
        **typed_values(definition.data, instance.data),
        **kept,
        **variables,
        "today": now.astimezone(zone).date(),
        "now": now,
        "key": instance.key,
        "person": {"key": person.key, "language": person.language} if person else {},
        "account": {"key": instance.account_key} if instance.account_key else {},
    }
