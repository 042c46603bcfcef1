"""What is played, with whom, and what happens from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openccm.content.port import Renderer
from openccm.data.services import DataDesk
from openccm.errors import InvalidError
from openccm.language.case import Answer, Case, Telling
from openccm.language.sample import Sample
from openccm.platform.database import Database
from openccm.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way in which things may go."""

    code: str
    start: datetime | str
    """A moment, or local time where the recipient lives: ``2026-05-01 09:00``."""
    sample: Sample | None = None
    person: str | None = None
    """The key of a real person, instead of the sample's."""
    account: str | None = None
    payload: Mapping[str, Any] | None = None
    """Instead of the sample's own."""
    events: Sequence[Telling] = ()
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict[str, Sequence[Answer]])

    @classmethod
    def of(cls, code: str, case: Case, sample: Sample) -> "Scenario":
        """What a saved case says."""
        return cls(code, case.start, sample=sample, events=case.events, answers=case.answers)


@dataclass(frozen=True, slots=True)
class House:
    """What a simulation borrows of an installation."""

    settings: Settings
    renderer: Renderer
    database: Database | None = None
    """Where real persons are read."""
    data: DataDesk | None = None
    """Who is asked about real persons."""


def moment(written: datetime | str, zone: ZoneInfo, field: str = "start") -> datetime:
    """A moment in UTC.

    Raises:
        InvalidError: It is no moment; names the field.
    """
    if isinstance(written, datetime):
        return written.astimezone(UTC)
    try:
        local = datetime.strptime(written, "%Y-%m-%d %H:%M")  # noqa: DTZ007
    except ValueError:
        message = f"{written} is no moment. Write one like 2026-05-01 09:00."
        raise InvalidError(field, message) from None
    return local.replace(tzinfo=zone).astimezone(UTC)
