"""Quiet hours: in the person's own zone, through midnight and through changes of the clock."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.communications.facts import Facts
from openccm.communications.quiet_hours import end_of_quiet, next_allowed
from openccm.language.categories import CATEGORIES
from openccm.privacy.tables import Preference
from tests.core.making import NOW, definition, person

NIGHT = {"quiet-hours": {"from": "21:00", "until": "08:00"}}
MIDNIGHT_UTC = datetime(2026, 5, 1, 0, tzinfo=UTC)
OWN, DECLARED = "own_quiet_hours", "quiet_hours_of_definition"


def facts(zone: str = "UTC", *wishes: Preference, category: str = "service", **more: Any) -> Facts:
    return Facts(
        definition=definition(category=category, **(NIGHT | more)),
        version=1,
        person=person(time_zone=zone),
        preferences=list(wishes),
    )


def wish(quiet_from: str | None, quiet_until: str | None, code: str = "") -> Preference:
    return Preference(
        person_id=person().id,
        definition=code,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        at=NOW,
    )


def end(now: str, zone: str, start: str, until: str) -> str:
    """The same question in the local spelling of times, answered in UTC."""
    moment = datetime.fromisoformat(now)
    found = end_of_quiet(
        moment, ZoneInfo(zone), time.fromisoformat(start), time.fromisoformat(until)
    )
    return found.astimezone(UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-01T20:59Z", "2026-05-01T20:59Z"),
        ("2026-05-01T21:00Z", "2026-05-02T08:00Z"),
        ("2026-05-01T23:59Z", "2026-05-02T08:00Z"),
        ("2026-05-02T00:00Z", "2026-05-02T08:00Z"),
        ("2026-05-02T07:59Z", "2026-05-02T08:00Z"),
        ("2026-05-02T08:00Z", "2026-05-02T08:00Z"),
        ("2026-12-31T22:00Z", "2027-01-01T08:00Z"),
    ],
)
def test_hours_across_midnight_end_in_the_morning(now: str, expected: str) -> None:
    assert end(now, "UTC", "21:00", "08:00") == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-01T11:59Z", "2026-05-01T11:59Z"),
        ("2026-05-01T12:00Z", "2026-05-01T14:00Z"),
        ("2026-05-01T14:00Z", "2026-05-01T14:00Z"),
    ],
)
def test_hours_within_a_day_end_on_that_day(now: str, expected: str) -> None:
    assert end(now, "UTC", "12:00", "14:00") == expected


@pytest.mark.parametrize(
    ("start", "until", "now", "expected"),
    [
        ("21:00", "00:00", "2026-05-01T23:30Z", "2026-05-02T00:00Z"),
        ("21:00", "00:00", "2026-05-01T00:30Z", "2026-05-01T00:30Z"),
        ("00:00", "08:00", "2026-05-01T00:00Z", "2026-05-01T08:00Z"),
    ],
)
def test_midnight_itself_may_begin_or_end_them(
    start: str, until: str, now: str, expected: str
) -> None:
    assert end(now, "UTC", start, until) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/London", "2026-05-01T07:00Z"),
        ("Europe/Berlin", "2026-05-01T06:00Z"),
        ("Asia/Kolkata", "2026-05-01T02:30Z"),
        ("Asia/Tokyo", "2026-05-01T00:00Z"),
        ("America/New_York", "2026-05-01T00:00Z"),
        ("Pacific/Kiritimati", "2026-05-01T00:00Z"),
    ],
)
def test_it_is_the_persons_clock_that_counts(zone: str, expected: str) -> None:
    allowed, rule = next_allowed(facts(zone), MIDNIGHT_UTC)

    assert allowed == datetime.fromisoformat(expected)
    assert rule == DECLARED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # The night the clocks go forward is an hour shorter, the other one an hour longer.
        ("2026-03-28T22:00Z", "2026-03-29T07:00Z"),
        ("2026-10-24T21:00Z", "2026-10-25T08:00Z"),
        ("2026-10-25T00:30Z", "2026-10-25T08:00Z"),
        ("2026-10-25T01:30Z", "2026-10-25T08:00Z"),
    ],
)
def test_the_morning_comes_by_the_new_clock(now: str, expected: str) -> None:
    assert end(now, "Europe/London", "21:00", "08:00") == expected


def test_an_end_that_the_clocks_jump_over_is_the_moment_of_the_jump_or_later() -> None:
    found = end("2026-03-29T00:10Z", "Europe/London", "00:00", "01:30")

    assert "2026-03-29T01:00Z" <= found <= "2026-03-29T01:30Z"


def test_an_hour_that_comes_twice_is_quiet_twice() -> None:
    """The clock shows 01:15 for the second time; the quiet ends when it shows 01:30 again."""
    assert end("2026-10-25T01:15Z", "Europe/London", "21:00", "01:30") == "2026-10-25T01:30Z"


def test_hours_that_end_as_they_begin_are_no_quiet_hours() -> None:
    """Anything else would keep a message from leaving for ever."""
    assert end("2026-05-01T09:00Z", "UTC", "08:00", "08:00") == "2026-05-01T09:00Z"


ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
CLOCKS = st.times(timezones=st.none()).map(lambda clock: clock.replace(second=0, microsecond=0))


@settings(max_examples=400, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), CLOCKS, CLOCKS)
def test_the_wait_is_never_into_the_past_and_ends_within_a_day(
    now: datetime, zone: str, start: time, until: time
) -> None:
    if start == until:
        return
    found = end_of_quiet(now, ZoneInfo(zone), start, until)

    assert now <= found <= now + timedelta(hours=25)
    if found != now:
        assert end_of_quiet(found, ZoneInfo(zone), start, until) == found


def test_the_persons_own_hours_come_before_the_definitions() -> None:
    allowed, rule = next_allowed(facts("UTC", wish("23:00", "10:30")), MIDNIGHT_UTC)

    assert (allowed, rule) == (datetime(2026, 5, 1, 10, 30, tzinfo=UTC), OWN)


def test_the_persons_own_hours_may_let_more_through() -> None:
    allowed, rule = next_allowed(facts("UTC", wish("01:00", "02:00")), MIDNIGHT_UTC)

    assert (allowed, rule) == (MIDNIGHT_UTC, OWN)


def test_a_wish_without_hours_leaves_the_definitions() -> None:
    half = wish("23:00", None)
    allowed, rule = next_allowed(facts("UTC", wish(None, None), half), MIDNIGHT_UTC)

    assert (allowed.hour, rule) == (8, DECLARED)


def test_hours_wished_for_another_definition_do_not_count_here() -> None:
    known = facts("UTC", wish("01:00", "02:00", code="SPRING-OFFER"))
    allowed, rule = next_allowed(known, MIDNIGHT_UTC)

    assert (allowed.hour, rule) == (8, DECLARED)


def test_where_none_are_declared_nothing_waits() -> None:
    known = facts("UTC", **{"quiet-hours": "none"})

    assert next_allowed(known, MIDNIGHT_UTC) == (MIDNIGHT_UTC, "none_declared")


@pytest.mark.parametrize("category", CATEGORIES)
def test_only_security_and_emergency_disturb_the_night(category: str) -> None:
    allowed, rule = next_allowed(facts("UTC", category=category), MIDNIGHT_UTC)

    passes = category in ("security", "emergency")
    assert (allowed == MIDNIGHT_UTC) is passes
    assert rule == ("mandatory_category" if passes else DECLARED)
