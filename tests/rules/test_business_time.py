"""Business time is counted as people at that place count it, also when their clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from openccm.rules.business_time import BusinessCalendar, Hours
from openccm.rules.findings import RuleError

LONDON = ZoneInfo("Europe/London")
OFFICE: Hours = ((540, 1020),)
BROKEN: Hours = ((540, 720), (780, 1020))
ALWAYS: Hours = ((0, 1440),)
UK = BusinessCalendar(
    "UK-OFFICE", LONDON, (OFFICE,) * 5 + ((), ()), {date(2026, 5, 4): (), date(2026, 4, 3): ()}
)


def at(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def week(hours: Hours, zone: str = "Europe/London") -> BusinessCalendar:
    return BusinessCalendar("C", ZoneInfo(zone), (hours,) * 7)


def test_two_business_days_over_a_holiday() -> None:
    assert UK.add_business_days(at("2026-05-01 16:00"), 2) == at("2026-05-06 16:00")


def test_two_business_days_until_five() -> None:
    assert UK.add_business_days(at("2026-03-19 06:00"), 2, time(17)) == at("2026-03-23 17:00")


@pytest.mark.parametrize(
    ("begin", "days", "due"),
    [
        ("2026-05-01 16:00", 0, "2026-05-01 16:00"),
        ("2026-05-01 07:00", 0, "2026-05-01 09:00"),
        ("2026-05-01 17:00", 1, "2026-05-05 17:00"),
        ("2026-05-01 17:01", 1, "2026-05-06 09:00"),
        ("2026-05-02 12:00", 1, "2026-05-06 09:00"),
        ("2026-05-05 10:30:15", 1, "2026-05-06 10:30:15"),
        ("2026-03-27 10:00", 1, "2026-03-30 10:00"),
        ("2026-10-23 10:00", 1, "2026-10-26 10:00"),
        ("2026-05-06 10:00", -2, "2026-05-01 10:00"),
    ],
)
def test_business_days_keep_the_local_time(begin: str, days: int, due: str) -> None:
    found = UK.add_business_days(at(begin), days)

    assert found == at(due)
    assert found.tzinfo is UTC


def test_the_cut_off_decides_which_day_it_is() -> None:
    calendar = BusinessCalendar("C", LONDON, UK.week, UK.special, time(16))

    assert calendar.add_business_days(at("2026-05-01 16:00"), 2) == at("2026-05-06 16:00")
    assert calendar.counted_from(at("2026-05-01 16:00:01")) == at("2026-05-05 09:00")
    assert calendar.add_business_days(at("2026-05-01 16:01"), 2) == at("2026-05-07 09:00")


def test_a_time_outside_the_last_day_becomes_its_closing_or_opening() -> None:
    short: Hours = ((600, 720),)
    calendar = BusinessCalendar("C", LONDON, UK.week, {date(2026, 5, 5): short})

    assert calendar.add_business_days(at("2026-05-04 16:00"), 1) == at("2026-05-05 12:00")
    assert calendar.add_business_days(at("2026-05-04 09:00"), 1) == at("2026-05-05 10:00")
    assert calendar.add_business_days(at("2026-05-04 09:00"), 1, time(17)) == at("2026-05-05 17:00")


def test_days_are_counted_both_ways() -> None:
    assert UK.business_day_after(date(2026, 5, 1), 1) == date(2026, 5, 5)
    assert UK.business_day_after(date(2026, 5, 2), 0) == date(2026, 5, 5)
    assert UK.business_day_after(date(2026, 5, 1), 0) == date(2026, 5, 1)
    assert UK.business_day_before(date(2026, 5, 6), 2) == date(2026, 5, 1)
    assert UK.business_day_before(date(2026, 5, 4), 0) == date(2026, 5, 1)
    assert UK.business_day_after(date(2026, 5, 6), -2) == date(2026, 5, 1)
    assert not UK.is_business_day(date(2026, 5, 4))


def test_what_is_open_and_what_comes_next() -> None:
    calendar = week(BROKEN)

    assert calendar.is_open(at("2026-05-01 09:00"))
    assert not calendar.is_open(at("2026-05-01 12:00"))
    assert not calendar.is_open(at("2026-05-01 17:00"))
    assert calendar.next_open(at("2026-05-01 12:00")) == at("2026-05-01 13:00")
    assert calendar.next_open(at("2026-05-01 13:30")) == at("2026-05-01 13:30")
    assert UK.next_open(at("2026-05-01 17:00")) == at("2026-05-05 09:00")


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        ("2026-05-01 16:00", 4, "2026-05-05 12:00"),
        ("2026-05-01 07:00", 8, "2026-05-01 17:00"),
        ("2026-05-01 16:00", 0, "2026-05-01 16:00"),
        ("2026-05-02 16:00", 0, "2026-05-05 09:00"),
        ("2026-05-05 10:00", -2, "2026-05-01 16:00"),
        ("2026-05-05 12:00", -3, "2026-05-05 09:00"),
    ],
)
def test_business_hours_are_time_that_passes(begin: str, hours: int, end: str) -> None:
    assert UK.add_business_time(at(begin), timedelta(hours=hours)) == at(end)


def test_a_night_has_the_hours_it_has() -> None:
    always = week(ALWAYS)
    spring, autumn = at("2026-03-29 00:00"), at("2026-10-25 00:00")

    assert always.business_time_between(spring, at("2026-03-30 00:00")) == timedelta(hours=23)
    assert always.business_time_between(autumn, at("2026-10-26 00:00")) == timedelta(hours=25)
    assert always.add_business_time(autumn, timedelta(days=1)) == at("2026-10-25 23:00")


def test_a_time_that_is_jumped_over_is_the_jump() -> None:
    night = week(((0, 90), (100, 180)))
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert night.add_business_days(at("2026-03-28 01:15"), 1) == jump
    assert night.is_open(jump - timedelta(seconds=1))
    assert night.is_open(jump)
    begin, end = at("2026-03-29 00:00"), at("2026-03-29 04:00")
    assert night.business_time_between(begin, end) == timedelta(hours=2)


def test_a_day_that_a_country_skipped_is_no_business_day() -> None:
    samoa = week(OFFICE, "Pacific/Apia")

    assert not samoa.is_business_day(date(2011, 12, 30))
    assert samoa.business_day_after(date(2011, 12, 29), 1) == date(2011, 12, 31)


def test_what_cannot_be_counted_is_told() -> None:
    closed = BusinessCalendar("C", LONDON, ((), (), (), (), (), (), ()))

    with pytest.raises(RuleError, match="C has no such time within 20 years"):
        closed.next_open(at("2026-05-01 12:00"))
    with pytest.raises(RuleError, match="no such time"):
        closed.add_business_days(at("2026-05-01 12:00"), 1)
    with pytest.raises(RuleError, match="no such time"):
        UK.add_business_time(at("2026-05-01 12:00"), timedelta(days=10_000))
    with pytest.raises(RuleError, match="no such time"):
        UK.add_business_time(at("2026-05-01 12:00"), -timedelta(days=10_000))
    with pytest.raises(RuleError, match="no such time"):
        UK.business_time_between(at("2026-05-01 12:00"), at("2126-05-01 12:00"))
    with pytest.raises(RuleError, match="time zone"):
        UK.is_open(datetime(2026, 5, 1, 12))  # noqa: DTZ001
    with pytest.raises(RuleError, match="so far away"):
        UK.next_open(datetime.max.replace(tzinfo=UTC))


def openings() -> st.SearchStrategy[Hours]:
    cuts = st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True).map(sorted)
    return cuts.map(lambda c: tuple(zip(c[::2], c[1::2], strict=False)))


ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata")
CALENDARS = st.builds(
    BusinessCalendar,
    st.just("C"),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.tuples(openings(), *[openings() | st.just(()) for _ in range(6)]),
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)), openings() | st.just(()), max_size=5
    ),
)
CHANGES = ("2026-03-08", "2026-03-29", "2026-04-05", "2026-04-24", "2026-10-25", "2026-11-01")
MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.tuples(st.sampled_from(CHANGES), st.integers(-2880, 2880)).map(
        lambda pair: (
            datetime.fromisoformat(pair[0]).replace(tzinfo=UTC) + timedelta(minutes=pair[1])
        )
    ),
)
AMOUNTS = st.timedeltas(timedelta(0), timedelta(days=5))


@settings(max_examples=150, deadline=None)
@given(CALENDARS, MOMENTS, AMOUNTS, AMOUNTS)
def test_adding_is_the_inverse_of_measuring(
    calendar: BusinessCalendar, begin: datetime, some: timedelta, more: timedelta
) -> None:
    end = calendar.add_business_time(begin, some)

    assert calendar.business_time_between(begin, end) == some
    assert calendar.business_time_between(end, begin) == -some
    assume(more > timedelta(0))
    assert calendar.add_business_time(end, more) == calendar.add_business_time(begin, some + more)
    if calendar.is_open(begin) and some:
        assert calendar.add_business_time(end, -some) == begin


@settings(max_examples=150, deadline=None)
@given(CALENDARS, MOMENTS, MOMENTS, AMOUNTS, st.integers(0, 9))
def test_what_begins_later_never_ends_earlier(
    calendar: BusinessCalendar, one: datetime, other: datetime, some: timedelta, days: int
) -> None:
    first, second = sorted((one, other))

    assert calendar.next_open(first) <= calendar.next_open(second)
    assert calendar.add_business_time(first, some) <= calendar.add_business_time(second, some)
    assert calendar.add_business_time(first, -some) <= calendar.add_business_time(second, -some)
    assert calendar.counted_from(first) <= calendar.counted_from(second)
    assert calendar.counted_from(first) >= first
    due = calendar.add_business_days(first, days, time(12))
    assert due <= calendar.add_business_days(second, days, time(12))
    assert due <= calendar.add_business_days(first, days + 1, time(12))


@settings(max_examples=60, deadline=None)
@given(CALENDARS, MOMENTS)
def test_it_is_open_when_the_clocks_on_the_wall_say_so(
    calendar: BusinessCalendar, begin: datetime
) -> None:
    begin = begin.replace(second=0, microsecond=0)
    total = timedelta(0)
    for minute in range(600):
        now = begin + timedelta(minutes=minute)
        total += timedelta(minutes=calendar.is_open(now))
        local = now.astimezone(calendar.zone)
        shown_once = all(
            (now + shift).astimezone(calendar.zone).utcoffset() == local.utcoffset()
            for shift in (timedelta(hours=-2), timedelta(hours=2))
        )
        hours = calendar.special.get(local.date(), calendar.week[local.weekday()])
        wall = local.hour * 60 + local.minute
        if shown_once:
            assert calendar.is_open(now) == any(low <= wall < high for low, high in hours)

    assert calendar.business_time_between(begin, begin + timedelta(minutes=600)) == total
