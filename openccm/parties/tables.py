"""Persons, accounts, premises, and how they hang together."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from openccm.platform.columns import (
    Number,
    Row,
    json_field,
    json_list_field,
    key_field,
    optional_time_field,
    time_field,
)


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
    kind: str = "individual"
    """``individual`` or ``organisation``."""
    vip: bool = False
    needs: list[str] = json_list_field()
    """Special needs, by code: ``large-print``, ``braille``, ``vulnerable``."""
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Account(Row, table=True):
    """A billing relationship with one holder; others are linked to it by their roles."""

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
    value: str = Field(index=True)
    """Normalised: an e-mail address, an E.164 number; for letters one line that names the place."""
    address: dict[str, Any] = json_field()
    """For letters: ``lines``, the postal address as it stands in the window."""
    rank: int = 0
    """Lower is preferred within its channel."""
    verified: bool = False
    state: str = "active"
    """``active`` or ``invalid``; a hard bounce makes it invalid."""
    reason: str | None = None
    original: str = ""
    """As it was told, where that is not ``value``."""
    line: str = ""
    """What kind of number it is: ``mobile``, ``landline``, ``other``; empty where it is none."""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day on which it may be used."""
    verified_at: datetime | None = optional_time_field()
    do_not_disturb: bool = False
    """Used for what nobody can decline, and for nothing else."""
    updated_at: datetime = time_field()


class ContactPointCode(Row, table=True):
    """A code that was sent to a contact point; whoever can tell it reads what arrives there."""

    id: UUID = key_field()
    contact_point_id: UUID = Field(foreign_key="contact_point.id", index=True)
    hash: str = Field(max_length=64)
    state: str = Field(default="sent", max_length=24)
    """``sent``, ``confirmed``, ``refused`` after too many tries, or ``replaced`` by a later one."""
    tries: int = 0
    sent_by: str
    sent_at: datetime = time_field()
    expires_at: datetime = time_field()
    request_id: UUID | None = None
    """The request that sends it."""


class Premise(Row, table=True):
    """A place that is served, whoever lives there."""

    id: UUID = key_field()
    key: str = Field(unique=True, max_length=80)
    lines: list[str] = json_list_field()
    """The address, line by line."""
    service_point: str = ""
    """The reference of what serves it: a meter point, a line."""
    division: str = ""
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Identifier(Row, table=True):
    """What somebody else calls a person, an account or a premise."""

    __table_args__ = (
        UniqueConstraint("object_kind", "kind", "value"),
        Index("ix_identifier_object_id", "object_id"),
    )

    id: UUID = key_field()
    object_kind: str = Field(max_length=20)
    """``person``, ``account`` or ``premise``."""
    object_id: UUID
    kind: str = Field(max_length=40)
    """``loyalty``, ``tax``, or the code of a core system."""
    value: str = Field(max_length=120)


class AccountLink(Row, table=True):
    """A member of an account: a person with a role who is not the holder."""

    __table_args__ = (UniqueConstraint("account_id", "person_id", "role"),)

    id: UUID = key_field()
    account_id: UUID = Field(foreign_key="account.id")
    person_id: UUID = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=40)
    """``authorised``, ``payer``, ``tenant``."""
    scope: str = ""
    """What the role is limited to, e.g. ``billing``; empty for everything."""
    valid_from: date | None = None
    valid_until: date | None = None


class Occupancy(Row, table=True):
    """Who is, or was, at a premise."""

    id: UUID = key_field()
    premise_id: UUID = Field(foreign_key="premise.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    person_id: UUID | None = Field(default=None, foreign_key="person.id", index=True)
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day; empty while they are there."""


class Relationship(Row, table=True):
    """What one person is to another: ``other`` is the ``relation`` of ``person``."""

    __table_args__ = (UniqueConstraint("person_id", "other_id", "relation"),)

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id")
    other_id: UUID = Field(foreign_key="person.id", index=True)
    relation: str = Field(max_length=40)
    """``guardian``, ``authorised``, ``landlord``, ``companion``."""
    scope: str = ""
    """What it is limited to, e.g. ``billing``; empty for everything."""
    valid_from: date | None = None
    valid_until: date | None = None


class PartyCode(Row, table=True):
    """A code that persons, accounts and premises carry: a division, a customer class."""

    __table_args__ = (UniqueConstraint("kind", "code"),)

    id: UUID = key_field()
    kind: str = Field(max_length=20)
    """``division`` or ``customer-class``."""
    code: str = Field(max_length=40)
    title: str
    facts: dict[str, Any] = json_field()
    """Of a division: ``calendar``, and ``endpoints`` by channel, to send from."""
    closed_at: datetime | None = optional_time_field()
    """From then on nothing new may carry it."""
    updated_at: datetime = time_field()


class SyncVersion(Row, table=True):
    """How far a core system has told of one of its objects."""

    __table_args__ = (UniqueConstraint("source", "object_kind", "external_key"),)

    id: UUID = key_field()
    source: str = Field(max_length=120)
    object_kind: str = Field(max_length=20)
    external_key: str = Field(max_length=80)
    object_key: str = Field(max_length=80)
    version: int
    at: datetime = time_field()


class HandOff(Row, table=True):
    """An object that a core system is asked to establish, with what an agent has typed so far."""

    id: UUID = key_field()
    object_kind: str = Field(max_length=20)
    state: str = Field(default="open", index=True)
    typed: dict[str, Any] = json_field()
    """What the agent has typed, e.g. ``address``; emptied when it is closed."""
    object_key: str | None = None
    """The key it was established under."""
    division: str = ""
    """Whose object it will be; who is narrowed to divisions sees those of theirs alone."""
    asked_by: str
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class SearchEntry(Row, table=True):
    """An object as the search knows it. A trigram index on ``terms`` finds any part of a word."""

    number: int | None = Field(default=None, primary_key=True, sa_type=Number)
    object_id: UUID = Field(unique=True)
    kind: str = Field(max_length=20)
    """``person``, ``account`` or ``premise``."""
    key: str = Field(max_length=80)
    division: str = ""
    terms: str
    """All its words, each between blanks; ``:name`` and the like say what those after it are."""


class SearchWord(Row, table=True):
    """A word that occurs somewhere, under each of the ways to leave letters of it out."""

    variant: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
