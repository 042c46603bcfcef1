"""Events, what came of each, and which bindings are switched on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from openccm.platform.audit import GENESIS
from openccm.platform.columns import (
    Row,
    json_field,
    key_field,
    optional_time_field,
    time_field,
)


class SystemEvent(Row, table=True):
    """A fact that a core system or an agent told. Life cycles: ``EVENT`` and ``TRIGGER``."""

    __table_args__ = (
        UniqueConstraint("source", "origin", "event_id"),
        Index("ix_system_event_list", "state", "received_at"),
        Index("ix_system_event_type", "type", "received_at"),
    )

    id: UUID = key_field()
    source: str = Field(max_length=40)
    """The core system that told it, by its key."""
    origin: str = Field(default="", max_length=300)
    """What the system itself names as the source: of CloudEvents, else empty."""
    event_id: str = Field(max_length=120)
    """The teller's own id: the same one twice is the same event."""
    body_hash: str
    key_id: UUID
    """The key it was told with; what it leads to is asked for on that key's behalf."""
    type: str = Field(max_length=120)
    person_key: str | None = Field(default=None, index=True)
    account_key: str | None = Field(default=None, index=True)
    premise_key: str | None = None
    data: dict[str, Any] = json_field()
    attributes: dict[str, Any] = json_field()
    """Further attributes of a CloudEvent, as they came."""
    occurred_at: datetime = time_field()
    received_at: datetime = time_field()
    state: str = Field(default="received", max_length=24)
    reason: str | None = None
    trigger: str = Field(default="open", max_length=12)
    resolved_at: datetime | None = optional_time_field()
    """When it was resolved or cancelled."""
    delivered_at: datetime | None = optional_time_field()
    """When the instances that wait for such an event were told."""
    due_at: datetime | None = optional_time_field(index=True)
    """When it is to be worked on; None while nothing is to be done."""
    tries: int = 0
    """How often work on it broke off for a technical reason."""
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    updated_at: datetime = time_field()


class EventEffect(Row, table=True):
    """What one deed of one binding made of an event. Life cycle: ``EFFECT``."""

    __table_args__ = (
        UniqueConstraint("event_id", "binding", "number"),
        Index("ix_event_effect_volume", "binding", "at", "state"),
    )

    id: UUID = key_field()
    event_id: UUID = Field(foreign_key="system_event.id")
    binding: str = Field(max_length=60)
    """The binding's code; of a delivery, the process that was told."""
    version: int
    sequence: int
    number: int
    """Which deed of the binding; so each is done once."""
    entry: str = Field(default="", max_length=140)
    """For which entry of a list in the event: ``bookings[1]``; empty for the event itself."""
    deed: str = Field(max_length=20)
    """``request``, ``process``, ``contact``, ``to-do``, or ``deliver`` to a waiting instance."""
    state: str = Field(max_length=24)
    reason: str | None = None
    says: str | None = None
    """What is wrong, in words, without a value."""
    created_id: UUID | None = Field(default=None, index=True)
    """The request, the instance, the customer contact or the to-do."""
    at: datetime = time_field()


class OnceGuard(Row, table=True):
    """Which event a fact was first told by, and until when others only repeat it."""

    binding: str = Field(primary_key=True, max_length=60)
    """The binding's code, or the name that it shares with others."""
    key_hash: str = Field(primary_key=True, max_length=64)
    event_id: UUID
    holder: str = Field(default="", max_length=60)
    """The binding that took it."""
    until: datetime = time_field()


class TriggerSwitch(Row, table=True):
    """An operator's word on a binding; it outlives versions."""

    code: str = Field(primary_key=True, max_length=60)
    enabled: bool
    by: str
    reason: str
    at: datetime = time_field()
