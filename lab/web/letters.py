"""The print house's JSON API: letters as they were collected, and what is reported of them."""

from fastapi import APIRouter
from fastapi.responses import FileResponse
from pydantic import BaseModel

from lab.errands import Errand
from lab.letters import book
from lab.switchboard import PRINT_HOUSE
from lab.web.dependencies import (
    Here,
    SwitchRead,
    SwitchUpdate,
    move_switch,
    read_switch,
    there,
)
from lab.world import World

router = APIRouter(prefix="/lab", tags=["letters"])


class ReportRead(BaseModel):
    """One report to OpenCCM."""

    status: str
    created_at: str
    attempts: int
    error: str | None
    done_at: str | None


class LetterDetail(book.Letter):
    """A letter and what is reported of it."""

    reports: list[ReportRead]


class ReportCreate(BaseModel):
    """What became of a letter."""

    status: book.LetterStatus


@router.get("/letters")
async def list_letters(
    world: Here, communication: str | None = None, limit: int = 200
) -> list[book.Letter]:
    """The letters collected, newest first."""
    return await world.store.read(
        lambda connection: book.letters(connection, communication, limit=limit)
    )


@router.get("/letters/{letter_id}")
async def read_letter(world: Here, letter_id: str) -> LetterDetail:
    """One letter."""
    letter = await _letter(world, letter_id)
    reports = await world.store.read(lambda connection: book.reports(connection, letter_id))
    return LetterDetail(**letter.model_dump(), reports=[report(errand) for errand in reports])


@router.get("/letters/{letter_id}/pdf", response_class=FileResponse)
async def read_pdf(world: Here, letter_id: str) -> FileResponse:
    """The letter's PDF."""
    path = world.print_house.pdf(await _letter(world, letter_id))
    return FileResponse(
        path,
        media_type="application/pdf",
        filename=path.name,
        content_disposition_type="inline",
    )


@router.post("/letters/{letter_id}/reports")
async def create_report(world: Here, letter_id: str, body: ReportCreate) -> LetterDetail:
    """Report a letter as dispatched or returned; each is reported once."""
    letter = await _letter(world, letter_id)
    await world.store.write(lambda connection: book.owe_report(connection, letter, body.status))
    world.reports.wake()
    return await read_letter(world, letter_id)


@router.get("/print-house")
async def read_print_house(world: Here) -> SwitchRead:
    """Whether the print house reports by itself."""
    return read_switch(world, "print-house", PRINT_HOUSE)


@router.put("/print-house")
async def update_print_house(world: Here, update: SwitchUpdate) -> SwitchRead:
    """Let the print house report every letter (auto) or wait for you (manual)."""
    return await move_switch(world, "print-house", PRINT_HOUSE, update)


def report(errand: Errand) -> ReportRead:
    """An errand as the report it carries."""
    return ReportRead(
        status=errand.label,
        created_at=errand.created_at,
        attempts=errand.attempts,
        error=errand.error,
        done_at=errand.done_at,
    )


async def _letter(world: World, letter_id: str) -> book.Letter:
    found = await world.store.read(lambda connection: book.letter(connection, letter_id))
    return there(found, "letter", letter_id)
