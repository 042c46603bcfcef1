"""Definition versions and the content they pin."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from openccm.platform.columns import Row, json_field, key_field, optional_time_field, time_field


class DefinitionVersion(Row, table=True):
    """One published version. Never changed; in-flight work keeps the one it began with."""

    __table_args__ = (UniqueConstraint("code", "version"),)

    id: UUID = key_field()
    code: str = Field(max_length=60)
    kind: str
    title: str
    version: int
    digest: str
    files: dict[str, str] = json_field()
    """Path to SHA-256: the YAML, templates and assets, resolved in ``content_blob``."""
    plan: dict[str, Any] | None = json_field(optional=True)
    """The compiled plan of a communication; None for data services."""
    live: bool = True
    published_at: datetime = time_field()
    published_by: str


class ContentBlob(Row, table=True):
    """The bytes behind a hash."""

    hash: str = Field(primary_key=True, max_length=64)
    content: bytes


class DefinitionHold(Row, table=True):
    """A kill switch: while the row is there, nothing of this definition leaves."""

    code: str = Field(primary_key=True, max_length=60)
    by: str
    reason: str
    since: datetime = time_field()
    released_at: datetime | None = optional_time_field()
