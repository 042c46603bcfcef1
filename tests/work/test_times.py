"""When a to-do is due: plain time, hours and days of business, the hour of the last day."""

from datetime import UTC, datetime

import pytest

from openccm.language.bundle import Bundle
from openccm.language.calendar import CalendarDefinition
from openccm.language.folder import bundle_of
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.work.times import due_at, times_of

OFFICE = CalendarDefinition.model_validate(
    {
        "kind": "calendar",
        "code": "LONDON",
        "title": "London",
        "time-zone": "Europe/London",
        "hours": {"mon-fri": "09:00-17:00"},
        "holidays": {"2026-05-04": "Early May bank holiday"},
    }
).calendar
FRIDAY = datetime(2026, 5, 1, 15, tzinfo=UTC)
"""16:00 in London."""


def kind(sla: str, escalate: str = "[]") -> ToDoTypeDefinition:
    text = f"""
kind: to-do-type
code: SOME-WORK
title: Some work
roles: [someone]
outcomes: {{done: {{label: Done}}}}
sla: {sla}
escalate: {escalate}
"""
    bundle = bundle_of("some-work", {"todo.yaml": text.encode()})
    assert isinstance(bundle, Bundle), bundle
    assert isinstance(bundle.definition, ToDoTypeDefinition)
    return bundle.definition


@pytest.mark.parametrize(
    ("sla", "due"),
    [
        ("{within: 15 minutes}", datetime(2026, 5, 1, 15, 15, tzinfo=UTC)),
        # Monday is a holiday, so two days from Friday 16:00 are over on Wednesday 16:00.
        ("{within: 2 business days, calendar: LONDON}", datetime(2026, 5, 6, 15, tzinfo=UTC)),
        (
            '{within: 2 business days, until: "17:00", calendar: LONDON}',
            datetime(2026, 5, 6, 16, tzinfo=UTC),
        ),
        ("{within: 3 business hours, calendar: LONDON}", datetime(2026, 5, 5, 10, tzinfo=UTC)),
        ('{within: 1 day, until: "12:00", calendar: LONDON}', datetime(2026, 5, 2, 11, tzinfo=UTC)),
        ('{within: 1 day, until: "12:00"}', datetime(2026, 5, 2, 12, tzinfo=UTC)),
    ],
)
def test_it_is_due_when_its_type_says(sla: str, due: datetime) -> None:
    assert due_at(kind(sla).sla, FRIDAY, OFFICE if "LONDON" in sla else None) == due


def test_without_a_time_it_is_never_due_and_nothing_comes_of_it() -> None:
    assert times_of(kind("null"), FRIDAY, None) == (None, None, ())


def test_escalations_come_after_their_time_or_their_share_of_it() -> None:
    escalate = "[{after: 30 minutes}, {after: 1 business hour}, {after: 200 %}]"
    times = times_of(kind("{within: 2 hours, calendar: LONDON}", escalate), FRIDAY, OFFICE)

    assert times.at_risk_at == datetime(2026, 5, 1, 16, 30, tzinfo=UTC)
    assert times.escalates_at == (
        datetime(2026, 5, 1, 15, 30, tzinfo=UTC),
        datetime(2026, 5, 1, 16, tzinfo=UTC),
        datetime(2026, 5, 1, 19, tzinfo=UTC),
    )
