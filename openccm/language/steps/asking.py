"""Steps that ask others: for a communication, for data, for another process, for code."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

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
from openccm.language.wishes import Wishes


class SendStep(StepBase):
    """Ask for a communication; go on when it is known what became of it, or at once."""

    outcomes_known: ClassVar[tuple[str, ...]] = (
        "reached",
        "failed",
        "opted_out",
        "suppressed",
        "not_sent",
        "duplicate",
        "cancelled",
    )

    do: Literal["send"] = Field(description="What the step does.")
    communication: Code = Field(description="The communication to ask for.")
    payload: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="Values for the communication's payload, each a CEL expression.",
    )
    person: Condition | None = Field(
        None, description="Whom it is for, as a key; else the person this process is about."
    )
    channel: Kebab | None = Field(None, description="The one channel to use, if permitted.")
    priority: int = Field(2, ge=1, le=3, description="1 overtakes 2 overtakes 3.")
    wait: bool = Field(
        True, description="Whether to wait until it is known what became of the communication."
    )
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=20,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def expressions(self) -> Iterator[Written]:
        """Whom it is for."""
        if self.person:
            yield Written(("person",), self.person, ("text",))

    def hands(self) -> Sequence[Handed]:
        """The payload."""
        return [Handed("payload", self.communication, self.payload)]

    def uses(self) -> Iterator[Use]:
        """The communication."""
        yield Use("communication", self.communication)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def sentence(self) -> str:
        """Names the communication."""
        by = f" by {self.channel}" if self.channel else ""
        return f"Ask for {self.communication}{by}."

    def waiting_for(self) -> str | None:
        """What became of it."""
        return "until it is known what became of it" if self.wait else None


class LookUpStep(StepBase):
    """Ask the data services again, so that what follows sees values as they are now."""

    do: Literal["look-up"] = Field(description="What the step does.")
    fields: tuple[FieldName, ...] = Field(
        (), max_length=200, description="The fields to fetch; all that come from data services."
    )

    def sentence(self) -> str:
        """Names the fields."""
        return f"Fetch {', '.join(self.fields) or 'all data'} anew."


class CallStep(StepBase):
    """Call a hook: customer-supplied code."""

    do: Literal["call"] = Field(description="What the step does.")
    hook: Code = Field(description="The hook.")
    values: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="The hook's inputs, each a CEL expression.",
    )
    into: PartName | None = Field(None, description="The name its answer is kept under.")
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=20,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def hands(self) -> Sequence[Handed]:
        """The inputs."""
        return [Handed("values", self.hook, self.values)]

    def uses(self) -> Iterator[Use]:
        """The hook."""
        yield Use("hook", self.hook)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def sentence(self) -> str:
        """Names the hook."""
        return f"Ask the hook {self.hook}."


class WishesStep(Wishes, StepBase):
    """Write down what the person allows or forbids: consents, preferences, hard stops."""

    do: Literal["wishes"] = Field(description="What the step does.")

    def sentence(self) -> str:
        """Says it."""
        return f"Write down: {self.told()}."


class StartStep(StepBase):
    """Start another process, and go on at once or when it has ended."""

    do: Literal["start"] = Field(description="What the step does.")
    process: Code = Field(description="The process to start.")
    payload: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="Values for its payload, each a CEL expression.",
    )
    wait: bool = Field(False, description="Whether to wait until it has ended.")
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=30,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def hands(self) -> Sequence[Handed]:
        """The payload."""
        return [Handed("payload", self.process, self.payload)]

    def uses(self) -> Iterator[Use]:
        """The other process."""
        yield Use("process", self.process)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def sentence(self) -> str:
        """Names the process."""
        return f"Start the process {self.process}."

    def waiting_for(self) -> str | None:
        """Its end."""
        return f"until {self.process} has ended" if self.wait else None
