"""Decision tables: compiled once into sets of rows by pieces of inputs, then only looked up.

A set of rows is the bits of one number. An evaluation looks up one such set for each input and
takes what they have in common: a thousand rows cost no more than ten.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from openccm.rules.context import value_at
from openccm.rules.domains import Domain, InputShape, key_of
from openccm.rules.findings import RuleError
from openccm.rules.grids import Grid, bits_of, grid_of
from openccm.rules.shapes import ARTICLES
from openccm.rules.value_sets import ValueSet

Policy = Literal["unique", "any", "first", "priority", "rule-order", "collect"]
Aggregate = Literal["sum", "min", "max", "count"]

OTHERWISE = "otherwise"
"""What an answer names in place of a row when none matched."""

SEVERAL: tuple[Policy, ...] = ("rule-order", "collect")
"""The policies under which every matching row answers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    name: str
    cells: Mapping[str, ValueSet]
    """What each input must be; an input without a cell may be anything."""
    outputs: Mapping[str, Any]
    rank: tuple[int, ...] = ()
    """For the policy *priority*: the lowest goes first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table says, and which of its rows said it."""

    outputs: Mapping[str, Any]
    """By name; a list of values for *rule-order*, and for *collect* that aggregates nothing."""
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A compiled table. Safe to keep and to share."""

    code: str
    policy: Policy
    inputs: Mapping[str, InputShape]
    outputs: tuple[str, ...]
    rows: tuple[Row, ...]
    otherwise: Mapping[str, Any] | None = None
    aggregate: Aggregate | None = None
    grid: Grid = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "grid", grid_of(self.inputs, [row.cells for row in self.rows]))

    def evaluate(self, inputs: Mapping[str, Any]) -> Answer:
        """The answer for these values, by dotted name or nested; other names are ignored.

        Raises:
            RuleError: An input has no value, or one that it cannot have; no row matches; or rows
                match that contradict one another. The message names them.
        """
        matching = (1 << len(self.rows)) - 1
        for name, place in self._places(inputs).items():
            matching &= self.grid.columns[name][place]
        rows = [self.rows[index] for index in bits_of(matching)]
        if rows or (self.otherwise is None and _answers_nothing(self)):
            return _POLICIES[self.policy](self, rows)
        if self.otherwise is None:
            raise RuleError(f"No row of {self.code} matches.")
        several = self.policy in SEVERAL and self.aggregate is None
        outputs = {name: [value] if several else value for name, value in self.otherwise.items()}
        return Answer(outputs, (OTHERWISE,))

    def _places(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        places: dict[str, int] = {}
        missing: list[str] = []
        for name, shape in self.inputs.items():
            value = inputs.get(name)
            value = value_at(inputs, name) if value is None else value
            domain = self.grid.domains[name]
            if value is not None:
                places[name] = self._place(name, domain, value)
            elif shape.optional:
                places[name] = domain.nothing
            else:
                missing.append(name)
        if missing:
            names = ", ".join(missing)
            raise RuleError(f"{self.code} has no value for {names}.", missing=missing)
        return places

    def _place(self, name: str, domain: Domain, value: Any) -> int:
        key = key_of(domain.shape.kind, value)
        if key is None:
            kind = ARTICLES[domain.shape.kind]
            raise RuleError(f"{name} does not hold {kind}, as {self.code} expects.")
        place = domain.piece_of(key)
        if place is None:
            raise RuleError(f"{name} has a value that {self.code} does not allow.")
        return place


def _answers_nothing(table: DecisionTable) -> bool:
    """Whether no matching row is an answer too."""
    return table.policy in SEVERAL and table.aggregate not in ("min", "max")


def _names(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(row.name for row in rows)


def _unique(table: DecisionTable, rows: Sequence[Row]) -> Answer:
    if len(rows) > 1:
        raise RuleError(f"{_listed(rows)} of {table.code} match at once, and one may.")
    return Answer(rows[0].outputs, _names(rows))


def _agreed(table: DecisionTable, rows: Sequence[Row]) -> Answer:
    for row in rows[1:]:
        if row.outputs != rows[0].outputs:
            raise RuleError(
                f"{_listed((rows[0], row))} of {table.code} match at once and answer differently."
            )
    return Answer(rows[0].outputs, _names(rows))


def _first(table: DecisionTable, rows: Sequence[Row]) -> Answer:
    return Answer(rows[0].outputs, (rows[0].name,))


def _foremost(table: DecisionTable, rows: Sequence[Row]) -> Answer:
    best = min(row.rank for row in rows)
    return _agreed(table, [row for row in rows if row.rank == best])


def _collected(table: DecisionTable, rows: Sequence[Row]) -> Answer:
    if table.aggregate is None:
        values = {name: [row.outputs[name] for row in rows] for name in table.outputs}
        return Answer(values, _names(rows))
    name = table.outputs[0]
    values = [row.outputs.get(name) for row in rows]
    return Answer({name: _AGGREGATES[table.aggregate](values)}, _names(rows))


def _listed(rows: Sequence[Row]) -> str:
    shown = [row.name for row in rows[:5]]
    more = ", …" if len(rows) > len(shown) else ""
    return f"The rows {', '.join(shown[:-1])} and {shown[-1]}{more}"


_POLICIES: Mapping[Policy, Callable[[DecisionTable, Sequence[Row]], Answer]] = {
    "unique": _unique,
    "any": _agreed,
    "first": _first,
    "priority": _foremost,
    "rule-order": _collected,
    "collect": _collected,
}
_AGGREGATES: Mapping[Aggregate, Callable[[list[Any]], Any]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "min": min,
    "max": max,
    "count": lambda values: Decimal(len(values)),
}
