"""What print houses say of pieces: one by one, or in an acknowledgement file with a line for each.

A line names a sequence of the run and a status. Lines that cannot be applied are listed, each with
its number and why; they keep none of the others from it.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications import status
from openccm.communications.desk import Desk
from openccm.communications.lifecycles import RANK
from openccm.communications.status import Report
from openccm.communications.tables import Communication
from openccm.errors import InvalidError, OpenCCMError
from openccm.letters.lifecycles import PIECE
from openccm.letters.sheet import PrintSheet, opened
from openccm.letters.tables import LetterPiece, PrintAnswer

STATUSES = ("printed", "dispatched", "spoiled", "held", "returned")
COLUMNS = ("sequence", "status")


class Line(NamedTuple):
    """One line of an acknowledgement."""

    number: int
    sequence: int
    status: str
    reason: str | None


class Unknown(NamedTuple):
    """A line that could not be applied."""

    number: int
    why: str


async def keep_answer(
    session: AsyncSession, run_id: UUID, name: str, content: bytes, *, actor: str, now: datetime
) -> PrintAnswer:
    """Keep an acknowledgement as it came; the same one again is the one that is there.

    Raises:
        InvalidError: It has no such columns.
    """
    header = content.partition(b"\n")[0].decode("utf-8-sig", errors="replace")
    columns = [each.strip().lower() for each in header.split(",")]
    if missing := [each for each in COLUMNS if each not in columns]:
        raise InvalidError("content", f"The first line names no {' and no '.join(missing)}.")
    digest = hashlib.sha256(content).hexdigest()
    async with opened(session, run_id, actor=actor, now=now) as sheet:
        known = await session.scalar(
            select(PrintAnswer).where(PrintAnswer.run_id == run_id, PrintAnswer.sha256 == digest)
        )
        if known is not None:
            return known
        answer = PrintAnswer(
            run_id=run_id,
            name=name,
            sha256=digest,
            content=content,
            received_by=actor,
            received_at=now,
        )
        session.add(answer)
        sheet.note("print-run.answered", None, {"answer": str(answer.id), "sha256": digest})
        return answer


async def apply_answers(desk: Desk, run_id: UUID) -> None:
    """Apply what was kept and not applied yet, line by line; doing so twice changes nothing."""
    statement = select(PrintAnswer).where(
        PrintAnswer.run_id == run_id, col(PrintAnswer.applied_at).is_(None)
    )
    async with desk.database.read() as session:
        waiting = (await session.scalars(statement.order_by(col(PrintAnswer.id)))).all()
    for answer in waiting:
        await _apply(desk, answer)


async def report_piece(
    desk: Desk,
    session: AsyncSession,
    sheet: PrintSheet,
    piece: LetterPiece,
    said: str,
    reason: str | None,
    source: str,
) -> None:
    """Believe what was said of one piece, where it says more than what is known.

    What it says of the letter itself is reported of its communication; not of one marked COPY.
    """
    _move(sheet, piece, said, reason)
    if said in RANK and piece.kind != "copy":
        report = Report(
            status=said,
            source=source,
            event_key=f"piece/{piece.id}/{said}",
            occurred_at=sheet.now,
            code=reason,
        )
        await status.apply(
            session, piece.communication_id, report, actor=sheet.actor, now=sheet.now
        )


async def report_letter(
    session: AsyncSession, communication_id: UUID, report: Report, *, actor: str, now: datetime
) -> Communication:
    """The same for what is reported of a communication: its newest piece, if any, is meant.

    Raises:
        OpenCCMError: As ``status.apply`` does.
    """
    piece = await newest_piece(session, communication_id)
    if piece is None or piece.run_id is None or report.status not in STATUSES:
        return await status.apply(session, communication_id, report, actor=actor, now=now)
    async with opened(session, piece.run_id, actor=actor, now=now) as sheet:
        found = await status.apply(session, communication_id, report, actor=actor, now=now)
        _move(sheet, piece, report.status, report.code)
    return found


async def newest_piece(session: AsyncSession, communication_id: UUID) -> LetterPiece | None:
    """The last piece that was printed, or is to be, of a letter; copies do not count."""
    statement = (
        select(LetterPiece)
        .where(LetterPiece.communication_id == communication_id, LetterPiece.kind != "copy")
        .order_by(col(LetterPiece.ordinal).desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return await session.scalar(statement)


def _move(sheet: PrintSheet, piece: LetterPiece, said: str, reason: str | None) -> None:
    if PIECE.allows(piece.state, said):
        sheet.move_piece(piece, said, reason)


async def _apply(desk: Desk, answer: PrintAnswer) -> None:
    applied, lines, unknown = 0, 0, list[Unknown]()
    for line in read_lines(answer.content):
        lines += 1
        fault = line if isinstance(line, Unknown) else await _apply_line(desk, answer, line)
        if fault is None:
            applied += 1
        else:
            unknown.append(fault)
    now = desk.clock()
    async with (
        desk.database.begin() as session,
        opened(session, answer.run_id, actor=answer.received_by, now=now) as sheet,
    ):
        row = await session.get_one(PrintAnswer, answer.id)
        row.lines, row.applied, row.applied_at = lines, applied, now
        row.unknown = [each._asdict() for each in unknown]
        counts = {"lines": lines, "applied": applied, "unknown": len(unknown)}
        sheet.note("print-run.answer_applied", None, {"answer": str(answer.id), **counts})


async def _apply_line(desk: Desk, answer: PrintAnswer, line: Line) -> Unknown | None:
    try:
        async with (
            desk.database.begin() as session,
            opened(session, answer.run_id, actor=answer.received_by, now=desk.clock()) as sheet,
        ):
            piece = await session.scalar(
                select(LetterPiece).where(
                    LetterPiece.run_id == answer.run_id, LetterPiece.sequence == line.sequence
                )
            )
            if piece is None:
                return Unknown(line.number, f"The run has no letter {line.sequence}.")
            source = f"print-run:{sheet.run.number}"
            await report_piece(desk, session, sheet, piece, line.status, line.reason, source)
    except OpenCCMError as error:
        return Unknown(line.number, str(error))
    return None


def read_lines(content: bytes) -> Iterator[Line | Unknown]:
    """The lines of an acknowledgement, numbered as an editor shows them."""
    text = content.decode("utf-8-sig", errors="replace")
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    for row in reader:
        yield _line(reader.line_num, {str(key).strip().lower(): row[key] for key in row})


def _line(number: int, row: dict[str, Any]) -> Line | Unknown:
    sequence, said = (str(row.get(name) or "").strip() for name in COLUMNS)
    if not sequence.isdecimal() or len(sequence) > 9:
        return Unknown(number, "The sequence is no number.")
    if said.lower() not in STATUSES:
        return Unknown(number, f"The status is none of: {', '.join(STATUSES)}.")
    return Line(number, int(sequence), said.lower(), str(row.get("reason") or "").strip() or None)
