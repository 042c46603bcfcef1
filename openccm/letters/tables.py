"""Print runs, their pieces and files, and what print houses answered."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
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


class PrintRun(Row, table=True):
    """Letters that leave together, with their files. Life cycle: ``PRINT_RUN``."""

    id: UUID = key_field()
    number: int = Field(unique=True)
    extract: str = Field(max_length=60)
    """The letter extract whose layout it has, and its version."""
    version: int
    unfinished: str | None = Field(default=None, unique=True, max_length=60)
    """The extract's code until the files are made: letters go into one run at a time."""
    job_run_id: UUID | None = Field(default=None, index=True)
    """The job run that made its files."""
    state: str = Field(default="open", max_length=24)
    letters: int = 0
    sheets: int = 0
    pages: int = 0
    records: int = 0
    """Lines of the records file, without its head and trailer."""
    fault: str | None = Field(default=None, max_length=60)
    says: str | None = None
    """Why the files could not be handed over."""
    tries: int = 0
    try_at: datetime | None = optional_time_field()
    alerted_at: datetime | None = optional_time_field()
    """When somebody was told that no acknowledgement came, or that the hand-over needs a person."""
    opened_at: datetime = time_field()
    sealed_at: datetime | None = optional_time_field()
    """When its pieces got their order; from then on its files are always the same."""
    closed_at: datetime | None = optional_time_field()
    transferred_at: datetime | None = optional_time_field()
    acknowledged_at: datetime | None = optional_time_field()
    reconciled_at: datetime | None = optional_time_field()
    updated_at: datetime = time_field()
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    """The end of its audit chain, so that nothing can be cut off there unseen."""


class LetterPiece(Row, table=True):
    """One letter on paper. Life cycle: ``PIECE``."""

    __table_args__ = (
        UniqueConstraint("communication_id", "ordinal"),
        UniqueConstraint("run_id", "sequence"),
        Index("ix_letter_piece_waiting", "state", "id"),
    )

    id: UUID = key_field()
    communication_id: UUID = Field(foreign_key="communication.id")
    ordinal: int
    """0 is the letter itself; higher ones were printed anew."""
    kind: str = Field(max_length=16)
    """``original``, ``replacement`` of a spoiled one, or ``copy`` that is marked as such."""
    replaces: UUID | None = None
    run_id: UUID | None = Field(default=None, foreign_key="print_run.id")
    sequence: int | None = None
    """Its place in the run, from 1."""
    state: str = Field(max_length=24)
    reason: str | None = None
    document_hash: str = Field(max_length=64)
    """The stored document that is printed."""
    pages: int
    sheets: int
    envelope: str = Field(max_length=10)
    postcode: str = Field(default="", max_length=20)
    inserts: list[str] = json_list_field()
    records: list[str] = json_list_field()
    """The kinds of records it has."""
    facts: dict[str, Any] = json_field()
    """What its records say, as it was when it was extracted."""
    file: str | None = None
    first_page: int | None = None
    """Where it begins in its print file, from 1."""
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class PrintFile(Row, table=True):
    """One file of a run, as it was handed over."""

    __table_args__ = (UniqueConstraint("run_id", "name"),)

    id: UUID = key_field()
    run_id: UUID = Field(foreign_key="print_run.id")
    position: int
    """Its place in the order of the hand-over; the manifest is the last."""
    name: str = Field(max_length=120)
    kind: str = Field(max_length=16)
    """``letters``, ``records`` or ``manifest``."""
    letters: int
    sheets: int
    pages: int
    size: int
    sha256: str = Field(max_length=64)


class PrintAnswer(Row, table=True):
    """An acknowledgement of a print house, as it came, and what it came to."""

    __table_args__ = (UniqueConstraint("run_id", "sha256"),)

    id: UUID = key_field()
    run_id: UUID = Field(foreign_key="print_run.id")
    name: str = Field(max_length=200)
    sha256: str = Field(max_length=64)
    content: bytes
    received_by: str
    received_at: datetime = time_field()
    applied_at: datetime | None = optional_time_field()
    lines: int = 0
    applied: int = 0
    unknown: list[dict[str, Any]] = json_list_field()
    """Lines that name no piece of the run or no status, each with its number and why."""
