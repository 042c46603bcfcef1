"""Questions about print runs and pieces."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.communications.tables import Communication
from openccm.contacts.tables import CustomerContact
from openccm.errors import ConflictError, NotFoundError
from openccm.letters.tables import LetterPiece, PrintAnswer, PrintRun


async def run_by_number(session: AsyncSession, number: int) -> PrintRun:
    """One print run.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.scalar(select(PrintRun).where(PrintRun.number == number))
    if found is None:
        raise NotFoundError("print run", number)
    return found


async def print_runs(
    session: AsyncSession, *, state: str | None, after: UUID | None, limit: int
) -> Sequence[PrintRun]:
    """Print runs, newest first; the last id of a page is its cursor."""
    statement = select(PrintRun)
    if state is not None:
        statement = statement.where(PrintRun.state == state)
    if after is not None:
        statement = statement.where(col(PrintRun.id) < after)
    return (await session.scalars(statement.order_by(col(PrintRun.id).desc()).limit(limit))).all()


async def pieces_of_run(
    session: AsyncSession, run_id: UUID, *, state: str | None, after: int, limit: int
) -> Sequence[LetterPiece]:
    """Pieces of a run in their order, those after a sequence."""
    statement = select(LetterPiece).where(
        LetterPiece.run_id == run_id, col(LetterPiece.sequence) > after
    )
    if state is not None:
        statement = statement.where(LetterPiece.state == state)
    return (await session.scalars(statement.order_by(col(LetterPiece.sequence)).limit(limit))).all()


async def letter_of_contact(session: AsyncSession, contact: CustomerContact) -> UUID:
    """The letter that a customer contact asked for, or that logged it; the newest of several.

    Raises:
        ConflictError: There is none; says why.
    """
    if contact.person_id is None:
        raise ConflictError("This contact is about no person, and letters need one.")
    if contact.request_id is None:
        raise ConflictError("Nothing is sent because of this contact.")
    letter = await session.scalar(
        select(Communication.id)
        .where(Communication.request_id == contact.request_id, Communication.channel == "letter")
        .order_by(col(Communication.id).desc())
        .limit(1)
    )
    if letter is None:
        raise ConflictError("No letter was made of what this contact asked for, or none yet.")
    return letter


async def pieces_of_letter(session: AsyncSession, communication_id: UUID) -> Sequence[LetterPiece]:
    """What of a letter is or was on paper, first to last."""
    statement = select(LetterPiece).where(LetterPiece.communication_id == communication_id)
    return (await session.scalars(statement.order_by(col(LetterPiece.ordinal)))).all()


async def answers_of(session: AsyncSession, run_id: UUID) -> Sequence[PrintAnswer]:
    """What the print house answered, first to last."""
    statement = select(PrintAnswer).where(PrintAnswer.run_id == run_id)
    return (await session.scalars(statement.order_by(col(PrintAnswer.id)))).all()
