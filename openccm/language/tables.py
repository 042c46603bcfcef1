"""From a decision table's definition to the table that rules evaluate."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from openccm.errors import DefinitionError
from openccm.language.cells import read_cell
from openccm.language.decision_table import (
    DecisionTableDefinition,
    TableInput,
    TableRow,
)
from openccm.language.problems import Path, json_path
from openccm.language.values import Misfit, read_value
from openccm.rules.decision_tables import DecisionTable, Row
from openccm.rules.domains import InputShape
from openccm.rules.findings import suggestion
from openccm.rules.value_sets import Names, ValueSet


class InvalidTable(DefinitionError):
    """A decision table cannot be compiled, which the checker would have told."""

    def __init__(self, code: str, misfits: list[Misfit]) -> None:
        first = misfits[0]
        super().__init__(f"{code} at {json_path(first.path)}: {first.message} {first.mend}")
        self.misfits = tuple(misfits)


def table_of(definition: DecisionTableDefinition) -> DecisionTable:
    """The compiled table. Worth keeping with the definition.

    Raises:
        InvalidTable: Something in it cannot be read; ``misfits`` says all of it.
    """
    misfits: list[Misfit] = []
    inputs = {name: _input(name, field, misfits) for name, field in definition.inputs.items()}
    answers = _Answers(definition, misfits)
    ranks = _Ranks(definition, answers.values, misfits)
    rows: list[Row] = []
    for name, row in definition.rows.items():
        cells = _cells(definition, inputs, row, ("rows", name, "when"), misfits)
        outputs = answers.read_row(row.then, ("rows", name, "then"))
        rows.append(Row(name, cells, outputs, ranks.of(name, row, outputs)))
    otherwise = definition.otherwise
    if otherwise is not None:
        otherwise = answers.read(otherwise, ("otherwise",))
    if misfits:
        raise InvalidTable(definition.code, misfits)
    return DecisionTable(
        definition.code,
        definition.policy,
        inputs,
        tuple(definition.outputs),
        tuple(rows),
        otherwise,
        definition.aggregate,
    )


def shown(values: Mapping[str, Any]) -> str:
    """Values as an author would write them: ``delay_minutes 180, boarded true``."""
    return ", ".join(f"{name} {spelled(value)}" for name, value in values.items())


def spelled(value: Any) -> str:
    """One value as an author would write it."""
    match value:
        case None:
            return "missing"
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(spelled(each) for each in cast(list[Any], value))}]"
        case _ if hasattr(value, "isoformat"):
            return str(value.isoformat()).replace("+00:00", "Z")
        case _:
            return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def _input(name: str, field: TableInput, misfits: list[Misfit]) -> InputShape:
    allowed = None
    if field.values is not None:
        allowed = read_cell(field, field.values, ("inputs", name, "values"), misfits)
    return InputShape(field.kind, field.whole, field.optional, allowed)


def _cells(
    definition: DecisionTableDefinition,
    inputs: Mapping[str, InputShape],
    row: TableRow,
    path: Path,
    misfits: list[Misfit],
) -> dict[str, ValueSet]:
    cells: dict[str, ValueSet] = {}
    for name, raw in row.when.items():
        field = definition.inputs.get(name)
        if field is None:
            mend = suggestion(name, definition.inputs)
            misfits.append(Misfit((*path, name), f"There is no input {name}.", mend, of_name=True))
            continue
        cell = read_cell(field, raw, (*path, name), misfits)
        if cell is not None:
            cells[name] = cell
            misfits += _unknown_names(name, cell, inputs[name], (*path, name))
    return cells


def _unknown_names(name: str, cell: ValueSet, shape: InputShape, path: Path) -> Iterator[Misfit]:
    """Texts that an input with listed values never has."""
    allowed = shape.allowed
    if isinstance(cell, Names) and isinstance(allowed, Names) and not allowed.others:
        for unknown in sorted(cell.names - allowed.names):
            message = f"{spelled(unknown)} is not among the values of {name}."
            yield Misfit(path, message, suggestion(spelled(unknown), map(spelled, allowed.names)))


class _Answers:
    """Reads what rows answer."""

    def __init__(self, definition: DecisionTableDefinition, misfits: list[Misfit]) -> None:
        self.values = {
            name: [
                read_value(field.shape, raw, ("outputs", name, "values", at), misfits)
                for at, raw in enumerate(field.values)
            ]
            for name, field in definition.outputs.items()
            if field.values is not None
        }
        """The values that outputs are limited to, in their order."""
        self._outputs = definition.outputs
        self._counts = definition.aggregate == "count"
        self._misfits = misfits

    def read_row(self, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """The answer of a row; rows that are only counted have none."""
        if not self._counts:
            return self.read(given, path)
        if given:
            message = "Rows that are counted answer nothing."
            self._misfits.append(Misfit(path, message, "Take then: out."))
        return {}

    def read(self, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """A value for each output, None where an optional one was left out."""
        for name in given:
            if name not in self._outputs:
                message, mend = f"There is no output {name}.", suggestion(name, self._outputs)
                self._misfits.append(Misfit((*path, name), message, mend, of_name=True))
        found: dict[str, Any] = dict.fromkeys(self._outputs)
        for name, field in self._outputs.items():
            if name in given:
                found[name] = self._value(name, given[name], (*path, name))
            elif not field.optional:
                message = f"{name} is missing."
                self._misfits.append(Misfit(path, message, f"Add {name}: here."))
        return found

    def _value(self, name: str, raw: Any, path: Path) -> Any:
        value = read_value(self._outputs[name].shape, raw, path, self._misfits)
        known = self.values.get(name)
        if value is not None and known is not None and value not in known:
            message = f"{spelled(value)} is not among the values of {name}."
            mend = suggestion(spelled(value), map(spelled, known))
            self._misfits.append(Misfit(path, message, mend))
        return value


class _Ranks:
    """The order in which rows go before one another under the policy *priority*."""

    def __init__(
        self,
        definition: DecisionTableDefinition,
        orders: Mapping[str, list[Any]],
        misfits: list[Misfit],
    ) -> None:
        self._wanted = definition.policy == "priority"
        self._misfits = misfits
        self._orders = orders
        self._written = any(row.priority is not None for row in definition.rows.values())
        if self._wanted and not self._written and not orders:
            mend = "Give each row a priority:, or an output its values: in order."
            misfits.append(Misfit(("policy",), "Nothing says which row goes first.", mend))

    def of(self, name: str, row: TableRow, outputs: Mapping[str, Any]) -> tuple[int, ...]:
        """The rank of a row; the lowest goes first."""
        if not self._wanted:
            if row.priority is not None:
                mend = "Take it out, or use policy: priority."
                self._find(("rows", name, "priority"), "Priorities count for nothing here.", mend)
            return ()
        if not self._written:
            places = ((order, outputs.get(output)) for output, order in self._orders.items())
            return tuple(
                order.index(value) if value in order else len(order) for order, value in places
            )
        if row.priority is None:
            message = "Other rows have a priority, and this one has none."
            self._find(("rows", name), message, "Add priority: to it.")
        return (row.priority or 0,)

    def _find(self, path: Path, message: str, mend: str) -> None:
        self._misfits.append(Misfit(path, message, mend, of_name=len(path) == 2))
