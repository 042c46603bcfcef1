"""What the deeds of steps have in common: what they are handed, and what they answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from openccm.errors import OpenCCMError
from openccm.language.flow import NEXT
from openccm.language.steps import StepBase
from openccm.processes.book import Processes
from openccm.processes.tables import InstanceStep
from openccm.processes.walk import Walk


@dataclass(frozen=True, slots=True)
class Left:
    """The step is over."""

    way: str = NEXT
    outcome: str | None = None
    """What came of it, where that says more than the way."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The step goes on when something it waits for has happened."""

    what: str
    """What a supervisor reads: ``7 days to pass``, ``paid or complained``."""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who was asked is away."""

    error: OpenCCMError
    waited: timedelta
    """For how long, when they were asked."""
    patience: timedelta
    """For how long a step waits, in all."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one visit to a step."""

    processes: Processes
    walk: Walk
    row: InstanceStep
    fetched: Any = None
    """What others answered who were asked before the instance was locked, or the error it was."""


StepT = TypeVar("StepT", bound=StepBase)
Deed = Callable[[Visit, StepT], Awaitable[Left | Waiting]]
"""What a step does at each look, inside one transaction."""


def way_of(step: StepBase, outcome: str) -> Left:
    """The way an outcome leads: its own where the author named one, else on to the next step."""
    return Left(outcome if outcome in step.ways() else NEXT, outcome)
