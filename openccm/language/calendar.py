"""A business calendar as its author writes it: the hours of the week and the days that differ."""

import re
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from openccm.language.definition import Definition
from openccm.language.scalars import Code, Day, TimeOfDay, Title, misfit
from openccm.rules.business_time import BusinessCalendar, Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = r"^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"

_NAMES = "|".join(WEEKDAYS)
DAYS = rf"^({_NAMES})(-({_NAMES}))?$"
_HOW_DAYS = "Write mon, or mon-fri."
_HOW_SPAN = 'Write "09:00-17:00", or a list of such openings.'


def _weekdays(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(DAYS, value):
        raise misfit("These are no days of the week.", _HOW_DAYS)
    return value


def _openings(value: Any) -> Hours:
    written = cast(list[Any], value) if isinstance(value, list) else [value]
    spans = [_span(each) for each in written]
    for (_, end), (begin, _) in pairwise(spans):
        if begin <= end:
            message = "An opening begins before the one before it has ended."
            raise misfit(message, "Write them in their order, with a break between them.")
    return tuple(spans)


def _span(value: Any) -> tuple[int, int]:
    if not isinstance(value, str) or not re.fullmatch(SPAN, value):
        raise misfit("These are no opening hours.", _HOW_SPAN)
    begin, end = (_minutes(each) for each in value.split("-"))
    if begin >= end:
        raise misfit("The opening ends before it begins.", "Split it at midnight: 24:00, 00:00.")
    return begin, end


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise misfit("There is no such time zone.", "Write one like Europe/London.") from None
    return value


Weekdays = Annotated[
    str, BeforeValidator(_weekdays), WithJsonSchema({"type": "string", "pattern": DAYS})
]
Openings = Annotated[
    Hours,
    BeforeValidator(_openings),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": SPAN},
                {"type": "array", "items": {"type": "string", "pattern": SPAN}},
            ],
            "examples": ["09:00-17:00", ["09:00-12:00", "13:00-17:30"]],
        }
    ),
]
"""Minutes from midnight, written as times of day."""
TimeZone = Annotated[str, AfterValidator(_zone)]


class CalendarDefinition(Definition):
    """A business calendar: when people work, for deadlines and reminders."""

    file: ClassVar[str] = "calendar.yaml"

    kind: Literal["calendar"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; whatever counts business time names it.")
    time_zone: TimeZone = Field(description="Where its clocks stand, as `Europe/London`.")
    hours: dict[Weekdays, Openings] = Field(
        min_length=1,
        description="The openings of a day or a range of days, each one or a list of them. Days"
        " left out are closed.",
    )
    holidays: dict[Day, Title] = Field(
        default_factory=dict[Any, Any],
        max_length=2_000,
        description="Days that are closed, with their names.",
    )
    special: dict[Day, Openings] = Field(
        default_factory=dict[Any, Any],
        max_length=2_000,
        description="The openings of single days that differ from their weekday's.",
    )
    cut_off: TimeOfDay | None = Field(
        None,
        description="What comes later in the day counts as come on the next business day; without"
        " it, what comes after closing.",
    )

    @model_validator(mode="after")
    def _each_day_once(self) -> Self:
        days = [day for name in self.hours for day in _range(name)]
        doubled = next((WEEKDAYS[day] for day in days if days.count(day) > 1), None)
        if doubled:
            raise misfit(f"{doubled} has its hours twice.", "Name each day once.")
        if not any(self.hours.values()):
            raise misfit("It is never open.", "Give a day its hours.")
        both = next((day for day in self.special if day in self.holidays), None)
        if both:
            raise misfit(f"{both} is a holiday and has hours.", "Write it in one of the two.")
        return self

    @model_validator(mode="after")
    def _cut_off_within_hours(self) -> Self:
        cut = self.cut_off
        minute = cut.hour * 60 + cut.minute if cut else None
        spans = [span for hours in self.hours.values() for span in hours]
        if minute is not None and not any(begin < minute <= end for begin, end in spans):
            raise misfit("The cut-off is outside all hours.", "Write a time within them.")
        return self

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar as business time is counted by it."""
        by_day = {day: hours for name, hours in self.hours.items() for day in _range(name)}
        mon, tue, wed, thu, fri, sat, sun = (by_day.get(day, ()) for day in range(7))
        closed: dict[Any, Hours] = dict.fromkeys(self.holidays, ())
        return BusinessCalendar(
            self.code,
            ZoneInfo(self.time_zone),
            (mon, tue, wed, thu, fri, sat, sun),
            closed | self.special,
            self.cut_off,
        )


def _range(name: str) -> list[int]:
    """The weekdays of a name, Monday is 0; a range may go round the week's end."""
    first, _, last = name.partition("-")
    begin = WEEKDAYS.index(first)
    count = (WEEKDAYS.index(last or first) - begin) % 7 + 1
    return [(begin + step) % 7 for step in range(count)]
