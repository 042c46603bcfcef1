"""A calendar is read as it is written, and refused where it cannot be meant."""

from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from openccm.language.calendar import CalendarDefinition
from openccm.language.loader import load_definitions
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document

CALENDAR = """\
kind: calendar
code: DESK
title: A desk
time-zone: Europe/London
hours:
  mon-thu: ["08:00-12:00", "13:00-17:30"]
  sat-sun: "22:00-24:00"
holidays: {2026-05-04: Early May bank holiday}
special: {2026-05-01: "08:00-11:00", 2026-05-05: []}
cut-off: "16:00"
"""


def read(text: str) -> CalendarDefinition | list[str]:
    document = read_document(text.encode(), "desk/calendar.yaml")
    assert not document.problems
    found = validated(CalendarDefinition, document)
    return [str(each) for each in found] if isinstance(found, list) else found


def test_a_calendar_is_what_was_written() -> None:
    found = read(CALENDAR)
    assert isinstance(found, CalendarDefinition)
    calendar = found.calendar

    broken, late = ((480, 720), (780, 1050)), ((1320, 1440),)
    assert calendar.week == (broken, broken, broken, broken, (), late, late)
    assert calendar.zone == ZoneInfo("Europe/London")
    assert calendar.cut_off == time(16)
    assert calendar.special == {
        date(2026, 5, 4): (),
        date(2026, 5, 1): ((480, 660),),
        date(2026, 5, 5): (),
    }
    assert list(found.uses()) == []


def test_days_may_go_round_the_end_of_the_week() -> None:
    found = read(CALENDAR.replace("mon-thu", "tue-thu").replace("sat-sun", "sat-mon"))

    assert isinstance(found, CalendarDefinition)
    assert [bool(hours) for hours in found.calendar.week] == [True] * 4 + [False, True, True]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Europe/London", "Europe/Londn", "4:12: There is no such time zone."),
        ("Europe/London", "../etc/passwd", "There is no such time zone."),
        ("mon-thu", "monday", "6:3: These are no days of the week. Write mon, or mon-fri."),
        ("sat-sun", "thu-sun", "thu has its hours twice."),
        ("22:00-24:00", "22:00-25:00", "7:12: These are no opening hours."),
        ("22:00-24:00", "22:00-06:00", "Split it at midnight: 24:00, 00:00."),
        ("13:00-17:30", "12:00-17:30", "begins before the one before it has ended"),
        ('["08:00-12:00", "13:00-17:30"]', "9", "These are no opening hours."),
        ("2026-05-04:", "4-May-2026:", "This is no day. Write a day like 2026-01-31."),
        ("2026-05-04:", "2026-02-30:", "There is no such day."),
        ("2026-05-01:", "2026-05-04:", "2026-05-04 is a holiday and has hours."),
        ('"16:00"', '"06:00"', "The cut-off is outside all hours."),
        ('"16:00"', "4pm", "This is no time of day."),
        ("title: A desk\n", "", "title is missing."),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in CALENDAR

    found = read(CALENDAR.replace(old, new, 1))

    assert isinstance(found, list)
    assert any(told in each for each in found), found


def test_a_calendar_that_never_opens_is_refused() -> None:
    text = "kind: calendar\ncode: C\ntitle: C\ntime-zone: UTC\nhours: {mon: []}\n"

    assert "It is never open." in str(read(text))


def test_the_shipped_calendar_knows_its_holidays() -> None:
    library = load_definitions(Path(__file__).parents[2] / "definitions")
    calendar = library.of(CalendarDefinition)["UK-OFFICE"].calendar
    friday = datetime(2026, 5, 1, 16, tzinfo=calendar.zone)

    assert calendar.add_business_days(friday, 2) == datetime(2026, 5, 6, 16, tzinfo=calendar.zone)
    assert not calendar.is_business_day(date(2027, 12, 28))
