"""Customer contacts, their logs, and reminders."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlmodel import Field

from openccm.platform.audit import GENESIS
from openccm.platform.columns import (
    Row,
    json_field,
    key_field,
    optional_time_field,
    time_field,
)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class CustomerContact(Row, table=True):
    """That a contact took place: with whom, why, how, and what followed. Life cycle: ``CONTACT``.

    One that a communication logged of itself has no type, and nothing but its log ever changes.
    """

    __table_args__ = (
        Index("ix_customer_contact_person", "person_id", "id"),
        Index("ix_customer_contact_account", "account_key", "id", **_where("account_key <> ''")),
        Index("ix_customer_contact_premise", "premise_key", "id", **_where("premise_key <> ''")),
        Index("ix_customer_contact_origin", "origin_id", **_where("origin_id IS NOT NULL")),
        Index("ix_customer_contact_open", "state", "id", **_where("state = 'open'")),
    )

    id: UUID = key_field()
    type: str | None = Field(default=None, max_length=60)
    """The code of its contact type, in the version it was logged with."""
    version: int | None = None
    class_code: str | None = Field(default=None, max_length=60)
    title: str
    """What agents read in lists: the title of its type, or the code of its communication."""
    state: str = Field(default="closed", max_length=12)
    direction: str = Field(max_length=12)
    method: str = Field(max_length=40)
    """How it took place: ``phone``, ``letter``, …"""
    origin: str = Field(max_length=16)
    """Who made it: an ``agent``, an ``event``, a ``process``, or a ``communication`` of itself."""
    origin_id: UUID | None = None
    """The event or the workflow instance that made it."""
    made_as: str | None = Field(default=None, unique=True, max_length=300)
    """What made it as one text: doing so twice makes one contact."""
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    account_key: str = Field(default="", max_length=80)
    premise_key: str = Field(default="", max_length=80)
    characteristics: dict[str, Any] = json_field()
    """The values that its type declares, nested."""
    request_id: UUID | None = None
    """The request it asked for, or the one whose communication logged it."""
    communication_id: UUID | None = None
    """The communication that logged it of itself."""
    reason: str | None = None
    occurred_at: datetime = time_field()
    """When it took place; it may be told later."""
    created_by: str
    created_at: datetime = time_field()
    updated_at: datetime = time_field()
    closed_at: datetime | None = optional_time_field()
    closed_by: str | None = None
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    """The end of its audit chain, so that nothing can be cut off there unseen."""


class ContactLogEntry(Row, table=True):
    """A dated line under a contact: what somebody noted, or what happened. Never changed."""

    __table_args__ = (Index("ix_contact_log_entry_contact", "contact_id", "id"),)

    id: UUID = key_field()
    contact_id: UUID = Field(foreign_key="customer_contact.id")
    code: str = Field(max_length=60)
    """What happened, ``communication.delivered``; ``note`` for words of an agent."""
    text: str | None = None
    """The words; what happens has none of its own, but is told in the reader's language."""
    detail: dict[str, Any] = json_field()
    """The parameters of what happened."""
    author: str
    at: datetime = time_field()


class Reminder(Row, table=True):
    """A dated promise to look at a contact again. Life cycle: ``REMINDER``."""

    __table_args__ = (
        Index("ix_reminder_contact", "contact_id"),
        Index("ix_reminder_due", "due_at", **_where("state IN ('pending', 'snoozed', 'due')")),
    )

    id: UUID = key_field()
    contact_id: UUID = Field(foreign_key="customer_contact.id")
    entry_id: UUID = Field(foreign_key="contact_log_entry.id")
    """The entry of the contact's log that it is attached to."""
    state: str = Field(default="pending", max_length=16)
    due_at: datetime = time_field()
    note: str = ""
    todo_type: str = Field(max_length=60)
    """The type of the to-do that it becomes."""
    role: str | None = Field(default=None, max_length=60)
    agent: str | None = None
    """Whose it is, where somebody reminds themselves."""
    calendar: str | None = Field(default=None, max_length=60)
    context: dict[str, Any] = json_field()
    """What the agent will read of it."""
    snoozes: int = 0
    todo_id: UUID | None = None
    outcome: str | None = Field(default=None, max_length=60)
    reason: str | None = None
    created_by: str
    created_at: datetime = time_field()
    updated_at: datetime = time_field()
    closed_at: datetime | None = optional_time_field()
    closed_by: str | None = None
