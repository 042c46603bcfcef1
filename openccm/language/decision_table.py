"""A decision table as its author writes it: inputs, outputs, and rows that one can read aloud."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from openccm.language.definition import Definition
from openccm.language.fields import FieldShape, Spelled
from openccm.language.scalars import (
    Code,
    Currency,
    Day,
    FieldName,
    Kebab,
    Line,
    Title,
    misfit,
)
from openccm.rules.decision_tables import OTHERWISE, SEVERAL, Aggregate, Policy
from openccm.rules.domains import InputKind

ScalarType = Literal["text", "number", "money", "date", "datetime", "boolean"]

_SCALAR = {"anyOf": [{"type": kind} for kind in ("string", "number", "boolean")]}

Cell = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                *_SCALAR["anyOf"],
                {"type": "array", "items": {}, "minItems": 1},
                {
                    "type": "object",
                    "properties": {
                        "not": {"description": "What it must not be: a value, or a list of them."}
                    },
                    "required": ["not"],
                    "additionalProperties": False,
                },
            ],
            "examples": [True, "< 180", "(1500..3500]", ["RES", "COM"], "not RES", "missing"],
        }
    ),
]
"""A value, a comparison, an interval, a list of such, or ``not`` one of them."""

Result = Annotated[Any, WithJsonSchema(_SCALAR)]


class TableField(Spelled):
    """One value of a table."""

    type: ScalarType = Field(description="The kind of value.")
    label: Title | None = Field(
        None, description="What business users read; the name itself where it is left out."
    )
    currency: Currency | None = Field(
        None, description="For money: the ISO 4217 code all amounts are in."
    )
    optional: bool = Field(False, description="Whether it may have no value.")

    @model_validator(mode="after")
    def _only_money_has_a_currency(self) -> Self:
        if self.currency and self.type != "money":
            raise misfit("Only money has a currency.", "Take currency: out, or use type: money.")
        return self

    @cached_property
    def shape(self) -> FieldShape:
        """The shape by which its values are read."""
        return FieldShape.model_validate({"type": self.type, "currency": self.currency})

    @property
    def kind(self) -> InputKind:
        """What rules call its values."""
        return "number" if self.type == "money" else self.type


class TableInput(TableField):
    """Something the table asks for. A cell asks whether an optional one is `missing`."""

    whole: bool = Field(False, description="For a number: that it has no fractions.")
    values: Cell | None = Field(
        None,
        description="The values it can have, written as in a cell: `[RES, COM]` or `>= 0`. Others"
        " are refused, and need no row.",
    )

    @model_validator(mode="after")
    def _only_numbers_are_whole(self) -> Self:
        if self.whole and self.type != "number":
            raise misfit("Only a number can be whole.", "Take whole: out, or use type: number.")
        return self


class TableOutput(TableField):
    """Something the table answers. Rows may leave an optional one out."""

    values: tuple[Result, ...] | None = Field(
        None,
        min_length=1,
        max_length=1_000,
        description="The values it can have. For the policy `priority` the first goes first.",
    )


_AGGREGATED: Mapping[Aggregate, tuple[ScalarType, ...]] = {
    "sum": ("number", "money"),
    "min": ("number", "money", "date", "datetime"),
    "max": ("number", "money", "date", "datetime"),
    "count": ("number",),
}


class TableRow(Spelled):
    """One line of the table."""

    when: dict[FieldName, Cell] = Field(
        default_factory=dict[str, Any],
        description="What each input must be for this row; an input left out may be anything.",
    )
    then: dict[FieldName, Result] = Field(
        default_factory=dict[str, Any], description="What the row answers, by output."
    )
    priority: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="For the policy `priority`: 1 goes first. Where no row has one, the order of"
        " the outputs' `values:` decides.",
    )
    note: Line | None = Field(None, description="Why the row is as it is, for people.")


class Effect(Spelled):
    """When a table holds."""

    from_: Day | None = Field(None, description="The first day.")
    until: Day | None = Field(None, description="The day on which it no longer holds.")

    @model_validator(mode="after")
    def _some_day(self) -> Self:
        if self.from_ and self.until and self.until <= self.from_:
            raise misfit("It ends before it begins.", "Write a later day behind until:.")
        return self


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class TableCase(Spelled):
    """An example with the answer it must have."""

    given: dict[str, Any] = Field(
        description="The inputs' values, by dotted name or nested. Optional ones may be left out."
    )
    expect: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="The answer, or those parts of it that matter here.",
    )
    row: Annotated[
        tuple[str, ...] | None,
        BeforeValidator(_listed),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ] = Field(None, description="The row that must answer, or a list of them, or `otherwise`.")


class DecisionTableDefinition(Definition):
    """A decision table: what is decided, from what, row by row."""

    file: ClassVar[str] = "table.yaml"

    kind: Literal["decision-table"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; processes ask it by this.")
    policy: Policy = Field(
        description="What holds when several rows match: `unique` and `any` refuse that, `any`"
        " unless they agree; `first` takes the upper one, `priority` the foremost; `rule-order`"
        " and `collect` take all."
    )
    aggregate: Aggregate | None = Field(
        None, description="For `collect`: what becomes of all the answers."
    )
    inputs: dict[FieldName, TableInput] = Field(
        min_length=1, max_length=30, description="What it asks for, by name."
    )
    outputs: dict[FieldName, TableOutput] = Field(
        min_length=1, max_length=30, description="What it answers, by name."
    )
    rows: dict[Kebab, TableRow] = Field(
        min_length=1, max_length=2_000, description="Its lines by name, from top to bottom."
    )
    otherwise: dict[FieldName, Result] | None = Field(
        None, description="The answer where no row matches."
    )
    effective: Effect | None = Field(None, description="When it holds; always if left out.")
    cases: dict[Kebab, TableCase] = Field(
        default_factory=dict[str, TableCase],
        max_length=2_000,
        description="Examples by name; all of them must come out as they say.",
    )

    @model_validator(mode="after")
    def _policy_fits(self) -> Self:
        if self.aggregate and self.policy != "collect":
            raise misfit(
                f"The policy {self.policy} has nothing to aggregate.", "Use policy: collect."
            )
        if self.aggregate and len(self.outputs) > 1:
            raise misfit(
                f"{self.aggregate} takes one output.", "Make a table for each of the outputs."
            )
        for name, field in self.outputs.items():
            if self.aggregate and (field.type not in _AGGREGATED[self.aggregate] or field.optional):
                kinds = " or ".join(_AGGREGATED[self.aggregate])
                message = f"{self.aggregate} needs a value of {name} in every row: {kinds}."
                raise misfit(message, "Change the output, or the aggregate.")
        if OTHERWISE in self.rows:
            raise misfit("No row can be called otherwise.", "Write otherwise: below the rows.")
        return self

    @property
    def several(self) -> bool:
        """Whether an answer holds a list of values for each output."""
        return self.policy in SEVERAL and self.aggregate is None

    def in_effect(self, day: date) -> bool:
        """Whether the table holds on this day."""
        effect = self.effective or Effect.model_validate({})
        begun = effect.from_ is None or effect.from_ <= day
        return begun and (effect.until is None or day < effect.until)

    def takes(self) -> Mapping[str, FieldShape]:
        """Its inputs."""
        return {name: field.shape for name, field in self.inputs.items()}

    def gives(self) -> Mapping[str, FieldShape]:
        """Its outputs; of a table that answers lists, nothing that an expression could use."""
        return {} if self.several else {name: each.shape for name, each in self.outputs.items()}
