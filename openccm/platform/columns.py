"""Column kinds that mean the same on SQLite and PostgreSQL."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Insert, Integer, Table, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declared_attr
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC. SQLite forgets zones, so they are put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times where they are written, not where they hurt."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


PlainJson = JSON().with_variant(JSONB(), "postgresql")
"""JSON as text on SQLite and as JSONB on PostgreSQL."""


Number = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number that the database hands out where it is a primary key."""


class Row(SQLModel):
    """The base of every table: its name is the class's name in snake case."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  # pyright: ignore[reportIncompatibleVariableOverride]
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


def bulk_insert(kind: type[Row]) -> Insert:
    """An insert that takes many rows, all with the same columns, in one round trip."""
    return insert(table_of(kind))


def table_of(kind: type[Row]) -> Table:
    """The table behind a class."""
    return kind.metadata.tables[str(kind.__tablename__)]


def new_id() -> UUID:
    """A time-ordered id (UUID version 7, RFC 9562): new rows stay together in every index."""
    return uuid7()


def key_field() -> Any:
    """The primary key of every table."""
    return Field(default_factory=new_id, primary_key=True)


def time_field(*, index: bool = False) -> Any:
    """A time that must be there."""
    return Field(sa_type=UtcDateTime, index=index)  # pyright: ignore[reportArgumentType, reportCallIssue]


def optional_time_field(*, index: bool = False) -> Any:
    """A time that may be missing."""
    return Field(default=None, sa_type=UtcDateTime, index=index)  # pyright: ignore[reportArgumentType, reportCallIssue]


def json_field(*, optional: bool = False) -> Any:
    """A JSON document; an empty object unless ``optional``."""
    if optional:
        return Field(default=None, sa_type=PlainJson, nullable=True)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return Field(default_factory=dict, sa_type=PlainJson)  # pyright: ignore[reportArgumentType, reportCallIssue]


def json_list_field() -> Any:
    """A JSON list, empty at first."""
    return Field(default_factory=list, sa_type=PlainJson)  # pyright: ignore[reportArgumentType, reportCallIssue]


def optional_json_list_field() -> Any:
    """A JSON list that may be missing."""
    return Field(default=None, sa_type=PlainJson, nullable=True)  # pyright: ignore[reportArgumentType, reportCallIssue]
