"""A to-do type as its author writes it: whose work it is, how soon, and how it can end."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import FieldShape, Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    Duration,
    FieldName,
    Kebab,
    Line,
    TimeOfDay,
    Title,
    misfit,
)
from openccm.language.wishes import Wishes

SPAN = r"^[1-9][0-9]{0,4} (second|minute|hour|day|week|business hour|business day)s?$"
SHARE = r"^[1-9][0-9]{0,2} %$"

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_LONGEST = 366 * 86_400
_SPAN = "Write a number and a unit, like 15 minutes or 2 business days."


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: seconds of any time, or hours or days of business."""

    amount: int
    unit: Literal["second", "business hour", "business day"]

    @property
    def is_business(self) -> bool:
        """Whether it passes only while there is business."""
        return self.unit != "second"


def _span(value: Any) -> Span:
    if not isinstance(value, str) or not re.fullmatch(SPAN, value):
        raise misfit("This is no length of time.", _SPAN)
    count, _, unit = value.partition(" ")
    unit = unit.removesuffix("s")
    if unit == "business hour" or unit == "business day":
        return Span(int(count), unit)
    seconds = int(count) * _UNITS[unit]
    if seconds > _LONGEST:
        raise misfit("This is longer than a year.", "Write a shorter time.")
    return Span(seconds, "second")


def _share(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(SHARE, value):
        raise misfit("This is no share.", "Write it like 80 %.")
    return int(value.partition(" ")[0])


def _after(value: Any) -> Span | int:
    is_share = isinstance(value, str) and value.endswith("%")
    return _share(value) if is_share else _span(value)


TimeSpan = Annotated[
    Span,
    BeforeValidator(_span),
    WithJsonSchema(
        {"type": "string", "pattern": SPAN, "examples": ["15 minutes", "2 business days"]}
    ),
]
Share = Annotated[
    int,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "pattern": SHARE, "examples": ["80 %"]}),
]
SpanOrShare = Annotated[
    Span | int,
    BeforeValidator(_after),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": SPAN}, {"type": "string", "pattern": SHARE}],
            "examples": ["1 hour", "100 %"],
        }
    ),
]
Priority = Annotated[int, Field(ge=1, le=9, strict=True)]


class Skill(Spelled):
    """What whoever takes it must be able to do."""

    level: int = Field(1, ge=1, le=9, strict=True, description="The least level; higher is more.")
    mode: Literal["error", "warn"] = Field(
        "error",
        description="Without it: `error` keeps the agent from taking the to-do, `warn` lets them"
        " and says so on the trail.",
    )


class PriorityRule(Spelled):
    """When a to-do is more or less urgent than most of its type."""

    when: Condition = Field(description="The condition in CEL over `context`.")
    priority: Priority = Field(description="1 is the most urgent, 9 the least.")


OUTCOME_DATE = "outcome_date"
"""The name under which a process sees the day that was named with a disposition."""


class Again(Spelled):
    """The work is put off and done again."""

    at_most: int = Field(
        ge=2, le=50, strict=True, description="How many tries there are; after the last it is over."
    )
    after: Duration = Field(
        description="How long it is put off, unless the agent names another day."
    )


class Outcome(Spelled):
    """One way in which the work can end."""

    label: Title = Field(description="What the agent reads.")
    reason: Literal["required", "optional"] = Field(
        "optional", description="Whether the agent must say why."
    )
    requires: tuple[FieldName, ...] = Field(
        (), max_length=100, description="Fields of the form that must be filled."
    )
    disposition: Code | None = Field(
        None, description="The disposition that it is counted as, in all types alike."
    )
    again: Again | None = Field(
        None, description="Puts the to-do off and has it done again, so many times at most."
    )
    wishes: Wishes | None = Field(
        None, description="What is written down of the person it is about."
    )


