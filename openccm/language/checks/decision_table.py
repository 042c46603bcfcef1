"""Decision tables: cells that can be read, rows that fit together, cases that come out right."""

from collections.abc import Iterator, Mapping

from openccm.language.decision_table import DecisionTableDefinition, TableField
from openccm.language.document import Document
from openccm.language.problems import MAX_PROBLEMS, Path, Problem, errors_of
from openccm.language.table_cases import results_of
from openccm.language.tables import InvalidTable, shown, table_of
from openccm.language.values import Misfit
from openccm.rules.decision_tables import OTHERWISE, DecisionTable
from openccm.rules.table_analysis import Clash, Unreachable, analyse


def check_decision_table(
    definition: DecisionTableDefinition, document: Document
) -> Iterator[Problem]:
    """Findings about a decision table; the rows are compared once all of them can be read."""
    for part, fields in (("inputs", definition.inputs), ("outputs", definition.outputs)):
        for name in fields:
            yield from _check_name(name, fields, document, (part, name))
    try:
        table = table_of(definition)
    except InvalidTable as error:
        yield from _problems(error.misfits[:MAX_PROBLEMS], document)
        return
    empty = list(_check_empty(table, document))
    yield from empty
    if not errors_of(empty):
        yield from _check_rows(definition, table, document)
    for result in results_of(definition, table):
        yield from _problems(result.misfits, document)


def _problems(misfits: list[Misfit] | tuple[Misfit, ...], document: Document) -> Iterator[Problem]:
    for path, message, mend, of_name in misfits:
        yield document.problem(path, message, mend, key=of_name)


def _check_name(
    name: str, fields: Mapping[str, TableField], document: Document, path: Path
) -> Iterator[Problem]:
    below = next((other for other in fields if other.startswith(f"{name}.")), None)
    if below is not None:
        message = f"{name} is a value here and a group in {below}."
        yield document.problem(path, message, "Rename one of them.", key=True)


def _check_empty(table: DecisionTable, document: Document) -> Iterator[Problem]:
    for index, row in enumerate(table.rows):
        for name in row.cells:
            if not table.grid.masks[name][index]:
                path: Path = ("rows", row.name, "when", name)
                message = f"No value that {name} can have fits here."
                yield document.problem(path, message, "Change the cell, or the input's values.")


def _check_rows(
    definition: DecisionTableDefinition, table: DecisionTable, document: Document
) -> Iterator[Problem]:
    found = analyse(table)
    for clash in found.clashes:
        yield _clash(definition, clash, document)
    for sample in found.gaps:
        mend = "Add a row or otherwise:, or say with values: what an input can be."
        yield document.problem(("rows",), f"No row is for {shown(sample)}.", mend, key=True)
    for unreachable in found.unreachable:
        yield _unreachable(unreachable, document)
    if found.spare_otherwise:
        message = "The rows are for everything; nothing is left for otherwise."
        yield _warning(document, (OTHERWISE,), message, "Take it out.")
    for name in found.unused:
        yield _warning(document, ("inputs", name), f"No row asks for {name}.", "Take it out.")
    if not found.complete:
        message = "The table is too large to be looked at whole; only a part was checked."
        yield _warning(document, ("rows",), message, "Split it, or rely on its cases.")


def _clash(definition: DecisionTableDefinition, clash: Clash, document: Document) -> Problem:
    first, second = clash.rows
    message = f"{first} and {second} both match {shown(clash.sample)}"
    match definition.policy:
        case "unique":
            told = f"{message}, and one row may."
            mend = "Narrow one of them, or use policy: first."
        case "any":
            told, mend = f"{message}, and answer differently.", "Let both answer the same."
        case _:
            told = f"{message} with one priority, and answer differently."
            mend = "Let one of them go first."
    return document.problem(("rows", second), told, mend, key=True)


def _unreachable(found: Unreachable, document: Document) -> Problem:
    shown_rows = ", ".join(found.behind[:5]) + (", …" if len(found.behind) > 5 else "")
    message = f"{found.row} never answers: whatever it matches goes to {shown_rows}."
    return _warning(document, ("rows", found.row), message, "Move it up, or take it out.")


def _warning(document: Document, path: Path, message: str, mend: str) -> Problem:
    return document.problem(path, message, mend, key=True, severity="warning")
