"""Steps that keep a case: their statuses are there, and their tables answer what they must."""

from collections.abc import Iterator, Mapping

from openccm.language.case_type import CaseTypeDefinition
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.steps import CaseStep, OfferStep, SettleStep
from openccm.rules.findings import suggestion


def check_cases(
    definition: ProcessDefinition, document: Document, used: Mapping[str, Definition]
) -> Iterator[Problem]:
    """Findings about the steps `case`, `offer` and `settle`."""
    types = {step.case for step in definition.steps.values() if isinstance(step, CaseStep)}
    kept = {step.into for step in definition.steps.values() if isinstance(step, OfferStep)}
    for name, step in definition.steps.items():
        path: Path = ("steps", name)
        match step:
            case CaseStep():
                yield from _check_case(path, step, types, document, used)
            case OfferStep():
                yield from _check_offer(path, step, definition, document, used)
            case SettleStep():
                if step.offers not in kept:
                    message = f"No offer step keeps anything under {step.offers}."
                    mend = suggestion(step.offers, kept)
                    yield document.problem((*path, "offers"), message, mend)
            case _:
                continue
        if not types:
            message = "There is no case to do this in."
            yield document.problem(path, message, "Put a step with do: case before it.", key=True)


def _check_case(
    path: Path,
    step: CaseStep,
    types: set[str],
    document: Document,
    used: Mapping[str, Definition],
) -> Iterator[Problem]:
    if len(types) > 1:
        message = f"A process keeps one case, and this one names {', '.join(sorted(types))}."
        yield document.problem((*path, "case"), message, "Keep to one type.")
    kind = used.get(step.case)
    if isinstance(kind, CaseTypeDefinition) and step.status not in kind.statuses:
        message, mend = f"There is no status {step.status}.", suggestion(step.status, kind.statuses)
        yield document.problem((*path, "status"), message, mend)


def _check_offer(
    path: Path,
    step: OfferStep,
    definition: ProcessDefinition,
    document: Document,
    used: Mapping[str, Definition],
) -> Iterator[Problem]:
    field = definition.data.get(step.for_each)
    if field is None or field.type != "list":
        message = f"{step.for_each} is no list of the data."
        lists = [name for name, each in definition.data.items() if each.type == "list"]
        yield document.problem((*path, "for-each"), message, suggestion(step.for_each, lists))
    if step.table in used:
        amount = used[step.table].gives().get("amount")
        if amount is None or amount.type != "money" or amount.currency is None:
            message = f"{step.table} gives no amount of money in a currency."
            mend = "Name a table with an output amount: {type: money, currency: …}."
            yield document.problem((*path, "table"), message, mend)
    if step.approval and step.approval.table in used:
        approver = used[step.approval.table].gives().get("approver")
        if approver is None or approver.type != "text":
            message = f"{step.approval.table} gives no approver."
            mend = "Name a table with an output approver: {type: text}."
            yield document.problem((*path, "approval", "table"), message, mend)
