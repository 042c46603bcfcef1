"""A process as it is run: one version with the versions it relies on, its expressions compiled."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.desk import Desk
from openccm.errors import NotFoundError
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.definition import Definition
from openccm.language.flow import Flow, flow_of
from openccm.language.process import ProcessDefinition
from openccm.language.process_context import event_fields, process_fields, step_fields
from openccm.language.steps import StepBase
from openccm.language.tables import table_of
from openccm.plan import Plan
from openccm.rules.decision_tables import DecisionTable
from openccm.rules.expressions import (
    Expression,
    ValueExpression,
    compile_expression,
    compile_value,
)
from openccm.rules.shapes import Shape

PINNED = frozenset(
    {"decision-table", "calendar", "to-do-type", "contact-type", "hook", "case-type"}
)
"""The kinds an instance keeps the version of that was live when it began.

A communication or a process that it asks for is pinned by its own request or instance, when that
begins; a data service answers as it is now.
"""


@dataclass(frozen=True, slots=True)
class Process:
    """One version of a process and of everything it is pinned to. Immutable, so kept in memory."""

    definition: ProcessDefinition
    version: int
    plan: Plan
    used: Mapping[str, Definition]
    """The pinned definitions it relies on, by code."""
    flow: Flow
    _fields: Mapping[str, Shape]
    _conditions: dict[str, Expression] = field(default_factory=dict[str, Expression])
    _tables: dict[str, DecisionTable] = field(default_factory=dict[str, DecisionTable])
    _values: dict[str, ValueExpression] = field(default_factory=dict[str, ValueExpression])

    def step(self, name: str) -> StepBase:
        """The step, or the one that takes back."""
        return (self.definition.steps | self.definition.undo)[name]

    def condition(self, source: str, event: str | None = None) -> Expression:
        """A condition of this process; one about an event may name ``event``, too."""
        key = f"{event}:{source}"
        if key not in self._conditions:
            fields = event_fields(self.definition, self.used, event) if event else self._fields
            self._conditions[key] = compile_expression(source, fields)
        return self._conditions[key]

    def table(self, code: str) -> DecisionTable:
        """A decision table that this process asks, compiled."""
        if code not in self._tables:
            definition = self.used[code]
            assert isinstance(definition, DecisionTableDefinition)
            self._tables[code] = table_of(definition)
        return self._tables[code]

    def value(self, source: str, step: str | None = None) -> ValueExpression:
        """An expression of this process that gives a value; one of a ``step`` names more."""
        key = f"{step or ''}:{source}"
        if key not in self._values:
            own = step_fields(self.definition, self.used, self.step(step)) if step else {}
            self._values[key] = compile_value(source, {**self._fields, **own})
        return self._values[key]


class Processes:
    """Finds processes in the repository; with the desk, all that running them takes."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._repository = desk.repository
        self._known: dict[tuple[object, ...], Process] = {}

    async def live(
        self, session: AsyncSession, code: str, version: int | None = None
    ) -> tuple[Process, dict[str, int]]:
        """The version that new instances are pinned to, and the versions it relies on.

        Raises:
            NotFoundError: No process of this code is live, or something it relies on is not.
        """
        if version is None:
            version = (await self._repository.live_versions(session, [code])).get(code)
        if version is None:
            raise NotFoundError("process", code)
        stored = await self._repository.stored(session, code, version)
        if not isinstance(stored.definition, ProcessDefinition):
            raise NotFoundError("process", code)
        wanted = {use.code: use.kind for use in stored.definition.uses() if use.kind in PINNED}
        pins = await self._repository.live_versions(session, wanted)
        for missing in sorted(wanted.keys() - pins.keys()):
            raise NotFoundError(wanted[missing], missing)
        return await self.pinned(session, code, version, pins), pins

    async def step(
        self, session: AsyncSession, code: str, version: int, name: str
    ) -> StepBase | None:
        """A step as its author wrote it; None for one that no author wrote."""
        definition = (await self._repository.stored(session, code, version)).definition
        assert isinstance(definition, ProcessDefinition)
        return definition.steps.get(name) or definition.undo.get(name)

    async def pinned(
        self, session: AsyncSession, code: str, version: int, pins: Mapping[str, int]
    ) -> Process:
        """The version that an instance began with.

        Raises:
            NotFoundError: There never was such a version.
        """
        key = (code, version, *sorted(pins.items()))
        if key not in self._known:
            stored = await self._repository.stored(session, code, version)
            assert isinstance(stored.definition, ProcessDefinition)
            assert stored.plan is not None
            used = {
                used: (await self._repository.stored(session, used, number)).definition
                for used, number in pins.items()
            }
            fields = process_fields(stored.definition, used)
            self._known[key] = Process(
                stored.definition, version, stored.plan, used, flow_of(stored.definition), fields
            )
        return self._known[key]
