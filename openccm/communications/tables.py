"""Requests, communications, and every fact about their way out."""

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


class CommunicationRequest(Row, table=True):
    """The ask: why, for whom, with which business keys. Life cycle: ``REQUEST``."""

    __table_args__ = (
        UniqueConstraint("system_code", "idempotency_key"),
        Index("ix_communication_request_list", "state", "received_at"),
        Index("ix_communication_request_definition", "definition", "received_at"),
    )

    id: UUID = key_field()
    system_code: str = Field(max_length=40)
    idempotency_key: str = Field(max_length=120)
    body_hash: str
    """SHA-256 of the request's body: a replay must be the same ask."""
    definition: str = Field(max_length=60)
    version: int
    """Pinned when accepted: in-flight work keeps the version it began with."""
    priority: int = 2
    """1 overtakes 2 overtakes 3."""
    person_key: str | None = None
    account_key: str | None = None
    payload: dict[str, Any] = json_field()
    correlation: dict[str, Any] = json_field()
    """The core system's own references, echoed in every callback."""
    channel_override: str | None = None
    contact_point_id: UUID | None = None
    """The one contact point that it may go to, where it is for no other."""
    send_after: datetime | None = optional_time_field()
    copy_of: UUID | None = Field(default=None, index=True)
    duplicate_of: UUID | None = None
    instance_id: UUID | None = Field(default=None, index=True)
    """The workflow instance that asked; it is woken when the request has ended."""
    trigger_id: UUID | None = Field(default=None, index=True)
    """The system event that led to it, where one did."""
    contact_id: UUID | None = None
    """The customer contact that asked for it, where one did."""
    person_id: UUID | None = Field(default=None, index=True)
    state: str = Field(default="accepted", max_length=24)
    reason: str | None = None
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    """The end of this request's audit chain; so nobody can cut entries off it unnoticed."""
    received_at: datetime = time_field()
    updated_at: datetime = time_field()


class Communication(Row, table=True):
    """One message to one person at one contact point. Life cycle: ``COMMUNICATION``."""

    __table_args__ = (Index("ix_communication_list", "state", "created_at"),)

    id: UUID = key_field()
    request_id: UUID = Field(foreign_key="communication_request.id", index=True)
    person_id: UUID = Field(foreign_key="person.id", index=True)
    definition: str
    version: int
    fragments: dict[str, int] = json_field()
    """The version of each fragment in what was composed."""
    channel: str = Field(max_length=40)
    contact_point_id: UUID = Field(foreign_key="contact_point.id")
    language: str
    fallback_of: UUID | None = None
    contact_id: UUID | None = None
    """The customer contact whose log tells of it."""
    state: str = Field(default="pending", max_length=24)
    reason: str | None = None
    document_hash: str | None = None
    """SHA-256 of exactly what was, or will be, handed over."""
    media_type: str | None = None
    not_before: datetime | None = optional_time_field()
    """Scheduled or waiting for a retry until then."""
    attempts: int = 0
    final: bool = False
    """Nothing more is expected: a terminal state, or ``sent`` where no receipt will come."""
    provider_reference: str | None = None
    evidence: str = "unknown"
    """``proved``, ``assumed`` or ``unknown``: how sure we are that it arrived."""
    sent_at: datetime | None = optional_time_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class DeliveryAttempt(Row, table=True):
    """One try. Written before the call, so that no call can happen unrecorded."""

    __table_args__ = (UniqueConstraint("communication_id", "number"),)

    id: UUID = key_field()
    communication_id: UUID = Field(foreign_key="communication.id", index=True)
    number: int
    adapter: str
    started_at: datetime = time_field()
    finished_at: datetime | None = optional_time_field()
    outcome: str | None = None
    """``accepted`` or the error's code; ``interrupted`` if nobody lived to tell; None in flight."""
    detail: str | None = None
    reference: str | None = None


class StatusUpdate(Row, table=True):
    """A fact that a provider or partner reported; never changed, the state is derived by rank."""

    __table_args__ = (UniqueConstraint("source", "event_key"),)

    id: UUID = key_field()
    communication_id: UUID = Field(foreign_key="communication.id", index=True)
    source: str = Field(max_length=60)
    event_key: str = Field(max_length=200)
    """The reporter's own id of the event: the same one twice changes nothing."""
    status: str
    code: str | None = None
    detail: str | None = None
    bad_contact_point: bool = False
    occurred_at: datetime = time_field()
    received_at: datetime = time_field()
    applied: bool = False
    """Whether it changed the state; a fact that came too late is kept all the same."""


class DecisionVerdict(Row, table=True):
    """One step of the send decision, as it was decided; ``explain`` reads these in order."""

    id: UUID = key_field()
    request_id: UUID = Field(foreign_key="communication_request.id", index=True)
    communication_id: UUID | None = None
    step: int
    """Its number in the decision order, 1 to 20."""
    name: str
    verdict: str
    """``pass``, ``stop``, ``choose``, ``wait``, ``skip`` or ``error``."""
    reason: str | None = None
    inputs: dict[str, Any] = json_field()
    at: datetime = time_field()


class DuplicateGuard(Row, table=True):
    """Who holds a business key: the first request within the window, and only that one, is sent."""

    definition: str = Field(primary_key=True, max_length=60)
    key_hash: str = Field(primary_key=True, max_length=64)
    request_id: UUID
    until: datetime = time_field()


class DataSnapshot(Row, table=True):
    """The values a request was composed with, as they were."""

    request_id: UUID = Field(primary_key=True, foreign_key="communication_request.id")
    values: dict[str, Any] = json_field()
    sources: dict[str, Any] = json_field()
    """Field to where it came from: ``payload`` or a data service and its version."""
    hash: str
    fetched_at: datetime = time_field()
