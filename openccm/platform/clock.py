"""The one clock: everything that asks for the time is handed one of these."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers with an aware UTC time."""


def utc_now() -> datetime:
    """The machine's time in UTC."""
    return datetime.now(UTC)
