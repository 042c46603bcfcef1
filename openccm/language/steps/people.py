"""Steps that wait for a person."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from openccm.language.contact_type import ContactReminder, uses_of_reminder
from openccm.language.definition import Use
from openccm.language.scalars import (
    Code,
    Condition,
    FieldName,
    Kebab,
    OutcomeName,
    PartName,
    StepId,
)
from openccm.language.steps.base import Handed, StepBase, Values, Written


class TaskStep(StepBase):
    """Give a person something to do, and go on by the outcome they declare."""

    do: Literal["task"] = Field(description="What the step does.")
    to_do: Code = Field(description="The type of the to-do.")
    role: Kebab | None = Field(None, description="Who may take it; else as its type says.")
    context: dict[FieldName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the person reads, each a CEL expression.",
    )
    into: PartName | None = Field(
        None, description="The name under which what the person filled in is kept."
    )
    wait: bool = Field(
        True, strict=True, description="Whether to wait until it is done; `false` goes on at once."
    )
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=30,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    @property
    def takes_time(self) -> bool:
        """A person has to do it."""
        return True

    def hands(self) -> Sequence[Handed]:
        """What the person reads."""
        return [Handed("context", self.to_do, self.context)]

    def uses(self) -> Iterator[Use]:
        """The type of the to-do."""
        yield Use("to-do-type", self.to_do)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def waiting_for(self) -> str | None:
        """Somebody."""
        return "for a person, whose to-do is escalated as its type says"

    def sentence(self) -> str:
        """Names the type of to-do."""
        return f"Give somebody{f' of {self.role}' if self.role else ''} a {self.to_do} to do."


class ContactStep(StepBase):
    """Log a customer contact with whom this process is about, and all that its type leads to."""

    do: Literal["contact"] = Field(description="What the step does.")
    type: Code = Field(description="The contact type.")
    characteristics: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="The contact's characteristics, each a CEL expression.",
    )
    premise: Condition | None = Field(
        None, description="The key of the premise it is about, as a CEL expression."
    )
    reminder: ContactReminder | None = Field(
        None, description="The reminder that comes with it, instead of what its type says."
    )

    def expressions(self) -> Iterator[Written]:
        """The premise."""
        if self.premise:
            yield Written(("premise",), self.premise, ("text",))

    def hands(self) -> Sequence[Handed]:
        """The characteristics."""
        return [Handed("characteristics", self.type, self.characteristics)]

    def uses(self) -> Iterator[Use]:
        """The contact type, and the to-do that its reminder becomes."""
        yield Use("contact-type", self.type)
        if self.reminder is not None:
            yield from uses_of_reminder(self.reminder)


class ApproveStep(StepBase):
    """Ask another person than the one who asked for it: approve or reject, with a reason."""

    outcomes_known: ClassVar[tuple[str, ...]] = ("approved", "rejected")

    do: Literal["approve"] = Field(description="What the step does.")
    to_do: Code = Field(description="The type of the to-do that asks.")
    role: Condition | None = Field(
        None,
        description="Who decides, as a CEL expression giving a role; without a value nobody needs"
        " to, and it is approved. Left out, the role stands in the type of the to-do.",
    )
    context: dict[FieldName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the person reads, each a CEL expression.",
    )
    rejected: StepId = Field(description="Where to go on when it is rejected.")

    @property
    def takes_time(self) -> bool:
        """A person has to decide, unless an expression may say that nobody needs to."""
        return self.role is None

    def expressions(self) -> Iterator[Written]:
        """Who decides."""
        if self.role:
            yield Written(("role",), self.role, ("text",))

    def hands(self) -> Sequence[Handed]:
        """What the person reads."""
        return [Handed("context", self.to_do, self.context)]

    def uses(self) -> Iterator[Use]:
        """The type of the to-do."""
        yield Use("to-do-type", self.to_do)

    def ways(self) -> dict[str, str]:
        """The way of rejection; approval goes on with the next step."""
        return {"rejected": self.rejected}

    def place_of(self, way: str) -> tuple[str, ...]:
        """By the way's own name."""
        return (way,)

    def waiting_for(self) -> str | None:
        """Somebody."""
        return "for a person, whose to-do is escalated as its type says"

    def sentence(self) -> str:
        """Names the type of to-do."""
        return f"Ask another person to approve, by a {self.to_do}."
