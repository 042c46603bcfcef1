"""The live bindings, compiled and ready, by the events they listen to."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import InvalidError, NotFoundError
from openccm.events.tables import SystemEvent, TriggerSwitch
from openccm.language.context import declared_shapes, deed_fields, event_fields
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.event_binding import EventBindingDefinition, EventFields
from openccm.language.fields import DefaultValue
from openccm.language.problems import json_path
from openccm.language.tables import table_of
from openccm.language.values import Misfit, nested, read_value, read_values
from openccm.repository.versions import Repository
from openccm.rules.context import value_at
from openccm.rules.decision_tables import DecisionTable
from openccm.rules.expressions import Expression, ValueExpression, compile_expression, compile_value
from openccm.rules.shapes import Shape

KIND = "event-binding"
_FRESH = 1.0
"""Seconds for which arrivals are checked against what was known before."""
_TOLD = 5
"""How many misfits one refusal names."""
MOST_ENTRIES = 1_000
"""Entries of a list that one event is carried out for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a binding does its deeds for: the event, or one entry of a list in it."""

    place: int
    name: str
    """``bookings[1]``; empty for the event itself."""
    data: Mapping[str, Any]
    fault: InvalidError | None = None
    """Why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One version of a binding, compiled."""

    definition: EventBindingDefinition
    version: int
    when: Expression | None
    request: Mapping[str, ValueExpression]
    """The payload of the request it asks for."""
    process: Mapping[str, ValueExpression]
    """The payload of the process it starts."""
    values: Mapping[str, ValueExpression]
    """What else its deeds say, by deed and name: ``process.key``."""
    contact: Mapping[str, ValueExpression]
    """The characteristics of the contact it logs."""
    to_do: Mapping[str, ValueExpression]
    """The context of the to-do it raises."""
    table: DecisionTable | None
    """What is asked before anything is decided."""
    inputs: Mapping[str, ValueExpression]
    """What the table is asked with."""

    @classmethod
    def of(
        cls,
        definition: EventBindingDefinition,
        version: int,
        table: DecisionTableDefinition | None = None,
    ) -> "Binding":
        """The compiled form, with the table that it asks if any.

        Raises:
            ExpressionError: Something cannot be compiled, which the checker would have told.
        """
        asked, answer = definition.decide, dict[str, Shape]()
        if asked is not None and table is not None:
            answer[asked.into] = Shape("object", fields=declared_shapes(table.gives()))
        fields = deed_fields(definition.data, definition.for_each) | answer
        whole = event_fields(_whole(definition))
        values = {
            f"{deed}.{name}": compile_value(source, fields)
            for deed, name in _VALUES
            if (source := getattr(getattr(definition, deed), name, None)) is not None
        }
        contact, to_do = definition.contact, definition.to_do
        return cls(
            definition,
            version,
            compile_expression(definition.when, whole | answer) if definition.when else None,
            _compiled(definition.request.payload if definition.request else {}, fields),
            _compiled(definition.process.payload if definition.process else {}, fields),
            values,
            _compiled(contact.characteristics if contact else {}, fields),
            _compiled(to_do.context if to_do else {}, fields),
            table_of(table) if table is not None else None,
            _compiled(asked.inputs if asked else {}, whole),
        )

    def value(self, name: str, data: Mapping[str, Any]) -> Any:
        """What a deed says under a name, such as ``process.key``; None where it says nothing.

        Raises:
            RuleError: It has no result for this data.
        """
        found = self.values.get(name)
        return None if found is None else found.evaluate(data)

    def hears(self, source: str, event_type: str) -> bool:
        """Whether it listens to such an event."""
        return self.definition.type == event_type and self.definition.source in (None, source)

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The declared values of an event, typed, by dotted name.

        Raises:
            InvalidError: One is missing or of the wrong kind; names it.
        """
        fields, given = _whole(self.definition), dict[str, Any]()
        for name, declared in fields.items():
            raw = _given(data, name)
            if raw is None and isinstance(declared.missing, DefaultValue):
                raw = declared.missing.default
            if raw is not None:
                given[name] = raw
            elif declared.missing == "fail":
                raise InvalidError(f"data.{name}", f"data.{name} is missing.")
        read = read_values(fields, given)
        if read.misfits:
            path = ".".join(str(part) for part in read.misfits[0].path)
            said = (f"{json_path(each.path)}: {each.message} {each.mend}" for each in read.misfits)
            raise InvalidError(f"data.{path}", " ".join(islice(said, _TOLD)))
        return read.values

    def entries(self, event: SystemEvent, data: Mapping[str, Any]) -> Sequence[Entry]:
        """What the deeds are done for; ``data`` is what the whole event says."""
        name = self.definition.for_each
        if name is None:
            return (Entry(0, "", data),)
        return [
            self._entry(place, raw, data) for place, raw in enumerate(_list_of(event.data, name))
        ]

    def _entry(self, place: int, raw: Any, data: Mapping[str, Any]) -> Entry:
        name = self.definition.for_each
        assert name is not None
        shape = self.definition.data[name].model_copy(update={"type": "object"})
        misfits: list[Misfit] = []
        value = read_value(shape, raw, (name, place), misfits)
        if misfits:
            told = "; ".join(f"{json_path(each.path)}: {each.message}" for each in misfits[:_TOLD])
            return Entry(place, f"{name}[{place}]", {}, InvalidError(f"data.{name}", told))
        return Entry(place, f"{name}[{place}]", {**data, "each": value})

    def context(self, event: SystemEvent, now: datetime) -> dict[str, Any]:
        """What its conditions and values see of an event.

        Raises:
            InvalidError: The event's data is not as declared.
            NotFoundError: The table that it asks is not live.
            RuleError: The table has no answer for this event.
        """
        told = {
            "id": event.event_id,
            "source": event.source,
            "type": event.type,
            "person": event.person_key,
            "account": event.account_key,
            "premise": event.premise_key,
            "occurred_at": event.occurred_at,
        }
        data = {**nested(self.read(event.data)), "event": told, "today": now.date()}
        asked = self.definition.decide
        if asked is None:
            return data
        if self.table is None:
            raise NotFoundError("decision table", asked.table)
        given = {name: value.evaluate(data) for name, value in self.inputs.items()}
        return {**data, asked.into: nested(self.table.evaluate(given).outputs)}

    def check(self, data: Mapping[str, Any]) -> None:
        """Refuse data that cannot be read; entries of a list are looked at one by one later.

        Raises:
            InvalidError: Names the field.
        """
        self.read(data)
        if self.definition.for_each is not None:
            _list_of(data, self.definition.for_each)


