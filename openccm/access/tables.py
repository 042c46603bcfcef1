"""Who may ask: core systems with their keys, users with their roles, groups and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
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
    owner: str | None = None
    """The user who had it issued and so may hold it: ``user:ad1``. None where a system had."""
    created_at: datetime = time_field()
    expires_at: datetime | None = optional_time_field()


class User(Row, table=True):
    """A person who signs in: with a password kept here, or through the company's directory."""

    # "user" means something else to PostgreSQL.
    __tablename__ = "users"  # pyright: ignore[reportAssignmentType]
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: UUID = key_field()
    name: str = Field(unique=True, max_length=32)
    """What they sign in with; the trail calls them ``user:{name}``."""
    title: str
    """What people call them."""
    active: bool = True
    password_hash: str | None = None
    """argon2id; None for those who sign in through a directory."""
    one_time_until: datetime | None = optional_time_field()
    """Of a password that somebody else knows: how long one may sign in with it, to change it."""
    issuer: str | None = None
    """The directory they come from (OpenID Connect)."""
    subject: str | None = None
    """What that directory calls them, for ever."""
    roles: list[str] = json_list_field()
    groups: list[str] = json_list_field()
    created_at: datetime = time_field()
    last_sign_in_at: datetime | None = optional_time_field()


class Role(Row, table=True):
    """A named set of rights that the company made; the built-in ones are not kept here."""

    id: UUID = key_field()
    code: str = Field(unique=True, max_length=60)
    title: str
    scopes: list[str] = json_list_field()
    roles: list[str] = json_list_field()
    """What its bearers may decide and work on: approval steps and to-dos name such roles."""
    divisions: list[str] | None = optional_json_list_field()
    """The divisions whose persons they may see; None leaves that to their other roles."""


class UserGroup(Row, table=True):
    """Users with the same roles; for those from a directory it is a group there."""

    id: UUID = key_field()
    code: str = Field(unique=True, max_length=100)
    title: str
    roles: list[str] = json_list_field()


class UserSession(Row, table=True):
    """From a user's sign-in to their sign-out. Only a hash of its token is kept."""

    id: UUID = key_field()
    user_id: UUID = Field(foreign_key="users.id", index=True)
    hash: str = Field(unique=True)
    method: str
    """``password`` or ``oidc``."""
    created_at: datetime = time_field()
    seen_at: datetime = time_field()
    expires_at: datetime = time_field(index=True)
    """However busy it is."""
    ended_at: datetime | None = optional_time_field()


class SignInGuard(Row, table=True):
    """How often signing in failed of late, for one user name or one address."""

    subject: str = Field(primary_key=True, max_length=64)
    """A hash: people type passwords where names belong."""
    failures: int = 0
    last_at: datetime = time_field()
    barred_until: datetime | None = optional_time_field()


class Clearance(Row, table=True):
    """That a user may see a person with the VIP flag for a while. Life cycle: ``CLEARANCE``."""

    __table_args__ = (Index("ix_clearance_asked_by", "asked_by", "state"),)

    id: UUID = key_field()
    person_id: UUID = Field(foreign_key="person.id", index=True)
    asked_by: str
    """The user's actor."""
    reason: str
    state: str = Field(default="asked", max_length=24)
    asked_at: datetime = time_field()
    decided_by: str | None = None
    decided_at: datetime | None = optional_time_field()
    until: datetime | None = optional_time_field()
    """How long it holds, once it is granted."""


class Absence(Row, table=True):
    """While a user is away somebody else bears their roles as well."""

    user_id: UUID = Field(primary_key=True, foreign_key="users.id")
    delegate_id: UUID = Field(foreign_key="users.id", index=True)
    since: datetime = time_field()
    until: datetime = time_field()
