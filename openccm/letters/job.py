"""The job ``letter-extract``: every letter that waits goes into exactly one print run."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.channels.print_run import PrintRunChannel
from openccm.communications.desk import Desk
from openccm.errors import ConflictError
from openccm.jobs.job import Job, Later
from openccm.jobs.tables import JobRun
from openccm.letters.building import build, seal
from openccm.letters.extracting import (
    extract_again,
    extract_letter,
    waiting_letters,
    waiting_pieces,
)
from openccm.letters.tables import PrintRun

CODE = "letter-extract"
_LETTER, _PIECE = "letter/", "piece/"


class LetterExtract(Job):
    """Extracts letters, and makes the files of their run."""

    code: ClassVar[str] = CODE
    title: ClassVar[str] = "Extract letters for the print house"
    can_reprocess: ClassVar[bool] = True

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def begin(self, session: AsyncSession, run: JobRun) -> None:
        """Letters must leave in runs at all."""
        print_run_channel(self._desk)

    async def due(
        self, session: AsyncSession, run: JobRun, after: str, limit: int
    ) -> Sequence[str]:
        """First the letters that wait, then the pieces that are printed anew."""
        found: list[str] = []
        if not after.startswith(_PIECE):
            last = UUID(after.removeprefix(_LETTER)) if after else None
            found = [f"{_LETTER}{each}" for each in await waiting_letters(session, last, limit)]
        if len(found) < limit:
            last = UUID(after.removeprefix(_PIECE)) if after.startswith(_PIECE) else None
            rest = limit - len(found)
            found += [f"{_PIECE}{each}" for each in await waiting_pieces(session, last, rest)]
        return found

    async def work(self, session: AsyncSession, run: JobRun, key: str) -> None:
        """Take one into the run that is open."""
        extract = print_run_channel(self._desk).config.extract
        if key.startswith(_LETTER):
            await extract_letter(self._desk, session, extract, UUID(key.removeprefix(_LETTER)))
        else:
            await extract_again(self._desk, session, extract, UUID(key.removeprefix(_PIECE)))

    async def finish(self, run: JobRun) -> Later | None:
        """Fix the order of the run that is open, and make its files."""
        extract = print_run_channel(self._desk).config.extract
        async with self._desk.database.read() as session:
            found = await session.scalar(select(PrintRun).where(PrintRun.unfinished == extract))
        if found is not None:
            await seal(self._desk, found.id, run.id)
            await build(self._desk, found.id)
        return None

    async def reprocess(self, run: JobRun) -> Later | None:
        """Make the files of its print run once more; they must come out the same."""
        async with self._desk.database.read() as session:
            found = await session.scalar(select(PrintRun).where(PrintRun.job_run_id == run.id))
        if found is not None:
            await build(self._desk, found.id)
        return None


def print_run_channel(desk: Desk) -> PrintRunChannel:
    """The letter channel, where it hands over in runs.

    Raises:
        ConflictError: Letters leave one by one.
    """
    adapter = desk.channels.for_channel("letter")
    if not isinstance(adapter, PrintRunChannel):
        raise ConflictError(
            f"Letters leave one by one, by {adapter.name}: there is nothing to extract."
        )
    return adapter
