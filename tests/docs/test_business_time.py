"""What the document on business time counts is what is counted."""

import re
from datetime import datetime, time, timedelta

import pytest

from openccm.language.calendar import CalendarDefinition
from openccm.language.loader import load_definitions
from openccm.rules.business_time import BusinessCalendar
from tests.docs.pages import ROOT, text_of

ROW = re.compile(
    r"^\| (\d{4}-\d\d-\d\d \d\d:\d\d) \| (.+?) \| (\d{4}-\d\d-\d\d \d\d:\d\d) \|$", re.M
)
ROWS = ROW.findall(text_of("docs/business-time.md"))
COUNTED = re.compile(r"(\d+) business (day|hour)s?(?: until (\d\d:\d\d))?( back)?")


def counted(calendar: BusinessCalendar, begin: datetime, words: str) -> datetime:
    found = COUNTED.fullmatch(words)
    assert found is not None
    count = int(found[1])
    if found[2] == "hour":
        hours = timedelta(hours=count)
        return calendar.add_business_time(begin, -hours if found[4] else hours)
    return calendar.add_business_days(
        begin, count, time.fromisoformat(found[3]) if found[3] else None
    )


@pytest.mark.parametrize(("begin", "words", "end"), ROWS)
def test_a_row_is_so(begin: str, words: str, end: str) -> None:
    calendar = load_definitions(ROOT / "definitions").of(CalendarDefinition)["UK-OFFICE"].calendar
    moment = datetime.fromisoformat(begin).replace(tzinfo=calendar.zone)

    assert f"{counted(calendar, moment, words).astimezone(calendar.zone):%Y-%m-%d %H:%M}" == end


def test_there_are_rows() -> None:
    assert len(ROWS) >= 7
