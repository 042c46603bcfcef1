"""Definitions: finding and reading them, what changed, who uses them; the kill switch of each."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.definitions import (
    MOST,
    Code,
    DefinitionRead,
    Files,
    Number,
    ReasonGiven,
    StepRead,
    VerdictRead,
    plain,
)
from api.dependencies import DefinitionManager, DefinitionReader, HouseDep, Reading, Writing
from openccm.communications.commands import release_definition
from openccm.communications.facts import standing_hold
from openccm.processes.pins import in_flight
from openccm.repository import holds
from openccm.repository.approvals import standings, verdicts_on
from openccm.repository.audience import hidden_from
from openccm.repository.contents import files_of
from openccm.repository.difference import difference
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.moves import By
from openccm.repository.publication import retire, roll_back
from openccm.repository.search import Wanted, search, where_used
from openccm.repository.shelf import uses_of, version_of, versions_of

router = APIRouter(prefix="/v1/definitions", tags=["definitions"])

State = Literal[
    "draft",
    "in_review",
    "approved",
    "scheduled",
    "live",
    "suspended",
    "superseded",
    "retired",
]


class DefinitionDetail(DefinitionRead):
    """The newest version, and whether the kill switch is on."""

    held_by: str | None
    held_since: datetime | None


class FileRead(BaseModel):
    """One file of a version."""

    path: str
    sha256: str


class UseRead(BaseModel):
    """A definition that a version relies on."""

    kind: str
    code: str


class VersionDetail(DefinitionRead):
    """One version with all that was decided about it."""

    editors: list[str]
    submission: int
    files: list[FileRead]
    uses: list[UseRead]
    steps: list[StepRead]
    verdicts: list[VerdictRead]


class DependentRead(BaseModel):
    """A version that relies on a definition."""

    code: str
    kind: str
    version: int
    state: str
    in_flight: Annotated[int, Field(description="What is under way with it.")]


class WhereUsedRead(BaseModel):
    """Who relies on a definition, and what is under way with each of its own versions."""

    used_by: list[DependentRead]
    in_flight: Annotated[dict[int, int], Field(description="What is under way, by version.")]


class FileChangeRead(BaseModel):
    """One file that changed."""

    path: str
    change: str
    diff: str | None


class LogicChangeRead(BaseModel):
    """One value of the definition that changed."""

    path: str
    change: str
    before: Any
    after: Any


class DiffRead(BaseModel):
    """What changed from one version to another."""

    texts: list[FileChangeRead]
    logic: list[LogicChangeRead]


class HoldCreate(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class HoldRead(BaseModel):
    """The kill switch."""

    code: str
    by: str
    reason: str
    since: datetime


class ReleaseRead(BaseModel):
    """How many requests go on."""

    released: int


class RollbackCreate(BaseModel):
    """What shall be in force again, and why."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, le=MOST)]
    reason: Annotated[str, Field(min_length=1, max_length=500)]


