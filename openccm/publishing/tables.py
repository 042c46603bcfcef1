"""Callback subscriptions and every callback they are owed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from openccm.platform.columns import (
    Row,
    json_field,
    json_list_field,
    key_field,
    optional_time_field,
    time_field,
)


class CallbackSubscription(Row, table=True):
    """Where and of what a core system wants to be told."""

    id: UUID = key_field()
    system_code: str = Field(foreign_key="core_system.code", index=True)
    url: str
    events: list[str] = json_list_field()
    """Event types such as ``communication.delivered``; ``*``, or none, for all."""
    definitions: list[str] = json_list_field()
    """Codes; empty for all."""
    secret: str
    """The signing secret, sealed."""
    previous_secret: str | None = None
    """While rotating, callbacks carry both signatures."""
    active: bool = True
    reason: str | None = None
    """Why it is not active."""
    created_at: datetime = time_field()


class CallbackDelivery(Row, table=True):
    """One callback owed to one subscription; in order within its lane."""

    __table_args__ = (
        Index("ix_callback_delivery_due", "subscription_id", "state", "lane", "place"),
        Index("ix_callback_delivery_lane", "lane"),
    )

    id: UUID = key_field()
    """The ``webhook-id`` that the receiver can deduplicate on."""
    subscription_id: UUID = Field(foreign_key="callback_subscription.id")
    lane: UUID
    """The request: later callbacks of a lane wait for the earlier ones."""
    place: int
    """Its order in the lane: the sequence number of the audit entry it tells of."""
    event: str
    body: dict[str, Any] = json_field()
    state: str = "pending"
    """``pending`` or ``delivered``."""
    attempts: int = 0
    next_attempt_at: datetime = time_field()
    last_error: str | None = None
    created_at: datetime = time_field()
    delivered_at: datetime | None = optional_time_field()
