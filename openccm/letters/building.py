"""From a run's pieces to its files: once their order is fixed, the files are always the same."""

import asyncio
import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.desk import Desk
from openccm.communications.tables import Communication
from openccm.content.tables import DocumentBuffer
from openccm.errors import StorageError
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.letters.extracting import letter_facts
from openccm.letters.press import PressAnswer, Pressed, PressFile, PressOrder, PressPiece
from openccm.letters.records import encoded, records_of, run_records
from openccm.letters.sheet import opened, pieces_of
from openccm.letters.tables import LetterPiece, PrintFile, PrintRun
from openccm.platform import outbox


class Made(NamedTuple):
    """A file of a run."""

    name: str
    kind: str
    letters: int
    sheets: int
    pages: int
    size: int
    sha256: str


class Files(NamedTuple):
    """All files of a run in the order of the hand-over, and the lines of its records."""

    made: tuple[Made, ...]
    records: int
    first_pages: Mapping[UUID, tuple[str, int]]
    """Where each piece stands: its file and its first page there."""


async def seal(desk: Desk, run_id: UUID, job_run_id: UUID) -> None:
    """Give every piece its place; from then on the run takes no more letters.

    A letter that was cancelled after it had been extracted leaves the run here.
    """
    now = desk.clock()
    async with (
        desk.database.begin() as session,
        opened(session, run_id, actor="engine", now=now) as sheet,
    ):
        run = sheet.run
        run.job_run_id = job_run_id
        if run.sealed_at is not None:
            return
        layout = await layout_of(desk, session, run)
        pieces = await pieces_of(session, run.id)
        cancelled = await _cancelled(session, run.id)
        for piece in pieces:
            if piece.communication_id in cancelled and piece.kind == "original":
                sheet.move_piece(piece, "cancelled", "communication_cancelled")
        sizes = [envelope.name for envelope in layout.envelopes]
        kept = [piece for piece in pieces if piece.state == "extracted"]
        kept.sort(key=lambda each: (sizes.index(each.envelope), each.postcode, each.id.hex))
        for sequence, piece in enumerate(kept, start=1):
            piece.sequence = sequence
        run.letters, run.sealed_at = len(kept), now
        run.sheets, run.pages = sum(p.sheets for p in kept), sum(p.pages for p in kept)


async def build(desk: Desk, run_id: UUID) -> PrintRun:
    """Make the run's files and close it; made before, they are made the same again.

    Raises:
        StorageError: A document cannot be had, or a file came out differently than before.
    """
    async with desk.database.read() as session:
        run = await session.get_one(PrintRun, run_id)
        layout = await layout_of(desk, session, run)
        pieces = [each for each in await pieces_of(session, run_id) if each.sequence]
        known = await files_of(session, run_id)
    files = await make_files(desk, run, layout, pieces)
    if known and [each.sha256 for each in known] != [each.sha256 for each in files.made]:
        raise StorageError(f"The files of print run {run.number} came out differently than before.")
    return await _close(desk, run_id, files)


async def make_files(
    desk: Desk, run: PrintRun, layout: LetterExtractDefinition, pieces: Sequence[LetterPiece]
) -> Files:
    """The files in the run's folder, each whole under its name.

    Raises:
        StorageError: A document cannot be had.
    """
    folder = folder_of(desk, run)
    work = folder.with_name(f"{folder.name}.{uuid4().hex}.part")
    work.mkdir(parents=True)
    try:
        pressed = await _press(desk, run, layout, pieces, work) if pieces else ()
        files = _described(run, layout, pieces, pressed, work)
        folder.mkdir(exist_ok=True)
        for made in files.made:
            (work / made.name).rename(folder / made.name)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return files


def folder_of(desk: Desk, run: PrintRun) -> Path:
    """Where the files of a run are made."""
    return desk.settings.data_dir / "print-runs" / f"{run.number:06}"


async def layout_of(desk: Desk, session: AsyncSession, run: PrintRun) -> LetterExtractDefinition:
    """The letter extract that the run began with."""
    return await desk.repository.kept(session, LetterExtractDefinition, run.extract, run.version)


async def files_of(session: AsyncSession, run_id: UUID) -> Sequence[PrintFile]:
    """The files of a run in the order of the hand-over."""
    statement = select(PrintFile).where(PrintFile.run_id == run_id)
    return (await session.scalars(statement.order_by(col(PrintFile.position)))).all()


