"""Persons, accounts and contact points."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from openccm.platform.columns import Row, json_field, key_field, time_field


class Person(Row, table=True):
    """An individual or organisation communicated with."""

    id: UUID = key_field()
    key: str = Field(unique=True, max_length=80)
    """The core systems' name for the person, e.g. ``P-1001``."""
    name: str
    given_name: str = ""
    family_name: str = ""
    salutation: str = ""
    language: str = "en"
    time_zone: str = "Europe/London"
    division: str = ""
    restricted: bool = False
    """Processing is restricted: nothing is sent except by order of the privacy officer."""
    deceased: bool = False
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Account(Row, table=True):
    """A billing relationship with one holder."""

    id: UUID = key_field()
    key: str = Field(unique=True, max_length=80)
    holder_id: UUID = Field(foreign_key="person.id", index=True)
    account_class: str = ""
    created_at: datetime = time_field()


class ContactPoint(Row, table=True):
    """Where a person can be reached on one channel."""

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    channel: str = Field(max_length=40)
    value: str
    """Normalised: an e-mail address, an E.164 number; for letters one line that names the place."""
    address: dict[str, Any] = json_field()
    """For letters: ``lines``, the postal address as it stands in the window."""
    rank: int = 0
    """Lower is preferred within its channel."""
    verified: bool = False
    state: str = "active"
    """``active`` or ``invalid``; a hard bounce makes it invalid."""
    reason: str | None = None
    updated_at: datetime = time_field()
