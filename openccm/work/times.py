"""When a to-do is at risk, due and to be escalated."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from openccm.language.todo_type import Sla, Span, ToDoTypeDefinition

_DAY = timedelta(days=1)


class BusinessTime(Protocol):
    """What is needed of a calendar."""

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same hour, so many days of business later."""
        ...

    def add_hours(self, start: datetime, hours: int) -> datetime:
        """So many hours of business later."""
        ...

    def at_hour(self, moment: datetime, hour: int, minute: int) -> datetime:
        """An hour of that day, in the zone of the calendar."""
        ...


Calendars = Mapping[str, BusinessTime]


class Times(NamedTuple):
    """What time does to a to-do that nobody does."""

    at_risk_at: datetime | None
    due_at: datetime | None
    escalates_at: tuple[datetime, ...]


class EveryWeekday:
    """Business from Monday to Friday, all day, in UTC: where no calendar is at hand."""

    def add_days(self, start: datetime, days: int) -> datetime:
        """The same hour, so many weekdays later."""
        moment = start
        for _ in range(days):
            moment += _DAY
            while moment.weekday() >= 5:
                moment += _DAY
        return moment

    def add_hours(self, start: datetime, hours: int) -> datetime:
        """So many hours of weekdays later."""
        moment, left = start, timedelta(hours=hours)
        while True:
            if moment.weekday() >= 5:
                moment = self.at_hour(moment + _DAY, 0, 0)
                continue
            midnight = self.at_hour(moment + _DAY, 0, 0)
            if moment + left <= midnight:
                return moment + left
            moment, left = midnight, left - (midnight - moment)

    def at_hour(self, moment: datetime, hour: int, minute: int) -> datetime:
        """An hour of that day in UTC."""
        return moment.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)


WEEKDAYS = EveryWeekday()


def due_at(
    definition: ToDoTypeDefinition, created_at: datetime, calendars: Calendars
) -> datetime | None:
    """When a to-do of this type is due that was raised at ``created_at``; None for never."""
    sla = definition.sla
    if sla is None:
        return None
    calendar = _calendar(sla, calendars)
    due = _later(sla.within, created_at, calendar)
    if sla.until is None:
        return due
    return calendar.at_hour(due, sla.until.hour, sla.until.minute)


def times_of(
    definition: ToDoTypeDefinition,
    created_at: datetime,
    calendars: Calendars,
    due: datetime | None = None,
) -> Times:
    """All times of a to-do; ``due`` where whoever raised it knows better than its type."""
    due = due or due_at(definition, created_at, calendars)
    sla = definition.sla
    at_risk = _share(created_at, due, sla.warn) if sla and due else None
    calendar = _calendar(sla, calendars)
    escalates = [
        _later(each.after, created_at, calendar)
        if isinstance(each.after, Span)
        else _share(created_at, due or created_at, each.after)
        for each in definition.escalate
    ]
    return Times(at_risk, due, tuple(escalates))


def sla_mark(at_risk_at: datetime | None, due: datetime | None, now: datetime) -> str:
    """``ok``, ``at_risk`` or ``breached``."""
    if due is not None and now >= due:
        return "breached"
    return "at_risk" if at_risk_at is not None and now >= at_risk_at else "ok"


def _calendar(sla: Sla | None, calendars: Calendars) -> BusinessTime:
    code = sla.calendar if sla else None
    return calendars.get(code, WEEKDAYS) if code else WEEKDAYS


def _later(span: Span, start: datetime, calendar: BusinessTime) -> datetime:
    match span.unit:
        case "second":
            return start + timedelta(seconds=span.amount)
        case "business hour":
            return calendar.add_hours(start, span.amount)
        case "business day":
            return calendar.add_days(start, span.amount)


def _share(start: datetime, due: datetime, percent: int) -> datetime:
    return start + (due - start) * percent / 100
