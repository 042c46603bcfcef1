"""Runs of jobs, the items that went wrong in them, and when jobs are to run."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
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


class JobRun(Row, table=True):
    """One execution of a job. Life cycle: ``JOB_RUN``."""

    __table_args__ = (UniqueConstraint("job", "number"),)

    id: UUID = key_field()
    job: str = Field(max_length=60)
    number: int
    """Counts the runs of its job."""
    opened_as: str = Field(unique=True, max_length=200)
    """Whose ask it is: the same ask twice is one run."""
    active: str | None = Field(default=None, unique=True, max_length=60)
    """The job's code until the run has ended: no job has two runs at once."""
    state: str = Field(default="waiting", max_length=24)
    mode: str = Field(default="due", max_length=16)
    """What it goes through: what is ``due``, what ``failed`` before, or nothing (``reprocess``)."""
    reason: str | None = None
    waiting_for: str | None = None
    """What an operator reads of a run that waits."""
    overrides: bool = False
    """An operator let it go on without waiting for other jobs or for its window."""
    parameters: dict[str, Any] = json_field()
    detail: dict[str, Any] = json_field()
    """What the job itself noted: references to what it made."""
    begun: bool = False
    cursor: str = ""
    """The last item that was dealt with; moves in the item's own transaction."""
    read: int = 0
    processed: int = 0
    failed: int = 0
    skipped: int = 0
    opened_by: str
    opened_at: datetime = time_field()
    started_at: datetime | None = optional_time_field()
    heartbeat_at: datetime | None = optional_time_field()
    """When it last dealt with something."""
    ended_at: datetime | None = optional_time_field()
    updated_at: datetime = time_field()
    trail_sequence: int = 0
    trail_hash: str = Field(default=GENESIS, max_length=64)
    """The end of its audit chain, so that nothing can be cut off there unseen."""


class JobItem(Row, table=True):
    """An item that a run did not simply process: it failed, was skipped, or was done later."""

    __table_args__ = (UniqueConstraint("run_id", "key"),)

    id: UUID = key_field()
    run_id: UUID = Field(foreign_key="job_run.id", index=True)
    key: str = Field(max_length=200)
    state: str = Field(max_length=16)
    """``failed``, ``skipped``, or ``done`` where a rerun processed it after all."""
    code: str = Field(max_length=60)
    reason: str
    tries: int = 1
    at: datetime = time_field()


class JobTimetable(Row, table=True):
    """When a job runs by itself, within which hours, and after which other jobs."""

    id: UUID = key_field()
    job: str = Field(unique=True, max_length=60)
    timing: dict[str, Any] = json_field(optional=True)
    """As ``Timing`` spells it; None where it runs only when asked."""
    window: dict[str, Any] = json_field(optional=True)
    """As ``Window`` spells it."""
    after: list[dict[str, Any]] = json_list_field()
    """As ``Dependency`` spells them."""
    parameters: dict[str, Any] = json_field()
    """What a run that begins by itself is given."""
    updated_by: str
    updated_at: datetime = time_field()
