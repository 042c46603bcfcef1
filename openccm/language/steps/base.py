"""What all steps have in common."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, NamedTuple

from pydantic import Field

from openccm.language.definition import Use
from openccm.language.fields import Spelled
from openccm.language.scalars import (
    Condition,
    FieldName,
    StepId,
    Title,
)
from openccm.rules.shapes import Kind

END = "end"
"""The target that ends the process with the outcome ``done``."""

ERROR = "error"
"""The outcome of a step that failed for good."""

Values = dict[FieldName, Condition]
"""Fields of somebody else by name, and the CEL expressions that give their values."""


class Written(NamedTuple):
    """An expression of a step: where it stands, and what it has to give."""

    place: tuple[str, ...]
    source: str
    kinds: tuple[Kind, ...] = ()
    """The kinds of value that fit; any where none is named, and a condition gives ``boolean``."""


class Handed(NamedTuple):
    """What a step hands to another definition."""

    place: str
    """Where in the step the values stand; a dot goes one deeper."""
    code: str
    values: Mapping[str, str]
    """Expressions by the names of what the other one takes."""


class StepBase(Spelled):
    """What every step may say."""

    outcomes_known: ClassVar[tuple[str, ...]] = ()
    """The outcomes that lead on, beside the plain next step."""

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

    @property
    def takes_time(self) -> bool:
        """Whether it surely rests here, whatever its data say, so that no loop spins through it."""
        return False

    def sentence(self) -> str:
        """What it does, for people."""
        return (type(self).__doc__ or "").partition("\n")[0]

    def waiting_for(self) -> str | None:
        """What it may wait for; None where no time passes."""
        return None

    def uses(self) -> Iterator[Use]:
        """The definitions it relies on."""
        yield from ()

    def expressions(self) -> Iterator[Written]:
        """Its expressions, but for those whose values it hands over."""
        yield from ()

    def hands(self) -> Sequence[Handed]:
        """What it hands to other definitions."""
        return ()

    def ways(self) -> dict[str, str]:
        """The outcomes for which it names a target, beside `next:` and `error:`."""
        return {}

    def place_of(self, way: str) -> tuple[str, ...]:
        """Where in the step the target of a way is written."""
        return ("outcomes", way)

    def targets(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every place in the step where a target is written, and the target."""
        if self.next:
            yield ("next",), self.next
        if self.error:
            yield ("error",), self.error
        for way, target in self.ways().items():
            yield self.place_of(way), target
