"""Consents per purpose, preferences per definition and channel, hard stops."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from openccm.platform.columns import Row, key_field, optional_time_field, time_field


class Consent(Row, table=True):
    """The latest word of a person on one purpose."""

    __table_args__ = (UniqueConstraint("person_id", "purpose"),)

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id")
    purpose: str = Field(max_length=80)
    state: str
    """``granted`` or ``withdrawn``; no row means never asked."""
    source: str
    """Where it was said: ``core``, ``one-click``, ``agent``."""
    at: datetime = time_field()


class Preference(Row, table=True):
    """A person's wish for one definition, or for one channel of all definitions."""

    __table_args__ = (UniqueConstraint("person_id", "definition", "channel"),)

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id")
    definition: str = ""
    """A definition's code; empty for all."""
    channel: str = ""
    """A channel; empty for all."""
    wish: str = "allow"
    """``prefer``, ``allow`` or ``refuse``."""
    quiet_from: str | None = None
    """``HH:MM`` in the person's zone; with ``quiet_until`` the person's own quiet hours."""
    quiet_until: str | None = None
    at: datetime = time_field()


class Suppression(Row, table=True):
    """A hard stop: do not contact, whatever the preference says."""

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel: str = ""
    """The channel it closes; empty for all."""
    reason: str
    """``do_not_contact``, ``registry``, ``complaint``."""
    source: str
    at: datetime = time_field()
    lifted_at: datetime | None = optional_time_field()
