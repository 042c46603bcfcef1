"""A case type as its author writes it: the statuses a case goes through, and its mandatory work."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import Spelled
from openccm.language.scalars import Code, Duration, Kebab, Title, misfit
from openccm.language.todo_type import Sla

State = Literal["new", "in_progress", "waiting", "resolved", "closed"]


class CaseStatus(Spelled):
    """One status, and the state of the life cycle that it stands for."""

    state: State = Field(description="The state a case in this status is in.")
    title: Title | None = Field(
        None, description="What agents read; the status's name where it is left out."
    )
    tells: bool = Field(
        False,
        strict=True,
        description="Whether entering it is told as the event `case.entered` of the system"
        " `OPENCCM`, for bindings to listen to.",
    )


class CaseTask(Spelled):
    """A to-do that is raised when a case enters a status."""

    to_do: Code = Field(description="The type of the to-do.")
    at: Kebab = Field(description="The status on whose entering it is raised, once a case.")
    mandatory: bool = Field(
        True, strict=True, description="Whether the case cannot be closed before it is done."
    )


class CaseTypeDefinition(Definition):
    """A type of case: what happens to an issue until it is closed."""

    file: ClassVar[str] = "case.yaml"

    kind: Literal["case-type"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; processes write it behind `case:`.")
    statuses: dict[Kebab, CaseStatus] = Field(
        min_length=2,
        max_length=50,
        description="The statuses by name; a case begins in the first one.",
    )
    parties: tuple[Kebab, ...] = Field(
        ("contact",), max_length=20, description="The parts that people can have in a case."
    )
    tasks: dict[Kebab, CaseTask] = Field(
        default_factory=dict[str, CaseTask],
        max_length=20,
        description="The to-dos that belong to every case of this type, by name.",
    )
    sla: Sla | None = Field(None, description="How soon it must be resolved.")
    reopen_within: Duration = Field(
        14 * 86_400, description="For how long after it was resolved a case can be reopened."
    )

    @model_validator(mode="after")
    def _from_new_to_closed(self) -> Self:
        states = [status.state for status in self.statuses.values()]
        if states[0] != "new" or states.count("new") > 1:
            raise misfit("A case begins as new, once.", "Let the first status alone be new.")
        if "closed" not in states:
            raise misfit("No status closes the case.", "Add one with state: closed.")
        return self

    @property
    def first(self) -> str:
        """The status in which a case begins."""
        return next(iter(self.statuses))

    def uses(self) -> Iterator[Use]:
        """The types of its to-dos, and the calendar of its time."""
        for code in dict.fromkeys(task.to_do for task in self.tasks.values()):
            yield Use("to-do-type", code)
        if self.sla is not None and self.sla.calendar is not None:
            yield Use("calendar", self.sla.calendar)

    def tasks_at(self, status: str) -> Mapping[str, CaseTask]:
        """What is raised on entering a status."""
        return {name: task for name, task in self.tasks.items() if task.at == status}

    def statuses_in(self, state: State) -> Sequence[str]:
        """The statuses that stand for a state."""
        return [name for name, each in self.statuses.items() if each.state == state]
