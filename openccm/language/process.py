"""A process as its author writes it: what happens after a fact, an answer or a silence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import PAYLOAD, DataFields, FieldShape, Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    EventType,
    FieldName,
    OutcomeName,
    PartName,
    StepId,
    misfit,
)
from openccm.language.steps import END, EndStep, Step


class Variable(FieldShape):
    """A value that steps may change."""

    start: Condition | None = Field(
        None, description="Its value at the beginning, as a CEL expression."
    )

    @model_validator(mode="after")
    def _single(self) -> Self:
        if self.type in ("list", "object"):
            raise misfit("A variable holds a single value.", "Use one of the other types.")
        return self


class ProcessEvent(Spelled):
    """A system event that a process listens to."""

    type: EventType = Field(description="The event's type, for example `payment.received`.")
    match: dict[FieldName, FieldName] = Field(
        min_length=1,
        max_length=5,
        description="Which event is about this instance: a field of the event's data (or `person`,"
        " `account`), and the field of the payload (or `person`, `account`) it must equal.",
    )
    data: dict[FieldName, FieldShape] = Field(
        default_factory=dict[str, FieldShape],
        max_length=100,
        description="The event's data that steps use; afterwards found under the event's name.",
    )


class Stop(Spelled):
    """When the cause has gone: what is pending is cancelled, and the process ends."""

    event: PartName = Field(description="One of the process's events.")
    when: Condition | None = Field(
        None, description="Only if this holds, over the data and `event`."
    )
    undoing: bool = Field(
        False, description="Whether to take back what was done, by the steps below `undo:`."
    )


class ProcessDefinition(Definition):
    """A process: steps in reading order, each with what comes after it."""

    file: ClassVar[str] = "process.yaml"

    kind: Literal["process"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name for core systems and in the Temporal UI.")
    recipient: Literal["person", "account-holder", "nobody"] = Field(
        "person", description="Whom it is about: the person named, or the account's holder."
    )
    calendar: Code | None = Field(None, description="The calendar that business days are of.")
    data: DataFields = Field(
        default_factory=DataFields,
        max_length=500,
        description="The fields that steps may use, by name.",
    )
    variables: dict[PartName, Variable] = Field(
        default_factory=dict[str, Variable],
        max_length=100,
        description="Values that steps may change.",
    )
    events: dict[PartName, ProcessEvent] = Field(
        default_factory=dict[str, ProcessEvent],
        max_length=50,
        description="The system events that concern it.",
    )
    stops: dict[OutcomeName, Stop] = Field(
        default_factory=dict[str, Stop],
        max_length=20,
        description="What ends it early: the outcome, and the event that brings it about.",
    )
    steps: dict[StepId, Step] = Field(
        min_length=1, max_length=2_000, description="The steps, in reading order."
    )
    undo: dict[StepId, Step] = Field(
        default_factory=dict[str, Step],
        max_length=200,
        description="The steps that take back what others did.",
    )

    @model_validator(mode="after")
    def _end_is_no_step(self) -> Self:
        if END in self.steps or END in self.undo:
            raise misfit(f"{END} is the end of the process, no step.", "Use another name.")
        return self

    def uses(self) -> Iterator[Use]:
        """Everything its data and its steps rely on."""
        found = [
            Use("data-service", field.from_)
            for field in self.data.values()
            if field.from_ != PAYLOAD
        ]
        if self.calendar:
            found.append(Use("calendar", self.calendar))
        for step in (*self.steps.values(), *self.undo.values()):
            found.extend(step.uses())
        yield from dict.fromkeys(found)

    def takes(self) -> Mapping[str, FieldShape]:
        """The fields of its payload."""
        return {name: field for name, field in self.data.items() if field.from_ == PAYLOAD}

    def outcomes_given(self) -> Sequence[str]:
        """The outcomes of its ends and stops, and those that every process has."""
        ends = [step.outcome for step in self.steps.values() if isinstance(step, EndStep)]
        return list(dict.fromkeys([*ends, *self.stops, "done", "cancelled"]))
