"""To-dos, and what the agents who do them are able to do."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from openccm.platform.audit import GENESIS
from openccm.platform.columns import (
    Row,
    json_field,
    json_list_field,
    key_field,
    optional_time_field,
    time_field,
)

_IN_QUEUE: dict[str, Any] = {
    "sqlite_where": text("free_at IS NOT NULL"),
    "postgresql_where": text("free_at IS NOT NULL"),
}


class ToDo(Row, table=True):
    """A unit of human work, and what waits for it."""

    __table_args__ = (
        Index("ix_to_do_queue", "priority", "due_at", "id", **_IN_QUEUE),
        Index("ix_to_do_owner", "owner_id"),
        Index("ix_to_do_person", "person_key"),
    )

    id: UUID = key_field()
    type: str = Field(max_length=60)
    version: int
    title: str
    """The line that agents read in lists."""
    state: str = Field(default="open", max_length=24)
    sla: str = Field(default="ok", max_length=24)
    """``ok``, ``at_risk`` or ``breached``; a mark, not a state."""
    escalation_level: int = 0
    escalates_at: list[str] = json_list_field()
    """When each escalation of its type is due, reckoned when it was raised."""
    role: str = Field(max_length=60)
    """Who may take it now; forwarding and escalation change it."""
    priority: int
    """1 is the most urgent, 9 the least."""
    priority_by: str | None = None
    """Who set the priority by hand; from then on nothing calculates it."""
    owner_kind: str = Field(max_length=16)
    """Who waits for it: an ``instance``, a ``request``, a ``reminder``; or what it came of: a
    ``case``, a ``contact``, an ``event``, the ``system`` that asked."""
    owner_id: UUID | None = None
    owner_step: str = Field(max_length=200)
    raised_as: str = Field(unique=True, max_length=300)
    """The owner as one text: raising twice for one owner gives one to-do."""
    raised_by: str
    not_by: str = ""
    """Actors who may not do it (four eyes), each on a line of its own."""
    person_id: UUID | None = None
    person_key: str | None = Field(default=None, max_length=80)
    account_key: str | None = Field(default=None, max_length=80)
    context: dict[str, Any] = json_field()
    """What the agent reads, nested as the type declares it."""
    skills: dict[str, Any] = json_field()
    """Skill to level and mode, as ``{"french": [2, "error"]}``."""
    skill_key: str = ""
    """The skills without which it cannot be taken, in one spelling; empty for none."""
    form: dict[str, Any] = json_field()
    """What the agent filled in, nested as the type declares it."""
    outcome: str | None = Field(default=None, max_length=60)
    disposition: str | None = Field(default=None, max_length=60)
    """What the outcome is counted as, in all types alike."""
    outcome_on: date | None = None
    """The day that was named with the disposition."""
    tries: dict[str, int] = json_field()
    """How often it came out as each outcome that is tried again."""
    reason: str | None = None
    assigned_to: str | None = None
    lease_until: datetime | None = optional_time_field()
    follow_up_at: datetime | None = optional_time_field()
    free_at: datetime | None = optional_time_field()
    """From when on somebody may take it; None when it is closed."""
    at_risk_at: datetime | None = optional_time_field()
    due_at: datetime | None = optional_time_field()
    created_at: datetime = time_field()
    updated_at: datetime = time_field()
    closed_at: datetime | None = optional_time_field()
    closed_by: str | None = None
    purged_at: datetime | None = optional_time_field()
    """When what it held was destroyed; that it was there stays."""
    purged_by: str | None = None
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    """The end of its audit chain, so that nothing can be cut off there unseen."""


def line_of(actor: str) -> str:
    """How an actor stands in ``not_by``."""
    return f"\n{actor}\n"


class ToDoNote(Row, table=True):
    """What somebody wrote down in a to-do."""

    id: UUID = key_field()
    todo_id: UUID = Field(foreign_key="to_do.id", index=True)
    text: str
    by: str
    at: datetime = time_field()


class AgentSkill(Row, table=True):
    """How well an agent can do something."""

    __table_args__ = (UniqueConstraint("actor", "skill"),)

    id: UUID = key_field()
    actor: str
    skill: str = Field(max_length=60)
    level: int
