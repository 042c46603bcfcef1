"""The small values of definitions: names, durations, times, and how each is written."""

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from openccm.rules.tokens import RESERVED

CODE = r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$"
KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,4}$"
PART = r"^[a-z][a-z0-9_]*$"
OUTCOME = r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$"
WORD = r"^[a-z][a-z0-9_]*$"
EVENT_TYPE = r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
CURRENCY = r"^[A-Z]{3}$"
ENTRY_POINT = r"^[A-Za-z][A-Za-z0-9_.-]*$"
REFERENCE = r"^(env|file):[^\s]+$"
ADDRESS = r"^(env:[A-Z][A-Z0-9_]*|https?://[^\s]+)$"
EMAIL = r"^[^@\s<>,;:\"()\[\]\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
DURATION = r"^[1-9][0-9]{0,5} (second|minute|hour|day|week)s?$"
SPAN = r"^[1-9][0-9]{0,5} ((second|minute|hour|day|week)s?|business (hour|day)s?)$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
SYSTEM = r"^[A-Z0-9][A-Z0-9-]*$"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

HOW_WRITTEN: Mapping[str, str] = {
    CODE: "Write it in capitals with hyphens, like BILL-READY.",
    KEBAB: "Write it in small letters with hyphens, like account-holder.",
    NAME: "Write it in small letters, with dots between groups, like bill.due_date.",
    OUTCOME: "Write it in small letters with hyphens, like not-reached.",
    PART: "Write it in small letters with underscores, like due_date.",
    EVENT_TYPE: "Write it with dots between its parts, like payment.received.",
    LANGUAGE: "Write a language as en or en-GB.",
    CURRENCY: "Write a currency as EUR.",
    ENTRY_POINT: "Write the name of the entry point, like brightwater_billing.",
    REFERENCE: "Name where it is kept: env:NAME or file:/path.",
    ADDRESS: "Write https://… or env:NAME.",
    EMAIL: "Write an address like service@example.org.",
    DURATION: "Write a number and a unit, like 15 minutes or 30 days.",
    SPAN: "Write a number and a unit, like 15 minutes, 30 days or 2 business days.",
    DAY: "Write a day like 2026-01-31.",
    TIME: 'Write hours and minutes, like "21:00".',
}
"""What an author is told when a text does not fit its pattern."""

_UNITS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_LONGEST = 10 * 366 * 86_400

_TEMPLATE_WORDS = frozenset(("and", "or", "not", "is", "in", "if", "else", "true", "false", "none"))


def misfit(message: str, mend: str) -> PydanticCustomError:
    """The error a validator raises: what is wrong and what to do, both for the author."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "mend": mend})


def _usable(name: str) -> str:
    """Refuses names that rules or templates would read as something else."""
    for part in name.split("."):
        if part in RESERVED | _TEMPLATE_WORDS or keyword.iskeyword(part):
            raise misfit(f"{part} is a word of the rule or template language.", "Use another name.")
    return name


def _seconds(value: Any) -> int:
    if not isinstance(value, str) or not re.fullmatch(DURATION, value):
        raise misfit("This is no duration.", HOW_WRITTEN[DURATION])
    count, unit = value.split(" ")
    seconds = int(count) * _UNITS[unit.removesuffix("s")]
    if seconds > _LONGEST:
        raise misfit("This duration is longer than ten years.", "Write a shorter one.")
    return seconds


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A length of time as written: ``2 business days``."""

    count: int
    unit: Literal["second", "minute", "hour", "day", "week", "business hour", "business day"]

    @property
    def seconds(self) -> int:
        """Its length by the clock; business hours and days as if every hour were one."""
        return self.count * _UNITS[self.unit.removeprefix("business ")]

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def _span(value: Any) -> TimeSpan:
    if isinstance(value, TimeSpan):
        return value
    if not isinstance(value, str) or not re.fullmatch(SPAN, value):
        raise misfit("This is no length of time.", HOW_WRITTEN[SPAN])
    count, _, unit = value.removesuffix("s").partition(" ")
    span = TimeSpan(int(count), cast(Any, unit))
    if span.seconds > _LONGEST:
        raise misfit("This is longer than ten years.", "Write a shorter one.")
    return span


def _day(value: Any) -> date:
    try:
        if isinstance(value, str) and re.fullmatch(DAY, value):
            return date.fromisoformat(value)
    except ValueError:
        raise misfit("There is no such day.", HOW_WRITTEN[DAY]) from None
    raise misfit("This is no day.", HOW_WRITTEN[DAY])


def _clock(value: Any) -> time:
    if not isinstance(value, str) or not re.fullmatch(TIME, value):
        raise misfit("This is no time of day.", HOW_WRITTEN[TIME])
    return time.fromisoformat(value)


Code = Annotated[str, StringConstraints(pattern=CODE, max_length=60)]
StepId = Annotated[str, StringConstraints(pattern=KEBAB, max_length=60)]
SystemCode = Annotated[str, StringConstraints(pattern=SYSTEM, max_length=40)]
Kebab = Annotated[str, StringConstraints(pattern=KEBAB, max_length=60)]
FieldName = Annotated[str, StringConstraints(pattern=NAME, max_length=120), AfterValidator(_usable)]
PartName = Annotated[str, StringConstraints(pattern=PART, max_length=60), AfterValidator(_usable)]
OutcomeName = Annotated[str, StringConstraints(pattern=OUTCOME, max_length=60)]
ReasonCode = Annotated[str, StringConstraints(pattern=WORD, max_length=60)]
EventType = Annotated[str, StringConstraints(pattern=EVENT_TYPE, max_length=120)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Currency = Annotated[str, StringConstraints(pattern=CURRENCY)]
EntryPoint = Annotated[str, StringConstraints(pattern=ENTRY_POINT, max_length=100)]
Reference = Annotated[str, StringConstraints(pattern=REFERENCE, max_length=500)]
ServiceAddress = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=2_000)]
EmailAddress = Annotated[str, StringConstraints(pattern=EMAIL, max_length=254)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\r\n]*$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=r"^[^\r\n]*$")]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Duration = Annotated[
    int,
    BeforeValidator(_seconds),
    WithJsonSchema({"type": "string", "pattern": DURATION, "examples": ["15 minutes", "30 days"]}),
]
"""Seconds, written as ``15 minutes``."""
Span = Annotated[
    TimeSpan,
    BeforeValidator(_span),
    WithJsonSchema({"type": "string", "pattern": SPAN, "examples": ["7 days", "2 business days"]}),
]
"""A length of time, counted by the clock or by a business calendar."""
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "pattern": DAY, "examples": ["2026-01-31"]}),
]
TimeOfDay = Annotated[
    time,
    BeforeValidator(_clock),
    WithJsonSchema({"type": "string", "pattern": TIME, "examples": ["21:00"]}),
]
