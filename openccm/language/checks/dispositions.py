"""Dispositions of to-do types: known, and each used once in a type."""

from collections.abc import Collection, Iterator

from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.language.todo_type import OUTCOME_DATE, ToDoTypeDefinition
from openccm.rules.findings import suggestion


def check_dispositions(
    definition: ToDoTypeDefinition, document: Document, dispositions: Collection[str]
) -> Iterator[Problem]:
    """Findings about the dispositions that outcomes are counted by."""
    used: dict[str, str] = {}
    for name, outcome in definition.outcomes.items():
        code = outcome.disposition
        path: Path = ("outcomes", name, "disposition")
        if code is None:
            continue
        if code not in dispositions:
            message = f"There is no disposition {code}."
            yield document.problem(path, message, suggestion(code, dispositions))
        elif code in used:
            message = f"{used[code]} is counted as {code} already."
            yield document.problem(path, message, "Use another disposition.")
        used.setdefault(code, name)
    if used and OUTCOME_DATE in definition.form:
        message = f"{OUTCOME_DATE} is the day that belongs to a disposition."
        yield document.problem(("form", OUTCOME_DATE), message, "Use another name.", key=True)