class Sla(Spelled):
    """How soon it must be done."""

    within: TimeSpan = Field(description="How long after it was raised it is due.")
    until: TimeOfDay | None = Field(
        None, description="The hour of the last day at which it is due; for days."
    )
    calendar: Code | None = Field(
        None,
        description="The calendar that says when there is business; its zone is that of `until`.",
    )
    warn: Share = Field(
        75, description="After which share of the time the to-do is marked `at_risk`."
    )


class Escalation(Spelled):
    """What happens when it is not done in time."""

    after: SpanOrShare = Field(
        description="When: a time since it was raised, or a share of the time that `sla` gives;"
        " `100 %` is when it is due."
    )
    to: Kebab | None = Field(None, description="The role whose work it becomes.")
    priority: Priority | None = Field(
        None, description="How urgent it becomes, unless a supervisor has said otherwise."
    )


class ToDoTypeDefinition(Definition):
    """A type of to-do: work that a person does, and what the process goes on with afterwards."""

    file: ClassVar[str] = "todo.yaml"

    kind: Literal["to-do-type"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; processes write it behind `to-do:`.")
    roles: tuple[Kebab, ...] = Field(
        min_length=1,
        max_length=20,
        description="The roles that may take it; the first unless whoever raises it says another.",
    )
    summary: Line | None = Field(
        None,
        description="The line that agents read in lists, with `{fields}` of the context; the title"
        " where it is left out.",
    )
    context: dict[FieldName, FieldShape] = Field(
        default_factory=dict[str, FieldShape],
        max_length=100,
        description="What the agent is shown, and rules may use; given by whoever raises it.",
    )
    skills: dict[Kebab, Skill] = Field(
        default_factory=dict[str, Skill],
        max_length=20,
        description="What the agent must be able to do, by name.",
    )
    priority: Priority = Field(5, description="1 is the most urgent, 9 the least.")
    priority_when: tuple[PriorityRule, ...] = Field(
        (),
        max_length=20,
        description="Conditions in order; the first that holds gives the priority.",
    )
    form: dict[FieldName, FieldShape] = Field(
        default_factory=dict[str, FieldShape],
        max_length=100,
        description="What the agent fills in.",
    )
    outcomes: dict[Kebab, Outcome] = Field(
        min_length=1, max_length=20, description="The ways in which it can end, by name."
    )
    sla: Sla | None = Field(None, description="How soon it must be done.")
    escalate: tuple[Escalation, ...] = Field(
        (), max_length=10, description="What happens, one after another, while it is not done."
    )
    lease: Duration = Field(
        1_800, description="How long it stays with whoever took it; then others may take it."
    )
    four_eyes: bool = Field(
        False,
        strict=True,
        description="Whether whoever asked for it may not be the one who does it.",
    )

    @field_validator("roles")
    @classmethod
    def _each_role_once(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(roles)) < len(roles):
            raise misfit("A role stands twice.", "Name each role once.")
        return roles

    @property
    def all_roles(self) -> frozenset[str]:
        """The roles that may take it, those it escalates to among them."""
        return frozenset((*self.roles, *(each.to for each in self.escalate if each.to)))

    def uses(self) -> Iterator[Use]:
        """The calendar its times are reckoned by, and the dispositions of its outcomes."""
        if self.sla is not None and self.sla.calendar is not None:
            yield Use("calendar", self.sla.calendar)
        for outcome in self.outcomes.values():
            if outcome.disposition is not None:
                yield Use("disposition", outcome.disposition)

    def takes(self) -> Mapping[str, FieldShape]:
        """What the agent is shown."""
        return self.context

    def outcomes_given(self) -> Sequence[str]:
        """The ways in which it can end; one that is cancelled ends as ``cancelled``."""
        return (*self.outcomes, "cancelled")

    def gives(self) -> Mapping[str, FieldShape]:
        """What the agent filled in, and the day that was named with a disposition."""
        if any(each.disposition is not None for each in self.outcomes.values()):
            return {**self.form, OUTCOME_DATE: FieldShape.model_validate({"type": "date"})}
        return self.form
