"""Core systems and the keys they sign in with."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from openccm.platform.columns import (
    Row,
    json_list_field,
    key_field,
    optional_json_list_field,
    optional_time_field,
    time_field,
)


class CoreSystem(Row, table=True):
    """A business system that asks for communications and is told what became of them."""

    id: UUID = key_field()
    code: str = Field(unique=True, max_length=40)
    title: str
    active: bool = True
    created_at: datetime = time_field()


class ApiKey(Row, table=True):
    """One credential of a core system. Only a hash is kept; two may overlap while rotating."""

    id: UUID = key_field()
    system_code: str = Field(index=True, foreign_key="core_system.code")
    hash: str = Field(unique=True)
    """SHA-256 of the key. The key is 256 random bits, so a slow hash would add nothing."""
    scopes: list[str] = json_list_field()
    definitions: list[str] | None = optional_json_list_field()
    """The definitions it may use; None for all."""
    roles: list[str] = json_list_field()
    """What its bearer may decide: approval steps and to-dos name roles."""
    created_at: datetime = time_field()
    expires_at: datetime | None = optional_time_field()
