"""Print runs: their files, their pieces, what the print house answered, and the reckoning."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api.dependencies import HouseDep, LetterManager, Reading, Writing
from api.models import Listed, Page
from api.routes.letters import Body, PieceRead, ReasonBody
from openccm.letters import queries
from openccm.letters.answers import keep_answer
from openccm.letters.building import files_of
from openccm.letters.following import try_again
from openccm.letters.reconciling import confirm, reconcile, totals
from openccm.letters.sheet import pieces_of
from openccm.letters.tables import PrintAnswer, PrintRun
from openccm.platform import outbox

router = APIRouter(prefix="/v1/print-runs", tags=["letters"])

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class PrintRunRead(Listed):
    """A print run as it stands."""

    number: int
    extract: str
    version: int
    state: str
    letters: int
    sheets: int
    pages: int
    records: int
    fault: str | None
    says: Annotated[str | None, Field(description="Why it could not be handed over or answered.")]
    tries: int
    try_at: datetime | None
    alerted_at: datetime | None
    opened_at: datetime
    sealed_at: datetime | None
    closed_at: datetime | None
    transferred_at: datetime | None
    acknowledged_at: datetime | None
    reconciled_at: datetime | None

    @classmethod
    def of(cls, run: PrintRun) -> "PrintRunRead":
        """The public face of a row."""
        return cls.model_validate(run, from_attributes=True)


class FileRead(BaseModel):
    """A file of a run."""

    name: str
    kind: str
    letters: int
    sheets: int
    pages: int
    size: int
    sha256: str


class PrintRunDetail(PrintRunRead):
    """A print run with its files and the reckoning."""

    files: list[FileRead]
    pieces: Annotated[dict[str, int], Field(description="Its pieces by what became of them.")]


class AnswerRead(Listed):
    """An acknowledgement and what it came to."""

    name: str
    sha256: str
    received_by: str
    received_at: datetime
    applied_at: datetime | None
    lines: int
    applied: int
    unknown: list[dict[str, object]]

    @classmethod
    def of(cls, answer: PrintAnswer) -> "AnswerRead":
        """The public face of a row."""
        return cls.model_validate(answer, from_attributes=True)


class ConfirmBody(Body):
    """Which pieces were not printed well."""

    except_for: tuple[int, ...] = Field((), max_length=5000)


@router.get("")
async def list_print_runs(
    session: Reading,
    caller: LetterManager,
    state: Annotated[str | None, Query(max_length=24)] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[PrintRunRead]:
    """Print runs, newest first."""
    found = await queries.print_runs(session, state=state, after=after, limit=limit)
    return Page[PrintRunRead].of([PrintRunRead.of(each) for each in found], limit)


@router.get("/{number}")
async def read_print_run(number: Number, session: Reading, caller: LetterManager) -> PrintRunDetail:
    """One print run: its files, and what became of its pieces."""
    run = await queries.run_by_number(session, number)
    files = await files_of(session, run.id)
    return PrintRunDetail(
        **PrintRunRead.of(run).model_dump(),
        files=[FileRead.model_validate(each, from_attributes=True) for each in files],
        pieces=totals(await pieces_of(session, run.id)),
    )


@router.get("/{number}/pieces")
async def list_run_pieces(
    number: Number,
    session: Reading,
    caller: LetterManager,
    state: Annotated[str | None, Query(max_length=24)] = None,
    after: Annotated[int, Query(ge=0, description="The last sequence seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[PieceRead]:
    """Pieces of a run in their order."""
    run = await queries.run_by_number(session, number)
    found = await queries.pieces_of_run(session, run.id, state=state, after=after, limit=limit)
    return [PieceRead.of(each) for each in found]


@router.get("/{number}/answers")
async def list_answers(number: Number, session: Reading, caller: LetterManager) -> list[AnswerRead]:
    """What the print house answered, and which lines could not be applied."""
    run = await queries.run_by_number(session, number)
    return [AnswerRead.of(each) for each in await queries.answers_of(session, run.id)]


@router.post("/{number}/answers", status_code=HTTPStatus.ACCEPTED)
async def load_answer(
    number: Number, request: Request, house: HouseDep, session: Writing, caller: LetterManager
) -> AnswerRead:
    """Load an acknowledgement file: CSV with the columns `sequence`, `status` and `reason`."""
    run = await queries.run_by_number(session, number)
    answer = await keep_answer(
        session,
        run.id,
        "loaded by hand",
        await request.body(),
        actor=caller.actor,
        now=house.desk.clock(),
    )
    await outbox.put(session, "print-run", [run.id], house.desk.clock())
    return AnswerRead.of(answer)


@router.post("/{number}/confirm", status_code=HTTPStatus.ACCEPTED)
async def confirm_print_run(
    number: Number, body: ConfirmBody, house: HouseDep, session: Writing, caller: LetterManager
) -> PrintRunRead:
    """Say that all pieces were printed well, but for those named: these stay in the queue."""
    now = house.desk.clock()
    run = await queries.run_by_number(session, number)
    run = await confirm(session, run.id, body.except_for, actor=caller.actor, now=now)
    await outbox.put(session, "print-run", [run.id], now)
    return PrintRunRead.of(run)


@router.post("/{number}/reconcile")
async def reconcile_print_run(
    number: Number, body: ReasonBody, house: HouseDep, session: Writing, caller: LetterManager
) -> PrintRunRead:
    """Take what nobody answered for as spoiled, print it anew, and close the reckoning."""
    run = await queries.run_by_number(session, number)
    now = house.desk.clock()
    return PrintRunRead.of(
        await reconcile(session, run.id, body.reason, actor=caller.actor, now=now)
    )


@router.post("/{number}/retry")
async def retry_print_run(
    number: Number, body: ReasonBody, house: HouseDep, session: Writing, caller: LetterManager
) -> PrintRunRead:
    """Hand over now, after what kept it from that was mended."""
    now = house.desk.clock()
    run = await queries.run_by_number(session, number)
    run = await try_again(session, run.id, body.reason, actor=caller.actor, now=now)
    await outbox.put(session, "print-run", [run.id], now)
    return PrintRunRead.of(run)
