"""The saved cases of a decision table: examples that must come out as they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from openccm.language.decision_table import DecisionTableDefinition, TableCase
from openccm.language.problems import Path
from openccm.language.tables import spelled, table_of
from openccm.language.values import Misfit, read_value, read_values
from openccm.rules.decision_tables import OTHERWISE, Answer, DecisionTable
from openccm.rules.findings import RuleError, suggestion


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one saved case."""

    case: str
    answer: Answer | None
    """None where the table had none."""
    misfits: tuple[Misfit, ...]
    """How it differs from what was expected."""

    @property
    def passed(self) -> bool:
        """Whether the table answers as the case says."""
        return not self.misfits


def results_of(definition: DecisionTableDefinition, table: DecisionTable) -> list[CaseResult]:
    """Every saved case, evaluated."""
    return [_result(definition, table, name, case) for name, case in definition.cases.items()]


def cases_failing(definition: DecisionTableDefinition) -> list[CaseResult]:
    """The saved cases that do not come out as they say; while there are any, it is not published.

    Raises:
        InvalidTable: The table itself cannot be read.
    """
    results = results_of(definition, table_of(definition))
    return [result for result in results if not result.passed]


def _result(
    definition: DecisionTableDefinition, table: DecisionTable, name: str, case: TableCase
) -> CaseResult:
    path: Path = ("cases", name)
    given = read_values(
        {name: field.shape for name, field in definition.inputs.items()}, case.given
    )
    misfits = [misfit._replace(path=(*path, "given", *misfit.path)) for misfit in given.misfits]
    expected = _expected(definition, case, (*path, "expect"), misfits)
    for row in case.row or ():
        if row not in definition.rows and row != OTHERWISE:
            mend = suggestion(row, definition.rows)
            misfits.append(Misfit((*path, "row"), f"There is no row {row}.", mend))
    if not expected and case.row is None:
        misfits.append(Misfit(path, "The case expects nothing.", "Add expect: or row:."))
    if misfits:
        return CaseResult(name, None, tuple(misfits))
    try:
        answer = table.evaluate(given.values)
    except RuleError as error:
        return CaseResult(name, None, (Misfit(path, str(error), "Mend the case or a row.", True),))
    return CaseResult(name, answer, tuple(_differences(case, expected, answer, path)))


def _expected(
    definition: DecisionTableDefinition, case: TableCase, path: Path, misfits: list[Misfit]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, raw in case.expect.items():
        field = definition.outputs.get(name)
        here = (*path, name)
        if field is None:
            mend = suggestion(name, definition.outputs)
            misfits.append(Misfit(here, f"There is no output {name}.", mend, of_name=True))
        elif not definition.several:
            found[name] = None if raw is None else read_value(field.shape, raw, here, misfits)
        elif isinstance(raw, list):
            values = enumerate(cast(list[Any], raw))
            found[name] = [
                read_value(field.shape, each, (*here, at), misfits) for at, each in values
            ]
        else:
            misfits.append(Misfit(here, "The table answers a list.", "Write [one, two]."))
    return found


def _differences(
    case: TableCase, expected: Mapping[str, Any], answer: Answer, path: Path
) -> list[Misfit]:
    mend = "Mend the case, or the row that answers."
    found = [
        Misfit(
            (*path, "expect", name),
            f"{name} is {spelled(answer.outputs[name])} by {' and '.join(answer.rows) or 'no row'},"
            f" not {spelled(value)}.",
            mend,
        )
        for name, value in expected.items()
        if answer.outputs[name] != value
    ]
    if case.row is not None and case.row != answer.rows:
        answers = " and ".join(answer.rows) or "No row"
        message = f"{answers} answers, not {' and '.join(case.row)}."
        found.append(Misfit((*path, "row"), message, mend))
    return found
