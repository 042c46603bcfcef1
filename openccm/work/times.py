"""When a to-do is at risk, due and to be escalated."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from openccm.language.todo_type import Sla, Span, ToDoTypeDefinition
from openccm.rules.business_time import BusinessCalendar


class Times(NamedTuple):
    """What time does to a to-do that nobody does."""

    at_risk_at: datetime | None
    due_at: datetime | None
    escalates_at: tuple[datetime, ...]


def due_at(
    sla: Sla | None, created_at: datetime, calendar: BusinessCalendar | None
) -> datetime | None:
    """When work is due that was raised at ``created_at``; None for never.

    Raises:
        RuleError: The calendar has no such time.
    """
    if sla is None:
        return None
    if sla.within.unit == "business day" and calendar is not None:
        return calendar.add_business_days(created_at, sla.within.amount, sla.until)
    due = _later(sla.within, created_at, calendar)
    if sla.until is None:
        return due
    zone = calendar.zone if calendar is not None else UTC
    hour = datetime.combine(due.astimezone(zone).date(), sla.until, zone)
    return hour.astimezone(UTC)


def times_of(
    definition: ToDoTypeDefinition,
    created_at: datetime,
    calendar: BusinessCalendar | None,
    due: datetime | None = None,
) -> Times:
    """All times of a to-do; ``due`` where whoever raised it knows better than its type.

    Raises:
        RuleError: The calendar has no such time.
    """
    due = due or due_at(definition.sla, created_at, calendar)
    at_risk = at_risk_at(definition.sla, created_at, due)
    escalates = [
        _later(each.after, created_at, calendar)
        if isinstance(each.after, Span)
        else _share(created_at, due or created_at, each.after)
        for each in definition.escalate
    ]
    return Times(at_risk, due, tuple(escalates))


def at_risk_at(sla: Sla | None, created_at: datetime, due: datetime | None) -> datetime | None:
    """When work is marked as at risk; None for never."""
    return _share(created_at, due, sla.warn) if sla and due else None


def sla_mark(risk: datetime | None, due: datetime | None, now: datetime) -> str:
    """``ok``, ``at_risk`` or ``breached``."""
    if due is not None and now >= due:
        return "breached"
    return "at_risk" if risk is not None and now >= risk else "ok"


def _later(span: Span, start: datetime, calendar: BusinessCalendar | None) -> datetime:
    if span.unit == "second":
        return start + timedelta(seconds=span.amount)
    assert calendar is not None, "the checker wants one for business time"
    if span.unit == "business day":
        return calendar.add_business_days(start, span.amount)
    return calendar.add_business_time(start, timedelta(hours=span.amount))


def _share(start: datetime, due: datetime, percent: int) -> datetime:
    return start + (due - start) * percent / 100
