"""Shapes that the routes of definitions share."""

from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from openccm.errors import InvalidError
from openccm.language.problems import Problem
from openccm.repository.approvals import Standing
from openccm.repository.instants import instant
from openccm.repository.tables import ApprovalVerdict, DefinitionVersion

MOST = 2_147_483_647
Code = Annotated[str, Path(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]
Number = Annotated[int, Path(ge=1, le=MOST)]


class Binary(BaseModel):
    """Bytes that are no text."""

    model_config = ConfigDict(extra="forbid")

    base64: Annotated[str, Field(max_length=7_000_000)]


class Known(BaseModel):
    """Bytes that an earlier version of the definition has already."""

    model_config = ConfigDict(extra="forbid")

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


Files = dict[str, str | Binary | Known]


class DefinitionRead(BaseModel):
    """One version of a definition."""

    code: str
    kind: str
    title: str
    version: int
    digest: str
    state: str
    live: bool
    author: str
    note: str | None
    base: int | None
    copied_from: int | None
    created_at: datetime
    changed_at: datetime
    effective_from: datetime | None
    published_at: datetime | None
    published_by: str | None
    release_id: UUID | None
    visible_to: Annotated[list[str], Field(description="Roles; for everybody where empty.")]

    @classmethod
    def of(cls, row: DefinitionVersion) -> "DefinitionRead":
        """The public face of a row."""
        plain = row.model_dump(include=set(cls.model_fields) - {"visible_to"})
        return cls(live=row.live, visible_to=row.visible_to.split(), **plain)


class DraftRead(DefinitionRead):
    """A draft, and all that is wrong with it."""

    problems: list[Problem]


class StepRead(BaseModel):
    """How far one step of an approval is."""

    name: str
    role: str
    approvers: str
    at_least: int
    approved_by: list[str]
    done: bool
    waits_for: Annotated[str | None, Field(description="The step that must be done before.")]

    @classmethod
    def of(cls, standing: Standing) -> "StepRead":
        """The public face of a step."""
        return cls(
            name=standing.name,
            **standing.step.model_dump(),
            approved_by=list(standing.approved_by),
            done=standing.done,
            waits_for=standing.waits_for,
        )


class VerdictRead(BaseModel):
    """What one person decided."""

    submission: int
    step: str
    role: str
    actor: str
    verdict: str
    comment: str | None
    at: datetime

    @classmethod
    def of(cls, row: ApprovalVerdict) -> "VerdictRead":
        """The public face of a row."""
        return cls(**row.model_dump(include=set(cls.model_fields)))


class Effective(BaseModel):
    """From when on it shall be in force; at once where left out."""

    model_config = ConfigDict(extra="forbid")

    effective_from: Annotated[
        datetime | None,
        Field(description="With an offset, or local time with `time_zone`."),
    ] = None
    time_zone: Annotated[str | None, Field(max_length=60, examples=["Europe/London"])] = None

    def instant(self) -> datetime | None:
        """The instant in UTC."""
        return instant(self.effective_from, self.time_zone)


class ReasonGiven(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500)]


def plain(files: dict[str, bytes]) -> Files:
    """Files as JSON carries them."""
    return {path: _plain(content) for path, content in sorted(files.items())}


def _plain(content: bytes) -> str | Binary:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return Binary(base64=b64encode(content).decode())
    return Binary(base64=b64encode(content).decode()) if "\0" in text else text


def hashes_in(files: Files) -> set[str]:
    """The contents that are named by hash."""
    return {each.sha256 for each in files.values() if isinstance(each, Known)}


def contents(files: Files, known: dict[str, bytes]) -> dict[str, bytes]:
    """The bytes that JSON carried.

    Raises:
        InvalidError: A file is no base64, or names a content that nobody has.
    """
    return {path: _content(path, written, known) for path, written in files.items()}


def _content(path: str, written: Any, known: dict[str, bytes]) -> bytes:
    if isinstance(written, str):
        return written.encode()
    if isinstance(written, Known):
        if written.sha256 not in known:
            raise InvalidError("files", f"{path}: no version of this definition has this content.")
        return known[written.sha256]
    try:
        return b64decode(written.base64, validate=True)
    except (BadBase64, ValueError):
        raise InvalidError("files", f"{path}: this is no base64.") from None
