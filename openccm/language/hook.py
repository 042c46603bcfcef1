"""A hook as its author writes it: where it is asked, what goes in and out, who answers."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from openccm.language.data_service import HttpEndpoint
from openccm.language.definition import Definition
from openccm.language.fields import FieldShape, Spelled
from openccm.language.points import ASKED, POINTS, Mode, Point, PointName
from openccm.language.scalars import Code, Duration, EntryPoint, FieldName, PartName, misfit


class HookField(FieldShape):
    """One value that goes in or out."""

    sensitivity: Literal["public", "personal", "sensitive"] = Field(
        "personal",
        description="How it must be protected. What passes through a task queue is `public`.",
    )
    optional: bool = Field(False, description="Whether it may be left out.")


class PythonHook(Spelled):
    """A Python class that is installed beside OpenCCM."""

    entry_point: EntryPoint = Field(description="The name of an `openccm.hooks` entry point.")
    timeout: Duration = Field(10, description="How long one answer may take.")


class QueueHook(Spelled):
    """An activity on a task queue of the customer's own, in any language."""

    task_queue: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The Temporal task queue that the customer's worker serves."
    )
    activity: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="The name of the activity there."
    )
    timeout: Duration = Field(
        30, description="How long an answer may take, from asking; also while nobody serves it."
    )


def _python_kind(value: Any) -> str:
    return "name" if isinstance(value, str) else "python"


LONGEST = 40
"""Seconds that somebody may be kept waiting for an answer; what takes longer goes in a queue."""

DAY = 86_400

Transport = Literal["http", "python", "queue"]


class HookDefinition(Definition):
    """A hook: customer-supplied code that is asked at one point."""

    file: ClassVar[str] = "hook.yaml"

    kind: Literal["hook"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; processes and communications name it by this.")
    point: PointName = Field(description="Where it is asked.")
    mode: Mode = Field(
        "instead", description="Whether it is asked before, instead of or after the standard step."
    )
    sequence: Annotated[int, Field(ge=1, le=9_999)] = Field(
        10, description="Its place among several at one point; lower ones are asked first."
    )
    inputs: dict[FieldName, HookField] = Field(
        default_factory=dict[str, HookField],
        max_length=200,
        description="The values it is given, by name; checked before it is asked.",
    )
    outputs: dict[FieldName, HookField] = Field(
        default_factory=dict[str, HookField],
        max_length=200,
        description="The values it answers, by name; checked before they are used.",
    )
    outcomes: tuple[PartName, ...] = Field(
        (), max_length=20, description="The outcomes it may name, for a process to branch on."
    )
    http: HttpEndpoint | None = Field(None, description="Asks it by signed HTTP requests.")
    python: (
        Annotated[
            Annotated[EntryPoint, Tag("name")] | Annotated[PythonHook, Tag("python")],
            Discriminator(_python_kind),
        ]
        | None
    ) = Field(None, description="Asks a Python class: the name of an `openccm.hooks` entry point.")
    queue: QueueHook | None = Field(
        None, description="Asks an activity on a task queue of the customer's own."
    )
    fails: Literal["stop", "default", "skip"] = Field(
        "stop",
        description="When there is no usable answer: `stop` is an error that waits for a person,"
        " `default` uses the values given here, `skip` goes on as if it had not been asked.",
    )
    patience: Duration | None = Field(
        None,
        description="How long a step of a process waits for it and asks again while it is away,"
        " before `fails:` says what follows. Left out, that is 24 hours for `stop`, and no time for"
        " `default` and `skip`.",
    )
    default: dict[FieldName, Any] | None = Field(
        None, description="The values that stand in, for `fails: default`."
    )
    default_outcome: PartName | None = Field(
        None, description="The outcome that stands in, for `fails: default`."
    )

    @property
    def transport(self) -> Transport:
        """The one way in which it is asked."""
        if self.http is not None:
            return "http"
        return "python" if self.python is not None else "queue"

    @property
    def package(self) -> PythonHook:
        """The Python class, however it was written."""
        if isinstance(self.python, PythonHook):
            return self.python
        return PythonHook.model_validate({"entry-point": self.python})

    @property
    def seconds_of_patience(self) -> int:
        """How long a step waits for it."""
        if self.patience is not None:
            return self.patience
        return DAY if self.fails == "stop" else 0

    @property
    def place(self) -> Point:
        """The point it is asked at."""
        return POINTS[self.point]

    @property
    def answers(self) -> tuple[str, ...]:
        """The outcomes it may name: its own, or those of its point."""
        return self.place.outcomes or self.outcomes

    @property
    def timeout(self) -> int:
        """Seconds that one answer may take."""
        if self.http is not None:
            return self.http.timeout
        return self.queue.timeout if self.queue is not None else self.package.timeout

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> Self:
        if sum(way is not None for way in (self.http, self.python, self.queue)) != 1:
            raise misfit("A hook is asked in one way.", "Write one of http:, python: and queue:.")
        if self.queue is None and self.timeout > LONGEST:
            raise misfit(
                f"Nobody waits longer than {LONGEST} seconds for {self.transport}.",
                "Write a shorter timeout:, or ask through a queue:.",
            )
        return self

    @model_validator(mode="after")
    def _asked_there(self) -> Self:
        if not self.place.asked:
            raise misfit(
                f"No hooks are asked at {self.point} yet.", f"Use one of: {', '.join(ASKED)}."
            )
        if self.mode not in self.place.modes:
            raise misfit(
                f"At {self.point} a hook does not come {self.mode}.",
                f"Write mode: {' or '.join(self.place.modes)}.",
            )
        if self.outcomes and self.place.outcomes:
            raise misfit(
                f"The outcomes at {self.point} are {' and '.join(self.place.outcomes)}.",
                "Take outcomes: out.",
            )
        return self

    @model_validator(mode="after")
    def _default_where_used(self) -> Self:
        stands_in = self.default is not None or self.default_outcome is not None
        if self.fails != "default" and stands_in:
            raise misfit("Nothing uses the default.", "Write fails: default, or take it out.")
        if self.fails == "default" and bool(self.answers) != (self.default_outcome is not None):
            if self.answers:
                mend = f"Add default-outcome: with one of: {', '.join(self.answers)}."
                raise misfit("The default names no outcome.", mend)
            raise misfit("This hook has no outcomes.", "Take default-outcome: out.")
        if self.default_outcome is not None and self.default_outcome not in self.answers:
            raise misfit(
                f"{self.default_outcome} is none of its outcomes.",
                f"Use one of: {', '.join(self.answers)}.",
            )
        return self

    def takes(self) -> Mapping[str, FieldShape]:
        """Its inputs."""
        return self.inputs

    def outcomes_given(self) -> Sequence[str]:
        """The outcomes it may name, and ``done`` where it names none."""
        return (*self.answers, "done")

    def gives(self) -> Mapping[str, FieldShape]:
        """Its outputs."""
        return self.outputs
