"""Definition versions, what they pin, and what was decided about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from openccm.platform.columns import (
    Row,
    json_field,
    json_list_field,
    key_field,
    optional_time_field,
    time_field,
)
from openccm.repository.lifecycles import IN_FORCE, OPEN


def _one_in(name: str, states: tuple[str, ...]) -> Index:
    """Of each code at most one version may be in one of these states."""
    listed = ", ".join(f"'{state}'" for state in states)
    where = text(f"state IN ({listed})")
    return Index(name, "code", unique=True, sqlite_where=where, postgresql_where=where)


class DefinitionVersion(Row, table=True):
    """One version. Its content never changes once submitted; in-flight work keeps its own."""

    __table_args__ = (
        UniqueConstraint("code", "version"),
        Index("ix_definition_version_state", "state", "code"),
        _one_in("ix_definition_version_in_force", IN_FORCE),
        _one_in("ix_definition_version_open", OPEN),
        _one_in("ix_definition_version_scheduled", ("scheduled",)),
    )

    id: UUID = key_field()
    code: str = Field(max_length=60)
    kind: str
    title: str
    version: int
    digest: str
    files: dict[str, str] = json_field()
    """Path to SHA-256: the YAML, templates and assets, resolved in ``content_blob``."""
    plan: dict[str, Any] | None = json_field(optional=True)
    """The compiled plan; None for what does not run, and for drafts."""
    state: str = Field(default="draft", max_length=24)
    """Life cycle: ``VERSION``."""
    author: str
    """Who wrote it last."""
    editors: list[str] = json_list_field()
    """Everybody whose text it is; none of them may approve it."""
    note: str | None = None
    base: int | None = None
    """The version it was begun from; None for the first."""
    copied_from: int | None = None
    submission: int = 0
    """How often it was submitted; a verdict counts for one submission."""
    policy: dict[str, Any] | None = json_field(optional=True)
    """The approval steps it must pass, as they were when it was submitted."""
    release_id: UUID | None = Field(default=None, index=True)
    visible_to: str = ""
    """The roles whose bearers see and use it, in one line; empty for everybody."""
    created_at: datetime = time_field()
    changed_at: datetime = time_field()
    effective_from: datetime | None = optional_time_field()
    """When a scheduled version begins to be in force, or the others began."""
    published_at: datetime | None = optional_time_field()
    published_by: str | None = None

    @property
    def live(self) -> bool:
        """Whether new work is pinned to it, at once or when it is resumed."""
        return self.state in IN_FORCE


class DefinitionUse(Row, table=True):
    """A definition that a version relies on."""

    version_id: UUID = Field(primary_key=True, foreign_key="definition_version.id")
    code: str = Field(primary_key=True, max_length=60, index=True)
    kind: str


class ContentBlob(Row, table=True):
    """The bytes behind a hash."""

    hash: str = Field(primary_key=True, max_length=64)
    content: bytes


class ContentText(Row, table=True):
    """The words of a text among the blobs, all in small letters, for the search."""

    hash: str = Field(primary_key=True, max_length=64)
    words: str


class DefinitionHold(Row, table=True):
    """A kill switch: while the row is there, nothing of this definition leaves."""

    code: str = Field(primary_key=True, max_length=60)
    by: str
    reason: str
    since: datetime = time_field()
    released_at: datetime | None = optional_time_field()


class ApprovalVerdict(Row, table=True):
    """What one person decided about one submission of a version."""

    __table_args__ = (UniqueConstraint("version_id", "submission", "actor"),)

    id: UUID = key_field()
    version_id: UUID = Field(foreign_key="definition_version.id")
    submission: int
    step: str
    role: str
    actor: str
    verdict: str
    """``approve`` or ``reject``."""
    comment: str | None = None
    at: datetime = time_field()


class EmergencyPublication(Row, table=True):
    """A draft that goes live without approval: two persons now, a review within a day."""

    version_id: UUID = Field(primary_key=True, foreign_key="definition_version.id")
    digest: str
    """What was asked for: nobody confirms a text that was changed meanwhile."""
    reason: str
    asked_by: str
    expires_at: datetime = time_field()
    confirmed_by: str | None = None
    review_due: datetime | None = optional_time_field(index=True)
    reviewed_by: str | None = None
    reviewed_at: datetime | None = optional_time_field()
    verdict: str | None = None
    """``accept`` or ``object``."""
    comment: str | None = None
    overdue_noted: bool = False


class ReleaseBundle(Row, table=True):
    """Versions that go live together or not at all."""

    id: UUID = key_field()
    title: str
    state: str = Field(default="open", max_length=24)
    """``open``, ``scheduled``, ``released`` or ``cancelled``."""
    created_by: str
    created_at: datetime = time_field()
    effective_from: datetime | None = optional_time_field()
