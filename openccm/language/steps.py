"""The steps of a process as their author writes them."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Use
from openccm.language.fields import Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    FieldName,
    Kebab,
    PartName,
    Span,
    StepId,
    TimeOfDay,
    Title,
    misfit,
)

END = "end"
"""The target that ends the process with the outcome ``done``."""

ERROR = "error"
"""The outcome of a step that failed for good."""

Values = dict[FieldName, Condition]
"""Fields of somebody else by name, and the CEL expressions that give their values."""


class StepBase(Spelled):
    """What every step may say."""

    outcomes_known: ClassVar[tuple[str, ...]] = ()
    """The outcomes that lead on, beside the plain next step."""
    waits: ClassVar[bool] = False
    """Time passes here, so a loop through it is no endless one."""

    title: Title | None = Field(
        None, description="What supervisors and the canvas show; else made of the step's name."
    )
    next: StepId | None = Field(
        None, description="The step after this one; the next one in the text where it is left out."
    )
    error: StepId | None = Field(
        None,
        description="Where to go on when this step fails for good. Left out, the process stops here"
        " until a person retries or skips the step.",
    )
    undo: StepId | None = Field(
        None, description="The step below `undo:` that takes back what this one did."
    )

    def uses(self) -> Iterator[Use]:
        """The definitions it relies on."""
        yield from ()

    def ways(self) -> dict[str, str]:
        """The outcomes for which it names a target, beside `next:` and `error:`."""
        return {}


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
    waits: ClassVar[bool] = True

    do: Literal["send"]
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
    outcomes: dict[PartName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=20,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def uses(self) -> Iterator[Use]:
        """The communication."""
        yield Use("communication", self.communication)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes


class LookUpStep(StepBase):
    """Ask the data services again, so that what follows sees values as they are now."""

    do: Literal["look-up"]
    fields: tuple[FieldName, ...] = Field(
        (), max_length=200, description="The fields to fetch; all that come from data services."
    )


class DecideStep(StepBase):
    """Ask a decision table; its outputs are kept under a name of their own."""

    do: Literal["decide"]
    table: Code = Field(description="The decision table.")
    inputs: dict[PartName, Condition] = Field(
        max_length=50, description="The table's inputs, each a CEL expression."
    )
    into: PartName = Field(description="The name its outputs are kept under.")

    def uses(self) -> Iterator[Use]:
        """The table."""
        yield Use("decision-table", self.table)


class SetStep(StepBase):
    """Give variables new values."""

    do: Literal["set"]
    values: dict[PartName, Condition] = Field(
        min_length=1, max_length=50, description="Variables and the CEL expressions for them."
    )


class Case(Spelled):
    """One way out of a branch."""

    when: Condition = Field(description="The condition in CEL.")
    next: StepId = Field(description="Where to go on when it holds.")


class BranchStep(StepBase):
    """Go on by the first condition that holds."""

    do: Literal["branch"]
    cases: dict[Kebab, Case] = Field(
        min_length=1, max_length=50, description="The ways out by name, in the order asked."
    )
    otherwise: StepId | None = Field(
        None, description="Where to go on when none holds; the next step where it is left out."
    )

    def ways(self) -> dict[str, str]:
        """The cases, and what holds when none does."""
        ways = {name: case.next for name, case in self.cases.items()}
        return ways | ({"otherwise": self.otherwise} if self.otherwise else {})


class WaitStep(StepBase):
    """Let time pass."""

    waits: ClassVar[bool] = True

    do: Literal["wait"]
    for_: Span | None = Field(None, description="How long: `7 days`, or `3 business days`.")
    until: Condition | None = Field(
        None, description="Until when: a date or a moment, as a CEL expression."
    )
    before: Span | None = Field(None, description="So long before the moment of `until:`.")
    after: Span | None = Field(None, description="So long after the moment of `until:`.")
    at: TimeOfDay | None = Field(
        None, description="At this time of that day, where the person this is about lives."
    )

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if (self.for_ is None) == (self.until is None):
            raise misfit("A wait says when it ends in one way.", "Write either for: or until:.")
        if self.until is None and (self.before or self.after):
            raise misfit("There is no moment to count from.", "Write until: with it.")
        if self.before and self.after:
            raise misfit("It cannot be before and after.", "Write one of them.")
        return self


class ListenStep(StepBase):
    """Wait for the first of some events, or for silence."""

    waits: ClassVar[bool] = True

    do: Literal["listen"]
    events: dict[PartName, StepId] = Field(
        min_length=1,
        max_length=20,
        description="The process's events, and where each leads.",
    )
    within: Span | None = Field(None, description="How long to listen.")
    silence: StepId | None = Field(
        None, description="Where to go on when nothing was heard within that time."
    )

    @model_validator(mode="after")
    def _silence_has_a_meaning(self) -> Self:
        if (self.within is None) != (self.silence is None):
            raise misfit(
                "A time to listen and the step for silence belong together.",
                "Write both within: and silence:, or neither.",
            )
        return self

    def ways(self) -> dict[str, str]:
        """Each event, and silence."""
        return dict(self.events) | ({"silence": self.silence} if self.silence else {})


class TaskStep(StepBase):
    """Give a person something to do, and go on by the outcome they declare."""

    waits: ClassVar[bool] = True

    do: Literal["task"]
    to_do: Code = Field(description="The type of the to-do.")
    role: Kebab | None = Field(None, description="Who may take it; else as its type says.")
    context: dict[PartName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the person reads, each a CEL expression.",
    )
    into: PartName | None = Field(
        None, description="The name under which what the person filled in is kept."
    )
    outcomes: dict[PartName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=30,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def uses(self) -> Iterator[Use]:
        """The type of the to-do."""
        yield Use("to-do-type", self.to_do)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes


class ApproveStep(StepBase):
    """Ask another person than the one who asked for it: approve or reject, with a reason."""

    outcomes_known: ClassVar[tuple[str, ...]] = ("approved", "rejected")
    waits: ClassVar[bool] = True

    do: Literal["approve"]
    to_do: Code = Field(description="The type of the to-do that asks.")
    role: Condition | None = Field(
        None,
        description="Who decides, as a CEL expression giving a role; without a value nobody needs"
        " to, and it is approved. Left out, the role stands in the type of the to-do.",
    )
    context: dict[PartName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the person reads, each a CEL expression.",
    )
    rejected: StepId = Field(description="Where to go on when it is rejected.")

    def uses(self) -> Iterator[Use]:
        """The type of the to-do."""
        yield Use("to-do-type", self.to_do)

    def ways(self) -> dict[str, str]:
        """The way of rejection; approval goes on with the next step."""
        return {"rejected": self.rejected}


class ParallelStep(StepBase):
    """Go several ways side by side, and on from where they meet when all have arrived."""

    do: Literal["parallel"]
    branches: dict[Kebab, StepId] = Field(
        min_length=2, max_length=20, description="Each branch by name, and its first step."
    )
    join: StepId = Field(description="The step where the branches meet.")

    def ways(self) -> dict[str, str]:
        """The branches."""
        return dict(self.branches)


class RepeatStep(StepBase):
    """Go back, but only so many times."""

    do: Literal["repeat"]
    from_: StepId = Field(description="The step to go back to.")
    at_most: int = Field(ge=1, le=1_000, description="How many times.")

    def ways(self) -> dict[str, str]:
        """The way back; after the last time the next step."""
        return {"again": self.from_}


class CallStep(StepBase):
    """Call a hook: customer-supplied code."""

    do: Literal["call"]
    hook: Code = Field(description="The hook.")
    values: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="The hook's inputs, each a CEL expression.",
    )
    into: PartName | None = Field(None, description="The name its answer is kept under.")
    outcomes: dict[PartName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=20,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def uses(self) -> Iterator[Use]:
        """The hook."""
        yield Use("hook", self.hook)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes


class ConsentStep(StepBase):
    """Write down what the person allows or forbids."""

    do: Literal["consent"]
    purpose: Kebab = Field(description="The purpose it is about.")
    state: Literal["granted", "withdrawn"] = Field(description="The person's word.")


class StartStep(StepBase):
    """Start another process, and go on at once or when it has ended."""

    waits: ClassVar[bool] = True

    do: Literal["start"]
    process: Code = Field(description="The process to start.")
    payload: Values = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="Values for its payload, each a CEL expression.",
    )
    wait: bool = Field(False, description="Whether to wait until it has ended.")
    outcomes: dict[PartName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=30,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def uses(self) -> Iterator[Use]:
        """The other process."""
        yield Use("process", self.process)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes


class EndStep(StepBase):
    """The end, and what came of it."""

    do: Literal["end"]
    outcome: PartName = Field(description="What came of it, for reports and for who started it.")
    undoing: bool = Field(
        False, description="Whether to take back what was done, by the steps below `undo:`."
    )


Step = Annotated[
    SendStep
    | LookUpStep
    | DecideStep
    | SetStep
    | BranchStep
    | WaitStep
    | ListenStep
    | TaskStep
    | ApproveStep
    | ParallelStep
    | RepeatStep
    | CallStep
    | ConsentStep
    | StartStep
    | EndStep,
    Field(discriminator="do"),
]
"""Every kind of step."""
