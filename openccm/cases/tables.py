"""Cases, who has a part in them, what is noted in them, and the compensations offered."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from openccm.cases.lifecycles import STANDING
from openccm.platform.audit import GENESIS
from openccm.platform.columns import (
    Row,
    json_list_field,
    key_field,
    optional_time_field,
    time_field,
)

_STANDS = text(f"state IN ({', '.join(repr(state) for state in sorted(STANDING))})")


class Case(Row, table=True):
    """An issue under work. Life cycle: ``CASE``."""

    __table_args__ = (Index("ix_case_list", "state", "type", "opened_at"),)

    id: UUID = key_field()
    number: str = Field(unique=True, max_length=20)
    """What people call it."""
    type: str = Field(max_length=60)
    version: int
    """The version of its type; it keeps the statuses it began with."""
    status: str = Field(max_length=60)
    state: str = Field(default="new", max_length=24)
    reason: str | None = None
    subject: str = ""
    person_id: UUID | None = Field(default=None, index=True)
    person_key: str | None = Field(default=None, index=True, max_length=80)
    account_key: str | None = Field(default=None, max_length=80)
    system_code: str = Field(max_length=40)
    """On whose behalf it was opened."""
    raised_as: str = Field(unique=True, max_length=200)
    """Who opened it for what, as one text: opening twice for that gives one case."""
    instance_id: UUID | None = Field(default=None, index=True)
    """The workflow instance that keeps it."""
    opened_by: str
    opened_at: datetime = time_field()
    due_at: datetime | None = optional_time_field()
    at_risk_at: datetime | None = optional_time_field()
    resolved_at: datetime | None = optional_time_field()
    closed_at: datetime | None = optional_time_field()
    updated_at: datetime = time_field()
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)


class CaseParty(Row, table=True):
    """A part that somebody has in a case."""

    __table_args__ = (UniqueConstraint("case_id", "part", "person_key"),)

    id: UUID = key_field()
    case_id: UUID = Field(foreign_key="case.id")
    part: str = Field(max_length=60)
    person_key: str = Field(max_length=80, index=True)


class CaseNote(Row, table=True):
    """What somebody wrote down in a case."""

    id: UUID = key_field()
    case_id: UUID = Field(foreign_key="case.id", index=True)
    text: str
    by: str
    at: datetime = time_field()


class CompensationOffer(Row, table=True):
    """A remedy offered to one person for one cause. Life cycle: ``OFFER``."""

    __table_args__ = (
        UniqueConstraint("case_id", "cause", "person_key"),
        # Never twice: of the offers that stand there is one a person and cause, in all cases.
        Index(
            "uq_compensation_offer_standing",
            "cause",
            "person_key",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: UUID = key_field()
    case_id: UUID = Field(foreign_key="case.id")
    cause: str = Field(max_length=200)
    """What it makes good, by the core systems' own keys."""
    person_key: str = Field(max_length=80, index=True)
    addressee_key: str = Field(max_length=80)
    """Who is written to and paid: the person, or a guardian."""
    amount: str = Field(max_length=40)
    """A decimal number as text, which every database keeps as it is."""
    currency: str = Field(max_length=3)
    reason: str = Field(default="", max_length=60)
    """What the table answered."""
    decided_table: str = Field(max_length=60)
    decided_version: int
    decided_rows: list[str] = json_list_field()
    """Which table decided, in which version, by which rows."""
    rule: str = ""
    """The rows in words, for whoever approves."""
    recommendation: str = ""
    approver: str | None = Field(default=None, max_length=60)
    """The role that must approve it; None where it approves itself."""
    todo_id: UUID | None = None
    state: str = Field(default="proposed", max_length=24)
    state_reason: str | None = None
    decided_by: str | None = None
    system_code: str = Field(max_length=40)
    """The core system that pays and is told."""
    process: str = Field(default="", max_length=60)
    review: str | None = None
    """Why a person should look at it again; a mark, not a state."""
    created_at: datetime = time_field()
    updated_at: datetime = time_field()

    @property
    def value(self) -> Decimal:
        """The amount as a number."""
        return Decimal(self.amount)
