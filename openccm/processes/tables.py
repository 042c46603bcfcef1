"""Workflow instances, the steps they take, and the events they hear."""

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

MAX_KEY = 120
"""As long as a business key may be."""


class WorkflowInstance(Row, table=True):
    """One execution of a process. Life cycle: ``INSTANCE``."""

    __table_args__ = (
        UniqueConstraint("code", "system_code", "key"),
        Index("ix_workflow_instance_list", "state", "started_at"),
        Index("ix_workflow_instance_process", "code", "version", "state"),
    )

    id: UUID = key_field()
    code: str = Field(max_length=60)
    version: int
    pins: dict[str, int] = json_field()
    """The versions of what it relies on that it began with, by code: tables, calendars, to-do
    types, contact types, hooks."""
    system_code: str = Field(max_length=40)
    key: str = Field(max_length=MAX_KEY)
    """The business key: one execution a process, caller and key, however often it is asked for."""
    body_hash: str
    """SHA-256 of what was asked: a replay must be the same ask."""
    person_key: str | None = None
    account_key: str | None = None
    person_id: UUID | None = Field(default=None, index=True)
    payload: dict[str, Any] = json_field()
    correlation: dict[str, Any] = json_field()
    data: dict[str, Any] = json_field()
    """The declared values by dotted name, as they were last looked up."""
    answers: dict[str, Any] = json_field()
    """Variables, and what steps kept under a name of their own."""
    parent_id: UUID | None = Field(default=None, index=True)
    """The instance whose step started this one."""
    state: str = Field(default="running", max_length=24)
    outcome: str | None = None
    reason: str | None = None
    stopping: str | None = None
    """Once set, every step gives way, and the instance ends with this outcome."""
    undoing: bool = False
    """Whether its end takes back what was done."""
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    started_by: str
    started_at: datetime = time_field()
    updated_at: datetime = time_field()
    ended_at: datetime | None = optional_time_field()


class InstanceStep(Row, table=True):
    """One visit to a step: since when, what it waits for, how it was left."""

    __table_args__ = (UniqueConstraint("instance_id", "step", "visit"),)

    id: UUID = key_field()
    instance_id: UUID = Field(foreign_key="workflow_instance.id", index=True)
    step: str = Field(max_length=60)
    visit: int
    state: str = "running"
    """``running``, ``waiting``, ``error``; then ``done``, ``skipped``, or ``stopped``: it gave way
    to an early end."""
    way: str | None = None
    """The way it was left by; for one that a person skips, the way it is to be left by."""
    outcome: str | None = None
    """What came of it, where that says more than the way."""
    reason: str | None = None
    waiting_for: str | None = None
    until: datetime | None = optional_time_field()
    subject: UUID | None = None
    """What it opened: a request, a to-do, another instance."""
    detail: dict[str, Any] = json_field()
    undone: bool = False
    entered_at: datetime = time_field()
    left_at: datetime | None = optional_time_field()


class EventWatch(Row, table=True):
    """Which system events concern an instance: those of a type whose fields have these values."""

    __table_args__ = (Index("ix_event_watch_match", "type", "fields", "match_hash"),)

    id: UUID = key_field()
    instance_id: UUID = Field(foreign_key="workflow_instance.id", index=True)
    name: str = Field(max_length=60)
    """The process's own name for the event."""
    type: str = Field(max_length=120)
    fields: str = Field(max_length=700)
    """The fields of the event's data that are compared, in one spelling."""
    match_hash: str = Field(max_length=64)
    """SHA-256 of the values they must have."""


class InstanceEvent(Row, table=True):
    """A system event that an instance heard; a step that listens takes the oldest first."""

    __table_args__ = (UniqueConstraint("instance_id", "name", "event_key"),)

    id: UUID = key_field()
    instance_id: UUID = Field(foreign_key="workflow_instance.id", index=True)
    name: str = Field(max_length=60)
    event_key: str = Field(max_length=200)
    """The event's own id: the same one twice changes nothing."""
    data: dict[str, Any] = json_field()
    heard_at: datetime = time_field()
    taken_by: UUID | None = None
    """The visit that took it."""
