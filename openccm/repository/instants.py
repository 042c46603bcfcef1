"""Instants as people write them: with an offset, or as local time of a named zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from openccm.errors import InvalidError


def instant(when: datetime | None, zone: str | None = None) -> datetime | None:
    """The instant in UTC. Of an hour that a clock shows twice, the first is meant.

    Raises:
        InvalidError: It has neither offset nor zone or has both, the zone is unknown, or the
            clock skips this time there.
    """
    if when is None:
        return None
    if when.tzinfo is not None:
        if zone is not None:
            raise InvalidError("time_zone", "The time has an offset already. Leave one out.")
        return _in_utc(when)
    if zone is None:
        raise InvalidError(
            "effective_from", "Write the time with its offset, or name its time_zone."
        )
    local = when.replace(tzinfo=_zone(zone))
    found = _in_utc(local)
    if found.astimezone(local.tzinfo).replace(tzinfo=None) != when:
        raise InvalidError("effective_from", f"Clocks in {zone} skip this time.")
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise InvalidError(
            "time_zone", f"There is no time zone {name}. Write it like Europe/London."
        ) from None


def _in_utc(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC)
    except (OverflowError, ValueError):
        raise InvalidError("effective_from", "No calendar knows this time.") from None
