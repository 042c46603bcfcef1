"""Steps that decide which way to go."""

from collections.abc import Iterator, Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Use
from openccm.language.fields import Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    Kebab,
    PartName,
    StepId,
    misfit,
)
from openccm.language.steps.base import Handed, StepBase, Written


class DecideStep(StepBase):
    """Ask a decision table; its outputs are kept under a name of their own."""

    do: Literal["decide"] = Field(description="What the step does.")
    table: Code = Field(description="The decision table.")
    inputs: dict[PartName, Condition] = Field(
        max_length=50, description="The table's inputs, each a CEL expression."
    )
    into: PartName = Field(description="The name its outputs are kept under.")

    def hands(self) -> Sequence[Handed]:
        """The inputs."""
        return [Handed("inputs", self.table, self.inputs)]

    def uses(self) -> Iterator[Use]:
        """The table."""
        yield Use("decision-table", self.table)

    def sentence(self) -> str:
        """Names the table."""
        return f"Ask the table {self.table}; its answer is kept as {self.into}."


class SetStep(StepBase):
    """Give variables new values."""

    do: Literal["set"] = Field(description="What the step does.")
    values: dict[PartName, Condition] = Field(
        min_length=1, max_length=50, description="Variables and the CEL expressions for them."
    )

    def sentence(self) -> str:
        """Names the variables."""
        return f"Set {', '.join(f'{name} to {each}' for name, each in self.values.items())}."


class Case(Spelled):
    """One way out of a branch."""

    when: Condition = Field(description="The condition in CEL.")
    next: StepId = Field(description="Where to go on when it holds.")


class BranchStep(StepBase):
    """Go on by the first condition that holds."""

    do: Literal["branch"] = Field(description="What the step does.")
    cases: dict[Kebab, Case] = Field(
        min_length=1, max_length=50, description="The ways out by name, in the order asked."
    )
    otherwise: StepId | None = Field(
        None, description="Where to go on when none holds; the next step where it is left out."
    )

    @model_validator(mode="after")
    def _otherwise_is_no_case(self) -> Self:
        if "otherwise" in self.cases:
            raise misfit("otherwise is no case.", "Write otherwise: beside cases:.")
        return self

    def ways(self) -> dict[str, str]:
        """The cases, and what holds when none does."""
        ways = {name: case.next for name, case in self.cases.items()}
        return ways | ({"otherwise": self.otherwise} if self.otherwise else {})

    def place_of(self, way: str) -> tuple[str, ...]:
        """Each case says where it leads."""
        return ("cases", way, "next") if way in self.cases else (way,)

    def expressions(self) -> Iterator[Written]:
        """The conditions."""
        for name, case in self.cases.items():
            yield Written(("cases", name, "when"), case.when, ("boolean",))

    def sentence(self) -> str:
        """Names the cases."""
        return f"Choose {', '.join(f'{name} if {case.when}' for name, case in self.cases.items())}."


class RepeatStep(StepBase):
    """Go back, but only so many times."""

    do: Literal["repeat"] = Field(description="What the step does.")
    from_: StepId = Field(description="The step to go back to.")
    at_most: int = Field(ge=1, le=1_000, description="How many times.")

    def ways(self) -> dict[str, str]:
        """The way back; after the last time the next step."""
        return {"again": self.from_}

    def place_of(self, way: str) -> tuple[str, ...]:
        """The step to go back to."""
        return ("from",)

    def sentence(self) -> str:
        """Names the step."""
        return f"Go back to {self.from_}, at most {self.at_most} times."
