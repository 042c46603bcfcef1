"""The book of hooks: every call, how long it took and what came of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from openccm.platform.columns import Row, key_field, time_field


class HookCall(Row, table=True):
    """One call. No values: who was asked, about what, and how it went."""

    __table_args__ = (Index("ix_hook_call_hook", "hook", "failed"),)

    id: UUID = key_field()
    hook: str = Field(max_length=60)
    version: int | None = None
    """The version of its definition; None where it was called from a folder."""
    point: str
    subject: str | None = None
    at: datetime = time_field()
    milliseconds: int
    settled_by: str
    """``hook``, ``default``, ``skip``, or ``stop`` where nothing stood in."""
    failed: bool = False
    code: str | None = None
    """Of a failure: ``hook_failed`` or ``hook_unavailable``."""
    fault: str | None = None
    """Of a failure: what happened, without values."""
