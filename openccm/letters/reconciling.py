"""Reconciling a run: what was extracted equals what was printed, spoiled, held and taken out.

A spoiled piece is printed anew in the next run: as the letter it was, not as a copy.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import ConflictError
from openccm.letters.answers import keep_answer
from openccm.letters.lifecycles import ANSWERED
from openccm.letters.sheet import PrintSheet, opened, pieces_of
from openccm.letters.tables import LetterPiece, PrintRun
from openccm.platform.columns import new_id


def totals(pieces: Sequence[LetterPiece]) -> dict[str, int]:
    """The pieces of a run by what became of them."""
    return dict(Counter(piece.state for piece in pieces))


async def settle(session: AsyncSession, sheet: PrintSheet) -> bool:
    """Acknowledge and reconcile a run once every piece is answered; answers whether it is."""
    run = sheet.run
    pieces = await pieces_of(session, run.id)
    if run.state == "transferred" and all(piece.state in ANSWERED for piece in pieces):
        run.acknowledged_at = sheet.now
        sheet.move("acknowledged", detail=totals(pieces))
    if run.state != "acknowledged":
        return run.state == "reconciled"
    anew = [await replacement(session, sheet, piece) for piece in pieces if is_spoiled(piece)]
    run.reconciled_at = sheet.now
    made = [each for each in anew if each is not None]
    sheet.move("reconciled", detail={**totals(pieces), "printed_anew": len(made)})
    return True


async def reconcile(
    session: AsyncSession, run_id: UUID, reason: str, *, actor: str, now: datetime
) -> PrintRun:
    """Take every piece that nobody answered for as spoiled, so that it is printed anew.

    Raises:
        NotFoundError: There is no such run.
        IllegalTransitionError: It was not transferred, or is reconciled.
    """
    async with opened(session, run_id, actor=actor, now=now) as sheet:
        if sheet.run.state != "transferred":
            sheet.move("acknowledged", reason)
        for piece in await pieces_of(session, run_id):
            if piece.state == "extracted":
                sheet.move_piece(piece, "spoiled", reason)
        await settle(session, sheet)
        return sheet.run


async def confirm(
    session: AsyncSession, run_id: UUID, except_for: Collection[int], *, actor: str, now: datetime
) -> PrintRun:
    """Say that all pieces but these were printed well; what is not confirmed stays in the queue.

    It becomes an acknowledgement like those of print houses, and is applied as they are.

    Raises:
        NotFoundError: There is no such run.
        ConflictError: It was not transferred, or nothing of it waits to be confirmed.
    """
    async with opened(session, run_id, actor=actor, now=now) as sheet:
        run = sheet.run
        if run.state != "transferred":
            raise ConflictError(f"Print run {run.number} is {run.state}.")
        lines = [
            f"{piece.sequence},printed"
            for piece in await pieces_of(session, run_id)
            if piece.state == "extracted" and piece.sequence not in except_for
        ]
    if not lines:
        raise ConflictError(f"Nothing of print run {run.number} waits to be confirmed.")
    content = "\n".join(("sequence,status", *lines, "")).encode()
    await keep_answer(session, run_id, "confirmed by hand", content, actor=actor, now=now)
    return run


async def replacement(
    session: AsyncSession, sheet: PrintSheet, piece: LetterPiece
) -> LetterPiece | None:
    """The piece that is printed in the stead of a spoiled one; None where there is one already."""
    known = await session.scalar(select(LetterPiece.id).where(LetterPiece.replaces == piece.id))
    if known is not None:
        return None
    kind = "copy" if piece.kind == "copy" else "replacement"
    anew = await again(session, piece, kind, sheet.now)
    anew.replaces = piece.id
    detail = {"piece": str(anew.id), "replaces": str(piece.id), "kind": kind}
    sheet.note("piece.printed_anew", piece.reason, detail)
    return anew


async def again(session: AsyncSession, piece: LetterPiece, kind: str, now: datetime) -> LetterPiece:
    """One more piece of the same document, which waits for the next run."""
    highest = await session.scalar(
        select(func.max(LetterPiece.ordinal)).where(
            LetterPiece.communication_id == piece.communication_id
        )
    )
    kept = piece.model_dump(
        include={
            "communication_id",
            "document_hash",
            "pages",
            "sheets",
            "envelope",
            "postcode",
            "inserts",
            "records",
            "facts",
        }
    )
    anew = LetterPiece(
        id=new_id(),
        ordinal=1 + (highest or 0),
        kind=kind,
        state="waiting",
        created_at=now,
        updated_at=now,
        **kept,
    )
    session.add(anew)
    await session.flush()
    return anew


def is_spoiled(piece: LetterPiece) -> bool:
    """Whether it has to be printed anew."""
    return piece.state == "spoiled"
