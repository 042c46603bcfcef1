"""What a definition compiles to: few instructions, stable over the years, pinned in histories.

Pure and import-light: workflows load this module inside Temporal's sandbox.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Instruction(BaseModel):
    """What all instructions share."""

    model_config = ConfigDict(frozen=True)

    step: str
    """The author's id for it; activity ids and summaries come from here."""
    title: str
    """What a supervisor reads in the Temporal UI."""


class Call(Instruction):
    """Call an activity until it says what comes next.

    The activity answers with an outcome. ``wait`` means: look again at the time it named, or as
    soon as something it waits for has changed; every other outcome is looked up in ``next``.
    """

    kind: Literal["call"] = "call"
    activity: str
    local: bool = False
    """Run inside the worker that holds the workflow: no server round trip, no own queue."""
    queue: str | None = None
    arguments: dict[str, JsonValue] = {}
    timeout: float = 30.0
    """Seconds one try may take. Longer than any client time-out inside it."""
    heartbeat: float | None = None
    next: dict[str, str]


class Each(Instruction):
    """Run the instructions from ``start`` once for each communication, side by side."""

    kind: Literal["each"] = "each"
    start: str
    next: str


class Fork(Instruction):
    """Run several threads side by side; go on when all have ended."""

    kind: Literal["fork"] = "fork"
    starts: tuple[str, ...]
    next: str


class End(Instruction):
    """The end of this thread."""

    kind: Literal["end"] = "end"


AnyInstruction = Annotated[Call | Each | Fork | End, Field(discriminator="kind")]


OVER = ":over"
"""The end of a thread; like all steps that no author wrote, its id begins with a colon."""


class Plan(BaseModel):
    """A compiled definition."""

    model_config = ConfigDict(frozen=True)

    code: str
    version: int
    digest: str
    """SHA-256 over the bundle this plan was compiled from."""
    start: str
    """The step every run begins with; a store need not keep a mapping's order."""
    instructions: dict[str, AnyInstruction]
