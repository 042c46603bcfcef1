"""Steps that wait: for a time, or for an event."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from openccm.language.calendar import CalendarDefinition
from openccm.language.scalars import TimeSpan
from openccm.language.steps import ListenStep, WaitStep
from openccm.processes.deeds import Left, Visit, Waiting
from openccm.processes.tables import InstanceEvent
from openccm.processes.walk import Walk, data_of
from openccm.rules.findings import RuleError

_SINCE = "since"


async def wait(visit: Visit, step: WaitStep) -> Left | Waiting:
    """Reckon the moment anew at each look: where the data has moved, the moment moves with it.

    What moves by itself does not count: ``now`` and ``today`` are those of when the step began.
    """
    moment = _moment(visit, step)
    if visit.walk.now >= moment:
        return Left()
    return Waiting(f"{_words(step)}", until=moment)


async def listen(visit: Visit, step: ListenStep) -> Left | Waiting:
    """Take the oldest event that nobody took, or find that the time is over."""
    walk = visit.walk
    heard = await walk.session.scalar(
        select(InstanceEvent)
        .where(
            InstanceEvent.instance_id == walk.instance.id,
            col(InstanceEvent.name).in_(step.events),
            col(InstanceEvent.taken_by).is_(None),
        )
        .order_by(col(InstanceEvent.heard_at), col(InstanceEvent.id))
        .limit(1)
    )
    if heard is not None:
        heard.taken_by = visit.row.id
        walk.keep(heard.name, heard.data)
        visit.row.detail = {"event": heard.event_key}
        return Left(heard.name)
    until = None
    if step.within is not None:
        until = later(walk, visit.row.entered_at, step.within)
        if walk.now >= until:
            return Left("silence")
    return Waiting(" or ".join(step.events), until=until)


def later(walk: Walk, start: datetime, span: TimeSpan, *, back: bool = False) -> datetime:
    """The moment so long after another one, or before it; business time by the calendar.

    Raises:
        RuleError: Business time is to be counted and the process names no calendar.
    """
    sign = -1 if back else 1
    if span.unit.startswith("business"):
        return _business(walk, start, span, sign)
    length = timedelta(seconds=sign * span.seconds)
    if span.unit in ("day", "week"):  # a day later is the same time of day, whatever the clocks do
        return (start.astimezone(walk.zone) + length).astimezone(start.tzinfo)
    return start + length


def _business(walk: Walk, start: datetime, span: TimeSpan, sign: int) -> datetime:
    named = walk.process.used.get(walk.process.definition.calendar or "")
    if isinstance(named, CalendarDefinition):
        if span.unit == "business day":
            return named.calendar.add_business_days(start, sign * span.count)
        return named.calendar.add_business_time(start, timedelta(hours=sign * span.count))
    raise RuleError("Business days need a calendar: the process names none.")


def _moment(visit: Visit, step: WaitStep) -> datetime:
    try:
        return _reckoned(visit, step)
    except (OverflowError, ValueError):
        raise RuleError("The moment to wait until lies beyond all calendars.") from None


def _reckoned(visit: Visit, step: WaitStep) -> datetime:
    walk = visit.walk
    if step.for_ is not None:
        return _at(later(walk, visit.row.entered_at, step.for_), step.at, walk.zone)
    assert step.until is not None
    data = data_of(walk.process, walk.instance, walk.person, visit.row.entered_at)
    moment = _beginning(walk.process.value(step.until).evaluate(data), walk.zone)
    if step.before is not None:
        moment = later(walk, moment, step.before, back=True)
    if step.after is not None:
        moment = later(walk, moment, step.after)
    return _at(moment, step.at, walk.zone)


def _beginning(value: object, zone: ZoneInfo) -> datetime:
    """A moment, or the beginning of a day where the person lives.

    Raises:
        RuleError: The expression gave neither.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    raise RuleError("There is no moment to wait until.")


def _at(moment: datetime, at: time | None, zone: ZoneInfo) -> datetime:
    """That day at the time named."""
    if at is None:
        return moment
    return datetime.combine(moment.astimezone(zone).date(), at, zone)


def _words(step: WaitStep) -> str:
    if step.for_ is not None:
        return f"{step.for_} to pass"
    side = f"{step.before} before " if step.before else f"{step.after} after " if step.after else ""
    return f"{side}{step.until}"
