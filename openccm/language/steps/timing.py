"""Steps that take time, and steps that shape the flow."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from openccm.language.scalars import (
    Condition,
    Kebab,
    OutcomeName,
    PartName,
    Span,
    StepId,
    TimeOfDay,
    misfit,
)
from openccm.language.steps.base import StepBase, Written

_DAYS = frozenset({"day", "week", "business day"})


class WaitStep(StepBase):
    """Let time pass."""

    do: Literal["wait"] = Field(description="What the step does.")
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

    @property
    def takes_time(self) -> bool:
        """A moment may have passed already, and so may a time of the very day it falls on."""
        return self.for_ is not None and (self.at is None or self.for_.unit in _DAYS)

    def expressions(self) -> Iterator[Written]:
        """The moment."""
        if self.until:
            yield Written(("until",), self.until, ("date", "datetime"))

    def sentence(self) -> str:
        """Says how long."""
        return f"Let time pass: {self.words()}."

    def waiting_for(self) -> str | None:
        """The time."""
        return f"for the time: {self.words()}"

    def words(self) -> str:
        """``7 days``, or ``until 3 days before due, at 09:00``."""
        side = f"{self.before} before " if self.before else ""
        side = f"{self.after} after " if self.after else side
        said = str(self.for_) if self.for_ is not None else f"until {side}{self.until}"
        return f"{said}, at {self.at:%H:%M}" if self.at else said


class ListenStep(StepBase):
    """Wait for the first of some events, or for silence."""

    do: Literal["listen"] = Field(description="What the step does.")
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
        if "silence" in self.events:
            raise misfit("silence is no event.", "Give the event another name.")
        return self

    @property
    def takes_time(self) -> bool:
        """Each event leads on once."""
        return True

    def ways(self) -> dict[str, str]:
        """Each event, and silence."""
        return dict(self.events) | ({"silence": self.silence} if self.silence else {})

    def place_of(self, way: str) -> tuple[str, ...]:
        """Below the events, but for silence."""
        return ("events", way) if way in self.events else (way,)

    def sentence(self) -> str:
        """Names the events."""
        return f"Listen for {' or '.join(self.events)}."

    def waiting_for(self) -> str | None:
        """The events, and how long."""
        return f"for an event, {self.within} at most" if self.within else "for an event, for ever"


class ParallelStep(StepBase):
    """Go several ways side by side, and on from where they meet when all have arrived."""

    do: Literal["parallel"] = Field(description="What the step does.")
    branches: dict[Kebab, StepId] = Field(
        min_length=2, max_length=20, description="Each branch by name, and its first step."
    )
    join: StepId = Field(description="The step where the branches meet.")

    def ways(self) -> dict[str, str]:
        """The branches."""
        return dict(self.branches)

    def place_of(self, way: str) -> tuple[str, ...]:
        """Below the branches."""
        return ("branches", way)

    def targets(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """The branches, and where they meet."""
        yield from super().targets()
        yield ("join",), self.join

    def sentence(self) -> str:
        """Names the branches."""
        return f"Go {' and '.join(self.branches)} side by side."


class EndStep(StepBase):
    """The end, and what came of it."""

    do: Literal["end"] = Field(description="What the step does.")
    outcome: OutcomeName = Field(description="What came of it, for reports and for who started it.")
    undoing: bool = Field(
        False, description="Whether to take back what was done, by the steps below `undo:`."
    )

    def sentence(self) -> str:
        """Names the outcome."""
        return f"End with {self.outcome}{', taking back what was done' if self.undoing else ''}."
