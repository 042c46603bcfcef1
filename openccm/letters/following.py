"""What becomes of a print run once its files are made: handed over, answered, reconciled.

A round for each run looks at the rows first and does the next thing. While the print house cannot
be reached it comes again; what needs a person is told to one, and waits.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.communications.desk import Desk
from openccm.communications.outcome import RECEIPT_PATIENCE
from openccm.errors import ChannelError, OpenCCMError, Retryable
from openccm.letters.answers import apply_answers, keep_answer
from openccm.letters.building import build, files_of, folder_of, layout_of, stem_of
from openccm.letters.job import print_run_channel
from openccm.letters.reconciling import settle
from openccm.letters.sheet import PrintSheet, opened, pieces_of
from openccm.letters.tables import PrintRun
from openccm.work.raising import NewToDo, raise_todo

_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=30)
NO_ANSWER = "no_acknowledgement"


class RunWatch:
    """Looks after print runs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self, run_id: UUID) -> datetime | None:
        """Do what is due for a run; answers when to come again, None for never by itself."""
        async with self._desk.database.read() as session:
            run = await session.get_one(PrintRun, run_id)
        if run.state == "closed":
            until = await self._hand_over(run)
            if until is not None or run.state == "closed":
                return until
        if run.state not in ("transferred", "reconciled"):
            return None
        return await self._listen(run)

    async def _hand_over(self, run: PrintRun) -> datetime | None:
        now = self._desk.clock()
        if run.fault is not None and run.try_at is None:
            return None
        if run.try_at is not None and run.try_at > now:
            return run.try_at
        try:
            await self._deliver(run)
        except OpenCCMError as error:
            return await self._note_fault(run, error)
        async with (
            self._desk.database.begin() as session,
            opened(session, run.id, actor="engine", now=now) as sheet,
        ):
            if sheet.run.state == "closed":
                sheet.move("transferred", detail={"house": print_run_channel(self._desk).name})
                sheet.run.transferred_at = now
                sheet.run.fault = sheet.run.says = sheet.run.try_at = None
        return now

    async def _deliver(self, run: PrintRun) -> None:
        """Files that are not there, or not whole, are made again before."""
        async with self._desk.database.read() as session:
            files = await files_of(session, run.id)
        folder = folder_of(self._desk, run)
        if not all((folder / each.name).is_file() for each in files):
            await build(self._desk, run.id)
        names = [each.name for each in files]
        await print_run_channel(self._desk).house.deliver(folder, names)

    async def _note_fault(self, run: PrintRun, error: OpenCCMError) -> datetime | None:
        """Come again where it may pass; else tell somebody, who lets it go on."""
        now = self._desk.clock()
        async with (
            self._desk.database.begin() as session,
            opened(session, run.id, actor="engine", now=now) as sheet,
        ):
            row = sheet.run
            code = error.provider_code if isinstance(error, ChannelError) else None
            first = row.says != str(error)
            row.fault, row.says, row.tries = code or error.code, str(error), row.tries + 1
            passes = isinstance(error, Retryable)
            pause = min(_FIRST_PAUSE * 2 ** min(row.tries - 1, 10), _LONGEST_PAUSE)
            row.try_at = now + pause if passes else None
            if first:
                sheet.note("print-run.not_handed_over", row.fault, {"says": row.says})
            if not passes:
                await self._alert(session, sheet, row.fault)
            return row.try_at

    async def _listen(self, run: PrintRun) -> datetime | None:
        """Read the print house's answers, apply them, and tell somebody when none has come."""
        channel = print_run_channel(self._desk)
        async with self._desk.database.read() as session:
            layout = await layout_of(self._desk, session, run)
        fault: OpenCCMError | None = None
        try:
            await self._collect(run)
        except OpenCCMError as error:
            fault = error
        await apply_answers(self._desk, run.id)
        now = self._desk.clock()
        async with (
            self._desk.database.begin() as session,
            opened(session, run.id, actor="engine", now=now) as sheet,
        ):
            assert sheet.run.transferred_at is not None
            if await settle(session, sheet):
                more = await self._expects_more(session, sheet)
                return now + timedelta(seconds=channel.config.poll) if more else None
            sheet.run.says = str(fault) if fault is not None else None
            due = sheet.run.transferred_at + timedelta(seconds=layout.acknowledgement.within)
            if now >= due and sheet.run.alerted_at is None:
                sheet.run.fault = NO_ANSWER
                await self._alert(session, sheet, NO_ANSWER)
            again = now + timedelta(seconds=channel.config.poll)
            return again if sheet.run.alerted_at is not None else min(again, due)

    async def _expects_more(self, session: AsyncSession, sheet: PrintSheet) -> bool:
        """Whether printed letters may still be reported as dispatched."""
        assert sheet.run.transferred_at is not None
        pieces = await pieces_of(session, sheet.run.id)
        is_open = any(piece.state in ("printed", "held") for piece in pieces)
        return is_open and sheet.now < sheet.run.transferred_at + RECEIPT_PATIENCE

    async def _collect(self, run: PrintRun) -> None:
        """Keep every acknowledgement of this run before it is taken away at the print house."""
        house = print_run_channel(self._desk).house
        for answer in await house.answers():
            if not answer.name.startswith(stem_of(run)):
                continue
            async with self._desk.database.begin() as session:
                await keep_answer(
                    session,
                    run.id,
                    answer.name,
                    answer.content,
                    actor="engine",
                    now=self._desk.clock(),
                )
            await house.put_away(answer.name)

    async def _alert(self, session: AsyncSession, sheet: PrintSheet, fault: str) -> None:
        """Put it on the trail, and raise the to-do that the letter extract names."""
        run = sheet.run
        run.alerted_at = sheet.now
        sheet.note("print-run.alerted", fault, {"says": run.says})
        layout = await layout_of(self._desk, session, run)
        if layout.acknowledgement.to_do is None:
            return
        new = NewToDo(
            type=layout.acknowledgement.to_do,
            owner_kind="system",
            owner_step=f"letters/print-run/{run.number}/{fault}",
            raised_by="engine",
            context={"run": {"number": run.number, "fault": fault.replace("_", " ")}},
        )
        await raise_todo(session, self._desk.repository, new, sheet.now)


async def try_again(
    session: AsyncSession, run_id: UUID, reason: str, *, actor: str, now: datetime
) -> PrintRun:
    """Let a hand-over that waits for a person be made now.

    Raises:
        NotFoundError: There is no such run.
        IllegalTransitionError: Its files are not made, or it was handed over.
    """
    async with opened(session, run_id, actor=actor, now=now) as sheet:
        if sheet.run.state != "closed":
            sheet.move("transferred", reason)
        sheet.note("print-run.tried_again", reason, {"fault": sheet.run.fault})
        sheet.run.fault = sheet.run.says = sheet.run.try_at = sheet.run.alerted_at = None
        return sheet.run