async def _close(desk: Desk, run_id: UUID, files: Files) -> PrintRun:
    now = desk.clock()
    async with (
        desk.database.begin() as session,
        opened(session, run_id, actor="engine", now=now) as sheet,
    ):
        run = sheet.run
        if run.state != "extracting":
            return run
        await session.execute(delete(PrintFile).where(col(PrintFile.run_id) == run_id))
        for position, made in enumerate(files.made):
            session.add(PrintFile(run_id=run_id, position=position, **made._asdict()))
        for piece in await pieces_of(session, run_id):
            if piece.id in files.first_pages:
                piece.file, piece.first_page = files.first_pages[piece.id]
        run.records, run.unfinished, run.closed_at = files.records, None, now
        run.fault = run.says = run.try_at = None
        run.tries = 0
        counts = {"letters": run.letters, "sheets": run.sheets, "records": run.records}
        sheet.move("closed", detail=counts)
        await outbox.put(session, "print-run", [run_id], now)
        return run


async def _press(
    desk: Desk,
    run: PrintRun,
    layout: LetterExtractDefinition,
    pieces: Sequence[LetterPiece],
    work: Path,
) -> tuple[Pressed, ...]:
    """The print files, made by a process that ends with this one."""
    codes = _insert_codes(pieces)
    order = PressOrder(
        run=run.number,
        folder=work,
        store=desk.settings.document_store,
        extras=await _extras(desk, pieces, work),
        sides=layout.sides,
        marks=layout.marks,
        files=tuple(_planned(run, layout, pieces, codes)),
    )
    path = work / "order.json"
    path.write_text(order.model_dump_json(), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "openccm.letters.press", str(path), stdout=asyncio.subprocess.PIPE
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise StorageError(f"The press ended with {process.returncode}.")
    answer = PressAnswer.model_validate_json(said.splitlines()[-1])
    if answer.fault is not None:
        raise StorageError(answer.fault)
    return answer.files


def _planned(
    run: PrintRun,
    layout: LetterExtractDefinition,
    pieces: Sequence[LetterPiece],
    codes: Mapping[str, int],
) -> Sequence[PressFile]:
    """Which letters stand in which file: an envelope each, and no more letters than it may hold."""
    planned: list[PressFile] = []
    for envelope, group in groupby(pieces, key=lambda piece: piece.envelope):
        own = list(group)
        for number, start in enumerate(range(0, len(own), layout.letters_in_file), start=1):
            part = own[start : start + layout.letters_in_file]
            name = f"{stem_of(run)}-{envelope}-{number:03}.pdf"
            planned.append(
                PressFile(name=name, pieces=tuple(_ordered(each, codes) for each in part))
            )
    return planned


def _ordered(piece: LetterPiece, codes: Mapping[str, int]) -> PressPiece:
    assert piece.sequence is not None
    return PressPiece(
        sequence=piece.sequence,
        document=piece.document_hash,
        pages=piece.pages,
        sheets=piece.sheets,
        inserts=sum(1 << codes[each] for each in piece.inserts),
        copy_mark=piece.kind == "copy",
    )


def _insert_codes(pieces: Sequence[LetterPiece]) -> dict[str, int]:
    """The bit of each insert of the run."""
    names = sorted({name for piece in pieces for name in piece.inserts})
    return {name: bit for bit, name in enumerate(names)}


def stem_of(run: PrintRun) -> str:
    """What the names of a run's files begin with."""
    return f"{run.extract.lower()}-{run.number:06}"


async def _extras(desk: Desk, pieces: Sequence[LetterPiece], work: Path) -> dict[str, str]:
    """Documents that still wait for the store, as files."""
    extras: dict[str, str] = {}
    wanted = {piece.document_hash for piece in pieces}
    async with desk.database.read() as session:
        for buffered in await session.scalars(select(DocumentBuffer)):
            if buffered.hash in wanted:
                path = work / f"{buffered.hash}.extra"
                path.write_bytes(buffered.content)
                extras[buffered.hash] = str(path)
    return extras


def _described(
    run: PrintRun,
    layout: LetterExtractDefinition,
    pieces: Sequence[LetterPiece],
    pressed: Sequence[Pressed],
    work: Path,
) -> Files:
    """The records and the manifest beside the print files."""
    made, places = _print_files(pieces, pressed)
    lines = _records(run, layout, pieces)
    name = f"{stem_of(run)}-records.txt"
    content = encoded(layout, lines.all)
    (work / name).write_bytes(content)
    made.append(_made(name, "records", run.letters, run.sheets, run.pages, content))
    name = f"{stem_of(run)}-manifest.json"
    content = _manifest(run, layout, pieces, made, places)
    (work / name).write_bytes(content)
    made.append(_made(name, "manifest", run.letters, run.sheets, run.pages, content))
    return Files(tuple(made), lines.letters, places)


def _print_files(
    pieces: Sequence[LetterPiece], pressed: Sequence[Pressed]
) -> tuple[list[Made], dict[UUID, tuple[str, int]]]:
    made: list[Made] = []
    places: dict[UUID, tuple[str, int]] = {}
    rest = iter(pieces)
    for file in pressed:
        own = [next(rest) for _ in file.first_pages]
        places |= {
            piece.id: (file.name, first) for piece, first in zip(own, file.first_pages, strict=True)
        }
        sheets = sum(piece.sheets for piece in own)
        made.append(
            Made(file.name, "letters", len(own), sheets, file.pages, file.size, file.sha256)
        )
    return made, places


def _made(name: str, kind: str, letters: int, sheets: int, pages: int, content: bytes) -> Made:
    digest = hashlib.sha256(content).hexdigest()
    return Made(name, kind, letters, sheets, pages, len(content), digest)


class _Lines(NamedTuple):
    all: list[str]
    letters: int


def _records(
    run: PrintRun, layout: LetterExtractDefinition, pieces: Sequence[LetterPiece]
) -> _Lines:
    """Head, the letters' records in their order, trailer with the counts."""
    assert run.sealed_at is not None
    counts = {"number": run.number, "date": f"{run.sealed_at:%Y-%m-%d}", "extract": run.extract}
    lines = list(run_records(layout, layout.head, {"run": counts}))
    before = len(lines)
    for piece in pieces:
        assert piece.sequence is not None
        facts = {**piece.facts, "run": counts, "letter": letter_facts(piece, piece.sequence)}
        lines += records_of(layout, piece.records, facts)
    letters = len(lines) - before
    counts |= {
        "letters": str(len(pieces)),
        "sheets": str(run.sheets),
        "pages": str(run.pages),
        "records": str(letters),
    }
    lines += run_records(layout, layout.trailer, {"run": counts})
    return _Lines(lines, letters)


def _manifest(
    run: PrintRun,
    layout: LetterExtractDefinition,
    pieces: Sequence[LetterPiece],
    made: Sequence[Made],
    places: Mapping[UUID, tuple[str, int]],
) -> bytes:
    """What the print house needs to print, insert and account for every piece; nobody's name."""
    assert run.sealed_at is not None
    facts: dict[str, Any] = {
        "run": run.number,
        "id": str(run.id),
        "extract": run.extract,
        "version": run.version,
        "sealed_at": _spelled(run.sealed_at),
        "letters": run.letters,
        "sheets": run.sheets,
        "pages": run.pages,
        "sides": layout.sides,
        "inserts": _insert_codes(pieces),
        "files": [each._asdict() for each in made],
        "pieces": [_told(piece, *places[piece.id]) for piece in pieces],
    }
    return json.dumps(facts, indent=1, ensure_ascii=False).encode() + b"\n"


def _told(piece: LetterPiece, file: str, first_page: int) -> dict[str, Any]:
    return {
        "sequence": piece.sequence,
        "communication": str(piece.communication_id),
        "kind": piece.kind,
        "file": file,
        "first_page": first_page,
        "pages": piece.pages,
        "sheets": piece.sheets,
        "envelope": piece.envelope,
        "inserts": piece.inserts,
        "document": piece.document_hash,
    }


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


async def _cancelled(session: AsyncSession, run_id: UUID) -> set[UUID]:
    statement = (
        select(Communication.id)
        .join(LetterPiece, col(LetterPiece.communication_id) == col(Communication.id))
        .where(LetterPiece.run_id == run_id, Communication.state == "cancelled")
    )
    return set(await session.scalars(statement))
