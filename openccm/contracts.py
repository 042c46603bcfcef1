"""The names and shapes that cross Temporal. Lower-case and for ever: they live in histories.

Only references and verdicts travel here, never personal data.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from openccm.plan import Plan

TASK_QUEUE = "openccm"

GATHER = "gather"
COMPOSE = "compose"
HAND_OVER = "hand_over"
FOLLOW = "follow"
FALL_BACK = "fall_back"
DELIVER_CALLBACKS = "deliver_callbacks"
PUBLISH_DUE = "publish_due"
TAKE_STEP = "take_step"
HANDLE_EVENTS = "handle_events"
LOOK_AFTER_TODO = "look_after_todo"
WORK_ON_JOB = "work_on_job"
OPEN_JOB = "open_job"
LOOK_AFTER_PRINT_RUN = "look_after_print_run"
KEEP_REMINDER = "keep_reminder"

CALLBACKS, EVENTS, PUBLICATION, TO_DO = "callbacks", "events", "publication", "to-do"
REMINDER = "reminder"
"""The workflow types that go their round, and the deeds that start or wake them: tell one
subscription what it is owed, work on system events, bring one version into force at its instant,
look after one to-do that nothing else waits for, keep one reminder."""

JOB, JOB_DUE, PRINT_RUN = "job", "job-due", "print-run"
"""Three more: work on one run of a job; open the run whose time has come by a job's timetable;
hand over a print run and listen to the print house."""

WAKE = "wake"
"""The one signal: something you wait for has changed, look again. Repeats are harmless."""

WAIT = "wait"
"""The outcome that the interpreter answers by waiting, and then by taking the step again."""

ASK = "ask"
"""The outcome that it answers by putting a question to another task queue, and then by taking the
step again with the answer."""


class Track(BaseModel):
    """One thread of a run: where it stands, and the threads it waits for."""

    model_config = ConfigDict(frozen=True)

    step: str
    communication: UUID | None = None
    visit: int = 0
    """Which visit to its step this is; 0 where it is yet to be entered."""
    inside: tuple["Track", ...] | None = None
    """The threads begun at this step that have not ended; None where none were begun."""


class RunInput(BaseModel):
    """What a run is given: the pinned plan and whom it serves."""

    model_config = ConfigDict(frozen=True)

    plan: Plan
    subject: UUID
    """Whom it serves: a communication request, or a workflow instance."""
    priority: int = 2
    """1 overtakes 2 overtakes 3 on every task queue."""
    at: Track | None = None
    """Where it goes on, for a run whose history was renewed."""
    visits: dict[str, int] = {}
    """How often each step was entered before the history was renewed."""


class Question(BaseModel):
    """What is asked of an activity on a task queue of the customer's own. Nothing personal."""

    model_config = ConfigDict(frozen=True)

    queue: str
    activity: str
    timeout: float
    """Seconds from asking until the answer must be there."""
    body: dict[str, JsonValue]


class Answer(BaseModel):
    """What came back, judged by nobody yet."""

    model_config = ConfigDict(frozen=True)

    body: JsonValue = None
    fault: Literal["timeout", "failed"] | None = None
    """Instead of a body: nobody answered in time, or whoever was asked failed."""


class StepInput(BaseModel):
    """What every step activity is given."""

    model_config = ConfigDict(frozen=True)

    subject: UUID
    communication_id: UUID | None = None
    step: str
    visit: int = 1
    """How often this run has come to the step: with the step it is the key of what is done."""
    code: str
    version: int
    answer: Answer | None = None
    """To the question that this step asked just now."""


class StepResult(BaseModel):
    """What every step activity answers."""

    model_config = ConfigDict(frozen=True)

    outcome: str
    until: datetime | None = None
    """With ``wait``: look again at this time at the latest; None waits for a wake alone."""
    waiting_for: str = ""
    """With ``wait``: what a supervisor reads, e.g. ``quiet hours end``."""
    communications: tuple[UUID, ...] = ()
    """The communications this step created; the track goes on with these."""
    plan: Plan | None = None
    """With ``wait``: go on from here by this plan, that of another version."""
    question: Question | None = None
    """With ``ask``: what is asked."""
    marks: dict[str, str] = {}
    """Search attributes to set: ``person``, ``channel``, ``status``."""


class RoundInput(BaseModel):
    """Whom a round is for: a subscription, a version, a to-do, a reminder, the queue of events."""

    model_config = ConfigDict(frozen=True)

    subject: UUID


class RoundResult(BaseModel):
    """What is left after a round."""

    model_config = ConfigDict(frozen=True)

    until: datetime | None = None
    """When to look again; None when nothing is to come."""
