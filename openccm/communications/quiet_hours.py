"""Quiet hours: when a person may be disturbed, in the person's own time zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openccm.communications.facts import Facts
from openccm.language.categories import CATEGORIES


def next_allowed(facts: Facts, now: datetime) -> tuple[datetime, str]:
    """The first moment from ``now`` on outside quiet hours, and which rule said so."""
    definition, person = facts.definition, facts.person
    if not CATEGORIES[definition.category].honours_quiet_hours:
        return now, "mandatory_category"
    assert person is not None
    own = [wish for wish in facts.preferences if wish.quiet_from and wish.quiet_until]
    if own:
        hours = (own[0].quiet_from, own[0].quiet_until)
        rule = "person"
    elif definition.quiet_hours is not None:
        hours = (definition.quiet_hours.start, definition.quiet_hours.until)
        rule = "definition"
    else:
        return now, "none_declared"
    start, end = (time.fromisoformat(text) for text in hours if text)
    return end_of_quiet(now, ZoneInfo(person.time_zone), start, end), rule


def end_of_quiet(now: datetime, zone: ZoneInfo, start: time, end: time) -> datetime:
    """``now`` outside quiet hours, else the moment they end; hours may cross midnight."""
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return now
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
