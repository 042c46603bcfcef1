"""What a simulation tells: the path step by step, what was sent, and where it stands."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class StepTold(BaseModel):
    """One visit to a step."""

    process: str
    step: str
    title: str
    visit: int
    entered_at: datetime
    left_at: datetime | None = Field(description="Null while it waits.")
    way: str | None = Field(description="The way it was left by.")
    outcome: str | None = Field(description="What came of it, where that says more than the way.")
    reason: str | None
    waiting_for: str | None
    until: datetime | None
    used: dict[str, Any] = Field(description="The data its expressions read, as it was then.")
    detail: dict[str, Any] = Field(description="The rows of a table, the event that was heard.")


class PartTold(BaseModel):
    """A part of a message as it was rendered."""

    name: str
    media_type: str
    digest: str = Field(description="SHA-256 of its bytes.")
    text: str | None = Field(description="Null where it is no text.")
    pages: int | None
    warnings: list[str]
    content: bytes = Field(exclude=True, repr=False)


class SendTold(BaseModel):
    """A communication that was asked for, and what became of it."""

    communication: str
    step: str | None
    asked_at: datetime
    outcome: str = Field(description="`reached`, `failed`, or the state its request is in.")
    over: bool = Field(description="Whether nothing more will come of it.")
    reason: str | None
    channel: str | None
    language: str | None
    left_at: datetime | None = Field(description="When it was handed over.")
    verdicts: list[str] = Field(description="The send decision, step by step.")
    parts: list[PartTold] = Field(description="What was handed over in the end.")

    @property
    def subject(self) -> str | None:
        """The subject, where it has one."""
        return next((part.text for part in self.parts if part.name == "subject"), None)


class TaskTold(BaseModel):
    """A to-do that was raised."""

    step: str
    type: str
    role: str
    state: str
    outcome: str | None
    raised_at: datetime
    due_at: datetime | None
    outcomes: list[str] = Field(description="The ways in which it can end.")


class EventTold(BaseModel):
    """An event that came in."""

    type: str
    at: datetime
    state: str = Field(description="What bindings made of it: `bound`, `ignored_no_binding`, …")
    heard_by: list[str] = Field(description="The steps that took it, and the bindings.")


class Simulation(BaseModel):
    """Everything that happened."""

    code: str
    kind: str
    time_zone: str = Field(description="Where the recipient lives; local times are of there.")
    started_at: datetime
    ended_at: datetime | None
    state: str
    outcome: str | None = Field(description="How it ended; null while it waits.")
    reason: str | None
    path: list[StepTold]
    sends: list[SendTold]
    tasks: list[TaskTold]
    events: list[EventTold]
    unanswered: list[str] = Field(
        description="Steps that wait for an answer of which nothing is said, and hooks likewise."
    )

    def steps(self, process: str | None = None) -> list[str]:
        """The steps that were left, in order."""
        left = [
            each for each in self.path if each.left_at and each.process == (process or self.code)
        ]
        return [each.step for each in left]

    @property
    def standing(self) -> list[StepTold]:
        """Where it stands."""
        return [each for each in self.path if each.left_at is None and each.process == self.code]
