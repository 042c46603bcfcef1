"""Business time: which moments count, and what is so many hours or days of them away.

A day of the calendar becomes instants once, by its zone, and all counting is done in instants: a
night in which the clocks change has the hours it really has. A time that the clocks jump over
stands for the jump itself, one that they show twice for the first. All answers are in UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from openccm.rules.findings import RuleError

Hours = tuple[tuple[int, int], ...]
"""Openings of a day in minutes from midnight, ascending, none touching another."""

FARTHEST = timedelta(days=20 * 366)
"""How far away an answer may lie."""

_DAY = timedelta(days=1)
_NO_TIME = timedelta(0)
_SECOND = timedelta(seconds=1)
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of business time."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """When business is done at one place."""

    code: str
    zone: ZoneInfo
    week: tuple[Hours, Hours, Hours, Hours, Hours, Hours, Hours]
    """The openings of Monday to Sunday."""
    special: Mapping[date, Hours] = field(default_factory=dict[date, Hours])
    """The openings of single days; a holiday has none."""
    cut_off: time | None = None
    """What comes later in the day counts as come on the next business day."""

    def is_business_day(self, day: date) -> bool:
        """Whether there is any business on this day."""
        return bool(self._openings(day))

    def is_open(self, at: datetime) -> bool:
        """Whether this moment counts; the moment of closing does not."""
        at = _utc(at)
        return any(opening.begin <= at < opening.end for opening in self._openings(self._day(at)))

    def next_open(self, at: datetime) -> datetime:
        """This moment if it counts, else the next opening.

        Raises:
            RuleError: There is none in sight.
        """
        at = _utc(at)
        return max(at, next(self._ahead(at)).begin)

    def add_business_time(self, at: datetime, by: timedelta) -> datetime:
        """The moment with so much business time between ``at`` and it; back in time if negative.

        Forward, an end that falls on a closing is the closing; back, one that falls on an opening
        is the opening. Nothing added to a moment that does not count gives the next that does.

        Raises:
            RuleError: It lies too far away.
        """
        at = _utc(at)
        if by < _NO_TIME:
            return self._subtracted(at, -by)
        for opening in self._ahead(at):
            begin = max(at, opening.begin)
            if by <= opening.end - begin:
                return begin + by
            by -= opening.end - begin
        raise self._too_far()

    def business_time_between(self, begin: datetime, end: datetime) -> timedelta:
        """How much business time lies between two moments; negative if the second is earlier.

        Raises:
            RuleError: They lie too far apart.
        """
        begin, end = _utc(begin), _utc(end)
        if end < begin:
            return -self.business_time_between(end, begin)
        total = _NO_TIME
        for opening in self._from(begin):
            if opening.begin >= end:
                break
            total += max(min(opening.end, end) - max(opening.begin, begin), _NO_TIME)
        else:
            raise self._too_far()
        return total

    def counted_from(self, at: datetime) -> datetime:
        """When something that comes at ``at`` counts as come.

        That is the moment itself within the hours of a business day, breaks included; the opening
        if it comes before; and the opening of the next business day if it comes after the cut-off
        or after the closing.

        Raises:
            RuleError: There is no business day in sight.
        """
        at = _utc(at)
        day = self._day(at)
        openings = self._openings(day)
        if openings and at <= openings[-1].end and not self._is_late(at, day):
            return max(at, openings[0].begin)
        return self._openings(self.business_day_after(day, 1))[0].begin

    def add_business_days(self, at: datetime, days: int, until: time | None = None) -> datetime:
        """The same local time so many business days later, or a fixed time on that day.

        Two business days from Friday 16:00 are Tuesday 16:00, and Wednesday 16:00 if Monday is a
        holiday; with ``until`` 17:00 they end at 17:00. What comes out of hours counts from when
        it counts as come. A time outside that day's hours becomes its opening or closing, unless
        it is ``until``, which is a word given.

        Raises:
            RuleError: It lies too far away.
        """
        start = self.counted_from(at)
        local = start.astimezone(self.zone)
        day = self.business_day_after(local.date(), days)
        if until is not None:
            return _instant(self.zone, day, _since_midnight(until))
        if days == 0:
            return start
        due = _instant(self.zone, day, _since_midnight(local.time()))
        openings = self._openings(day)
        return min(max(due, openings[0].begin), openings[-1].end)

    def business_day_after(self, day: date, days: int) -> date:
        """The business day so many after a day; 0 gives the day itself if it is one, else the next.

        Raises:
            RuleError: It lies too far away.
        """
        return self._nth(day, days, 1)

    def business_day_before(self, day: date, days: int) -> date:
        """The business day so many before a day; 0 gives the day itself or the last before it.

        Raises:
            RuleError: It lies too far away.
        """
        return self._nth(day, days, -1)

    def _nth(self, day: date, days: int, step: int) -> date:
        if days < 0:
            return self._nth(day, -days, -step)
        found = 0
        for each in self._days(day, step):
            found += self.is_business_day(each) and (each != day or days == 0)
            if found == max(days, 1):
                return each
        raise self._too_far()

    def _subtracted(self, at: datetime, by: timedelta) -> datetime:
        for opening in self._back(at):
            end = min(at, opening.end)
            if by <= end - opening.begin:
                return end - by
            by -= end - opening.begin
        raise self._too_far()

    def _ahead(self, at: datetime) -> Iterator[Opening]:
        """The openings that are not over at a moment; never ends without one."""
        for opening in self._from(at):
            if opening.end > at:
                yield opening
        raise self._too_far()

    def _from(self, at: datetime) -> Iterator[Opening]:
        for day in self._days(self._day(at), 1):
            yield from self._openings(day)

    def _back(self, at: datetime) -> Iterator[Opening]:
        """The openings that have begun before a moment, the latest first."""
        for day in self._days(self._day(at), -1):
            for opening in reversed(self._openings(day)):
                if opening.begin < at:
                    yield opening

    def _days(self, day: date, step: int) -> Iterator[date]:
        for _ in range(FARTHEST.days):
            if not _FIRST <= day <= _LAST:
                return
            yield day
            day += step * _DAY

    def _day(self, at: datetime) -> date:
        """The local day of a moment."""
        return at.astimezone(self.zone).date()

    def _is_late(self, at: datetime, day: date) -> bool:
        cut = self.cut_off
        return cut is not None and at > _instant(self.zone, day, _since_midnight(cut))

    def _hours(self, day: date) -> Hours:
        special = self.special.get(day)
        return self.week[day.weekday()] if special is None else special

    def _openings(self, day: date) -> tuple[Opening, ...]:
        return tuple(
            Opening(begin, end)
            for first, last in self._hours(day)
            if (begin := _instant(self.zone, day, timedelta(minutes=first)))
            < (end := _instant(self.zone, day, timedelta(minutes=last)))
        )

    def _too_far(self) -> RuleError:
        return RuleError(f"{self.code} has no such time within {FARTHEST.days // 366} years.")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise RuleError("Business time is counted from a moment with its time zone.")
    if not _FIRST <= at.date() <= _LAST:
        raise RuleError("Business time is not counted so far away.")
    return at.astimezone(UTC)


def _since_midnight(at: time) -> timedelta:
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    )


@lru_cache(maxsize=8_192)
def _instant(zone: ZoneInfo, day: date, since_midnight: timedelta) -> datetime:
    """The instant at which the clocks of a zone first show a time, or jump over it."""
    shown = datetime.combine(day, time()) + since_midnight
    instant = shown.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == shown:
        return instant
    return _jump(zone, shown.replace(tzinfo=zone, fold=1).astimezone(UTC), instant)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The instant between two others at which the clocks jump."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
