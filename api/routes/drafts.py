"""Drafts: written by several, submitted once nothing is wrong with them."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.definitions import (
    MOST,
    Code,
    DefinitionRead,
    DraftRead,
    Files,
    contents,
    hashes_in,
)
from api.dependencies import DefinitionReader, DefinitionWriter, HouseDep, Reading, Writing
from api.routes.simulations import borrowed
from openccm.language.problems import Problem
from openccm.repository.approvals import submit
from openccm.repository.drafts import Saved, Text, discard_draft, known_contents, read_draft
from openccm.repository.drafts import save_draft as save
from openccm.repository.moves import By
from openccm.simulation.cases import CaseResult
from openccm.simulation.desk import cases_of_draft, refuse_failing
from openccm.simulation.story import Simulation

router = APIRouter(prefix="/v1/definitions/{code}", tags=["definitions"])

Seen = Annotated[
    str | None,
    Header(alias="If-Match", max_length=80, description="The ETag of the draft that was edited."),
]


class DraftUpdate(BaseModel):
    """All files of a draft, and the version it was begun from."""

    model_config = ConfigDict(extra="forbid")

    files: Annotated[
        Files,
        Field(
            min_length=1,
            max_length=500,
            description="Path to text; `{base64: …}` for bytes; `{sha256: …}` for a content that "
            "an earlier version has.",
        ),
    ]
    base: Annotated[int | None, Field(ge=1, le=MOST)] = None
    note: Annotated[str | None, Field(max_length=500)] = None


class SubmissionCreate(BaseModel):
    """What approvers should know."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str | None, Field(max_length=500)] = None


class PlayedCaseRead(BaseModel):
    """What became of one saved case."""

    name: str
    passed: bool
    problems: list[Problem]
    differences: Annotated[
        list[str], Field(description="What is written otherwise than was accepted, line by line.")
    ]
    simulation: Simulation | None

    @classmethod
    def of(cls, result: CaseResult) -> "PlayedCaseRead":
        """The public face of a result."""
        return cls(
            name=result.name,
            passed=result.passed,
            problems=list(result.problems),
            differences=list(result.differences),
            simulation=result.simulation,
        )


@router.get("/draft")
async def read_the_draft(
    code: Code, session: Reading, caller: DefinitionReader, response: Response
) -> DraftRead:
    """The draft and all that is wrong with it; its ETag goes with the next save."""
    return _shown(await read_draft(session, code), response)


@router.put("/draft")
async def save_draft(
    code: Code,
    body: DraftUpdate,
    house: HouseDep,
    caller: DefinitionWriter,
    session: Writing,
    response: Response,
    seen: Seen = None,
) -> DraftRead:
    """Save a draft, with problems if need be; refused where somebody else was faster."""
    known = await known_contents(session, code, hashes_in(body.files))
    text = Text(contents(body.files, known), body.base, _digest(seen), body.note)
    by = By(caller.actor, house.desk.clock())
    return _shown(await save(session, code, text, by), response)


@router.delete("/draft", status_code=HTTPStatus.NO_CONTENT)
async def delete_draft(
    code: Code, house: HouseDep, caller: DefinitionWriter, session: Writing
) -> None:
    """Give the draft up."""
    await discard_draft(session, code, None, By(caller.actor, house.desk.clock()))


@router.post("/draft/submit")
async def submit_draft(
    code: Code,
    body: SubmissionCreate,
    house: HouseDep,
    caller: DefinitionWriter,
    seen: Seen = None,
) -> DefinitionRead:
    """Hand the draft over for approval; refused with everything that is wrong with it.

    Its saved cases are played first, and each must come out as it says.
    """
    async with house.desk.database.read() as session:
        draft = await read_draft(session, code)
        refuse_failing(await cases_of_draft(session, borrowed(house), code))
    seen_by = _digest(seen) or draft.version.digest
    async with house.desk.database.begin() as session:
        by = By(caller.actor, house.desk.clock())
        return DefinitionRead.of(await submit(session, code, body.note, by, seen=seen_by))


@router.post("/draft/cases")
async def play_cases(
    code: Code,
    house: HouseDep,
    caller: DefinitionReader,
    name: Annotated[str | None, Query(max_length=80, description="Only the case so named.")] = None,
) -> list[PlayedCaseRead]:
    """Play the saved cases of the draft: what came out otherwise, and what is written anew."""
    async with house.desk.database.read() as session:
        results = await cases_of_draft(session, borrowed(house), code, name)
    return [PlayedCaseRead.of(each) for each in results]


def _shown(saved: Saved, response: Response) -> DraftRead:
    response.headers["ETag"] = f'"{saved.version.digest}"'
    shown = DefinitionRead.of(saved.version).model_dump()
    return DraftRead(**shown, problems=saved.problems)


def _digest(seen: str | None) -> str | None:
    return seen.removeprefix("W/").strip('"') if seen is not None else None
