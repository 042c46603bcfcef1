"""Case types: their to-dos, their statuses and their calendar are there."""

from collections.abc import Collection, Iterator

from openccm.language.case_type import CaseTypeDefinition
from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.rules.findings import suggestion


def check_case_type(
    definition: CaseTypeDefinition,
    document: Document,
    todo_types: Collection[str],
    calendars: Collection[str],
) -> Iterator[Problem]:
    """Findings about everything but the shape of single values."""
    for name, task in definition.tasks.items():
        path: Path = ("tasks", name)
        if task.to_do not in todo_types:
            message, mend = (
                f"There is no to-do-type {task.to_do}.",
                suggestion(task.to_do, todo_types),
            )
            yield document.problem((*path, "to-do"), message, mend)
        if task.at not in definition.statuses:
            message, mend = (
                f"There is no status {task.at}.",
                suggestion(task.at, definition.statuses),
            )
            yield document.problem((*path, "at"), message, mend)
    calendar = definition.sla.calendar if definition.sla else None
    if calendar is not None and calendar not in calendars:
        message, mend = f"There is no calendar {calendar}.", suggestion(calendar, calendars)
        yield document.problem(("sla", "calendar"), message, mend)
    if definition.sla and definition.sla.within.is_business and calendar is None:
        message = "Business time is that of a calendar, and none is named."
        yield document.problem(("sla", "within"), message, "Add calendar:, or count plain days.")
