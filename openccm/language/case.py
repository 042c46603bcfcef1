"""A saved case: what happens to a sample, and what must come of it. ``cases/*.yaml``."""

from typing import Annotated, Any, cast

from pydantic import BeforeValidator, Field, StringConstraints

from openccm.language.fields import Spelled
from openccm.language.scalars import (
    Code,
    EventType,
    Kebab,
    Language,
    Line,
    OutcomeName,
    Span,
    StepId,
    Title,
)

MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} ([01][0-9]|2[0-3]):[0-5][0-9]$"

Moment = Annotated[str, StringConstraints(pattern=MOMENT)]
"""A moment where the recipient lives, as ``2026-05-01 09:00``."""

START = "2026-03-02 09:00"
"""When a case begins that does not say when: a Monday."""


class Telling(Spelled):
    """An event that comes in."""

    event: EventType = Field(description="The process's own name for it, or the type of the event.")
    after: Span | None = Field(None, description="So long after the beginning.")
    at: Moment | None = Field(
        None, description="When, where the recipient lives: `2026-05-01 09:00`."
    )
    data: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        max_length=100,
        description="Its data; what the process matches it by is filled in.",
    )


class Answer(Spelled):
    """What comes of a step that somebody else answers."""

    outcome: OutcomeName = Field(
        description="Of a task or an approval: how it ends. Of a hook: the outcome it names, or"
        " `unavailable`. Of a communication: `reached`, `failed`, `bounced`, or how its request"
        " ends."
    )
    after: Span | None = Field(None, description="How long it takes; at once where left out.")
    values: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        max_length=100,
        description="What the person fills in, or the hook answers.",
    )
    reason: Line | None = Field(None, description="Why, as the person says it.")


def _answers(value: Any) -> Any:
    """One word, one answer, or one for each time the step is reached."""
    listed = cast(list[Any], value) if isinstance(value, list) else [value]
    return [{"outcome": each} if isinstance(each, str) else each for each in listed]


class ExpectedSend(Spelled):
    """A communication that must have been asked for; what is not named may be anything."""

    communication: Code = Field(description="Its code.")
    outcome: OutcomeName | None = Field(None, description="What became of it.")
    channel: Kebab | None = Field(None, description="The channel it went by in the end.")
    language: Language | None = Field(None, description="The language it is written in.")
    subject: Line | None = Field(None, description="The subject of the e-mail.")
    leaves: Moment | None = Field(None, description="When it leaves, where the recipient lives.")


class Expectation(Spelled):
    """What must come of it; what is not named may be anything."""

    outcome: OutcomeName | None = Field(None, description="How it ends.")
    stands: StepId | None = Field(None, description="The step where it stands and waits.")
    reason: str | None = Field(None, max_length=120, description="Why it ended so, in one word.")
    path: tuple[StepId, ...] | None = Field(
        None, max_length=1_000, description="The steps it took, in the order they were left."
    )
    sends: tuple[ExpectedSend, ...] | None = Field(
        None, max_length=200, description="All communications it asked for, in their order."
    )


class Case(Spelled):
    """One example that must come out as it says."""

    title: Title | None = Field(None, description="What this case shows.")
    sample: Kebab = Field(description="The sample it is played with: `samples/{name}.yaml`.")
    start: Moment = Field(START, description="When it begins, where the recipient lives.")
    events: tuple[Telling, ...] = Field(
        (), max_length=200, description="What is told while it runs."
    )
    answers: dict[
        StepId | Code,
        Annotated[tuple[Answer, ...], BeforeValidator(_answers), Field(max_length=100)],
    ] = Field(
        default_factory=dict[str, tuple[Answer, ...]],
        max_length=200,
        description="By step, or by the code of a hook: one word, one answer, or a list with one"
        " for each time the step is reached, of which the last one stays. A communication"
        " that is not named is `reached`.",
    )
    expect: Expectation = Field(description="What must come of it.")