@dataclass(slots=True)
class Catalogue:
    """Which bindings are live and which are on, as last looked up."""

    repository: Repository
    bindings: Sequence[Binding] = ()
    switches: Mapping[str, bool] = field(default_factory=dict[str, bool])
    _known: dict[tuple[str, int, int], Binding] = field(
        default_factory=dict[tuple[str, int, int], Binding]
    )
    _looked: float = -_FRESH

    async def refresh(self, session: AsyncSession) -> None:
        """Look up what is live and what is on."""
        self._looked = time.monotonic()
        live = await self.repository.live_of(session, EventBindingDefinition)
        asked = {each.decide.table for each, _ in live if each.decide is not None}
        tables = await self.repository.live_versions(session, asked) if asked else {}
        self.bindings = [
            await self._binding(session, definition, version, tables)
            for definition, version in live
        ]
        rows = await session.execute(select(TriggerSwitch.code, TriggerSwitch.enabled))
        self.switches = dict(rows.all())

    async def _binding(
        self,
        session: AsyncSession,
        definition: EventBindingDefinition,
        version: int,
        tables: Mapping[str, int],
    ) -> Binding:
        """The compiled form, kept until it or the table that it asks is published anew."""
        code = definition.decide.table if definition.decide else ""
        number = tables.get(code, 0)
        key = (definition.code, version, number)
        if key not in self._known:
            table = None
            if number:
                kept = self.repository.kept
                table = await kept(session, DecisionTableDefinition, code, number)
            self._known[key] = Binding.of(definition, version, table)
        return self._known[key]

    @property
    def stale(self) -> bool:
        """Whether it is time to look again."""
        return time.monotonic() - self._looked >= _FRESH

    def hearing(self, source: str, event_type: str) -> list[Binding]:
        """The bindings that listen to such an event, in their sequence."""
        heard = [each for each in self.bindings if each.hears(source, event_type)]
        return sorted(heard, key=lambda each: (each.definition.sequence, each.definition.code))

    def enabled(self, binding: Binding) -> bool:
        """Whether a binding is on: as an operator switched it, else as its author wrote."""
        definition = binding.definition
        return self.switches.get(definition.code, definition.enabled)

    def check(self, source: str, event_type: str, data: Mapping[str, Any], now: datetime) -> None:
        """Refuse an event whose data a binding that is on could not read.

        Raises:
            InvalidError: Names the field.
        """
        for binding in self.hearing(source, event_type):
            effective = binding.definition.effective
            if self.enabled(binding) and (effective is None or effective.covers(now)):
                binding.check(data)


_VALUES = (
    ("request", "person"),
    ("process", "person"),
    ("process", "key"),
    ("contact", "person"),
    ("to_do", "person"),
    ("offers", "offer"),
    ("offers", "cause"),
)
"""The expressions that deeds name beside their payloads."""


def _whole(definition: EventBindingDefinition) -> EventFields:
    """The fields that are read of the whole event."""
    return {name: each for name, each in definition.data.items() if name != definition.for_each}


def _list_of(data: Mapping[str, Any], name: str) -> list[Any]:
    """The raw entries of a list.

    Raises:
        InvalidError: It is missing, no list, or too long.
    """
    value = _given(data, name)
    if not isinstance(value, list):
        raise InvalidError(f"data.{name}", f"data.{name} is no list.")
    entries = cast(list[Any], value)
    if len(entries) > MOST_ENTRIES:
        raise InvalidError(f"data.{name}", f"data.{name} has more than {MOST_ENTRIES:,} entries.")
    return entries


def _compiled(
    sources: Mapping[str, str], fields: Mapping[str, Shape]
) -> dict[str, ValueExpression]:
    return {name: compile_value(source, fields) for name, source in sources.items()}


def _given(data: Mapping[str, Any], name: str) -> Any:
    """The raw value of a dotted name, written with dots, nested, or mixed."""
    if name in data:
        return data[name]
    value = value_at(data, name)
    if value is not None:
        return value
    for cut in range(name.count("."), 0, -1):
        parts = name.split(".")
        group = data.get(".".join(parts[:cut]))
        if isinstance(group, Mapping):
            found = _given(cast(Mapping[str, Any], group), ".".join(parts[cut:]))
            if found is not None:
                return found
    return None