@router.get("")
async def list_definitions(
    session: Reading,
    caller: DefinitionReader,
    text: Annotated[str | None, Query(max_length=200)] = None,
    kind: Annotated[str | None, Query(max_length=60)] = None,
    state: Annotated[list[State] | None, Query(max_length=8)] = None,
    owner: Annotated[str | None, Query(max_length=80)] = None,
    after: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[DefinitionRead]:
    """What is in force, or in other states; with words in a title, code or text."""
    states = state or IN_FORCE
    hidden = await hidden_from(session, caller)
    rows = await search(session, Wanted(text, kind, states, owner, after, limit, hidden))
    return [DefinitionRead.of(row) for row in rows]


@router.get("/{code}")
async def read_definition(
    code: Code, session: Reading, caller: DefinitionReader
) -> DefinitionDetail:
    """The version in force; the newest where none is."""
    rows = await versions_of(session, code)
    shown = next((row for row in rows if row.live), rows[0])
    hold = await standing_hold(session, code)
    return DefinitionDetail(
        **DefinitionRead.of(shown).model_dump(),
        held_by=hold.by if hold else None,
        held_since=hold.since if hold else None,
    )


@router.get("/{code}/versions")
async def list_versions(
    code: Code, session: Reading, caller: DefinitionReader
) -> list[DefinitionRead]:
    """Every version, newest first."""
    return [DefinitionRead.of(row) for row in await versions_of(session, code)]


@router.get("/{code}/versions/{number}")
async def read_version(
    code: Code, number: Number, house: HouseDep, caller: DefinitionReader, session: Reading
) -> VersionDetail:
    """One version: its files, what it uses, its approval."""
    row = await version_of(session, code, number)
    verdicts = await verdicts_on(session, row)
    steps = await standings(session, row, house.desk.clock(), verdicts)
    return VersionDetail(
        **DefinitionRead.of(row).model_dump(),
        editors=row.editors,
        submission=row.submission,
        files=[FileRead(path=path, sha256=row.files[path]) for path in sorted(row.files)],
        uses=[UseRead(kind=use.kind, code=use.code) for use in await uses_of(session, [row.id])],
        steps=[StepRead.of(each) for each in steps],
        verdicts=[VerdictRead.of(each) for each in verdicts],
    )


@router.get("/{code}/versions/{number}/files")
async def read_files(
    code: Code, number: Number, session: Reading, caller: DefinitionReader
) -> Files:
    """The files of a version, whole, as a draft takes them."""
    return plain(await files_of(session, await version_of(session, code, number)))


@router.get("/{code}/versions/{number}/plan")
async def read_plan(
    code: Code, number: Number, session: Reading, caller: DefinitionReader
) -> dict[str, Any] | None:
    """The compiled plan; null for what does not run, and for drafts."""
    return (await version_of(session, code, number)).plan


@router.get("/{code}/where-used")
async def read_where_used(code: Code, session: Reading, caller: DefinitionReader) -> WhereUsedRead:
    """Who relies on it, by version and state, and how much is under way with each."""
    await versions_of(session, code)
    hidden = await hidden_from(session, caller)
    users = [user for user in await where_used(session, code) if user.code not in hidden]
    pins = await in_flight(session, {code, *(user.code for user in users)})
    return WhereUsedRead(
        used_by=[
            DependentRead(
                **user.model_dump(include={"code", "kind", "version", "state"}),
                in_flight=pins.get((user.code, user.version), 0),
            )
            for user in users
        ],
        in_flight={version: count for (own, version), count in pins.items() if own == code},
    )


@router.get("/{code}/diff")
async def read_diff(
    code: Code,
    session: Reading,
    caller: DefinitionReader,
    before: Annotated[int, Query(alias="from", ge=1, le=MOST)],
    after: Annotated[int, Query(alias="to", ge=1, le=MOST)],
) -> DiffRead:
    """What changed from one version to another: texts line by line, logic value by value."""
    files = [
        await files_of(session, await version_of(session, code, number))
        for number in (before, after)
    ]
    return DiffRead.model_validate(difference(*files), from_attributes=True)


@router.post("/{code}/hold")
async def hold_definition(
    code: Code, body: HoldCreate, house: HouseDep, caller: DefinitionManager, session: Writing
) -> HoldRead:
    """Stop everything of this definition that has not left yet."""
    row = await holds.hold(session, code, body.reason, actor=caller.actor, now=house.desk.clock())
    return HoldRead.model_validate(row, from_attributes=True)


@router.post("/{code}/release")
async def release_held_definition(
    code: Code, body: HoldCreate, house: HouseDep, caller: DefinitionManager
) -> ReleaseRead:
    """Let everything that waited go on."""
    released = await release_definition(
        house.desk, house.engine, code, body.reason, actor=caller.actor
    )
    return ReleaseRead(released=released)


@router.post("/{code}/rollback")
async def roll_definition_back(
    code: Code, body: RollbackCreate, house: HouseDep, caller: DefinitionManager, session: Writing
) -> DefinitionRead:
    """Bring what was in force once back, as a version of its own."""
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await roll_back(session, code, body.version, body.reason, by))


@router.post("/{code}/retire")
async def retire_definition(
    code: Code, body: ReasonGiven, house: HouseDep, caller: DefinitionManager, session: Writing
) -> DefinitionRead:
    """Take a definition out of use; refused while something relies on it."""
    pins = await in_flight(session, [user.code for user in await where_used(session, code)])
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await retire(session, code, body.reason, by, in_flight=pins))
