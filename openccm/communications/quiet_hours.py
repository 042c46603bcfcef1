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
    for wish in facts.preferences:
        if wish.quiet_from and wish.quiet_until and wish.definition in ("", definition.code):
            start, end = time.fromisoformat(wish.quiet_from), time.fromisoformat(wish.quiet_until)
            rule = "own_quiet_hours"
            break
    else:
        if isinstance(definition.quiet_hours, str):
            return now, "none_declared"
        start, end = definition.quiet_hours.from_, definition.quiet_hours.until
        rule = "quiet_hours_of_definition"
    return end_of_quiet(now, ZoneInfo(person.time_zone), start, end), rule


def end_of_quiet(now: datetime, zone: ZoneInfo, start: time, end: time) -> datetime:
    """``now`` outside quiet hours, else the moment they end; hours may cross midnight.

    Hours that end as they begin are none. An hour that the clock shows twice is quiet twice.
    """
    if start == end:
        return now
    local = now.astimezone(zone)
    clock = local.time().replace(tzinfo=None)
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not quiet:
        return now
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    moments = [
        datetime.combine(day, end.replace(fold=fold), tzinfo=zone).astimezone(UTC)
        for fold in (0, 1)
    ]
    shown = [each for each in moments if each.astimezone(zone).time() == end and each > now]
    # In spring the clocks can jump over the end; then it is quiet until after the jump.
    return min(shown) if shown else max(moments)
