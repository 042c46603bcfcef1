"""One print run under work: the only place where its state and those of its pieces change."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from openccm.errors import NotFoundError
from openccm.letters.lifecycles import PIECE, PRINT_RUN
from openccm.letters.tables import LetterPiece, PrintRun
from openccm.platform.audit import Fact, Head, chained, insert_entries

_LOCKED = (
    select(PrintRun)
    .where(PrintRun.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


class PrintSheet:
    """A locked print run, and what was decided while it was open."""

    def __init__(self, session: AsyncSession, run: PrintRun, *, actor: str, now: datetime) -> None:
        self.session = session
        self.run = run
        self.actor = actor
        self.now = now
        self._facts: list[Fact] = []

    def begin(self) -> None:
        """Write down that it was opened."""
        self.session.add(self.run)
        detail = {"number": self.run.number, "extract": self.run.extract}
        self._facts.append(self._fact("print-run.opened", None, detail, to_state=self.run.state))

    def move(
        self, state: str, reason: str | None = None, detail: dict[str, Any] | None = None
    ) -> None:
        """Change the state.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        run, before = self.run, self.run.state
        PRINT_RUN.check(before, state)
        states = {"from_state": before, "to_state": state}
        self._facts.append(self._fact(f"print-run.{state}", reason, detail or {}, **states))
        run.state = state

    def note(self, action: str, reason: str | None, detail: dict[str, Any]) -> None:
        """Put something on the trail that is no change of state."""
        self._facts.append(self._fact(action, reason, detail))

    def move_piece(self, piece: LetterPiece, state: str, reason: str | None = None) -> None:
        """Change the state of one of its pieces.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        before = piece.state
        PIECE.check(before, state)
        detail = {
            "sequence": piece.sequence,
            "piece": str(piece.id),
            "communication": str(piece.communication_id),
        }
        states = {"from_state": before, "to_state": state}
        self._facts.append(self._fact(f"piece.{state}", reason, detail, **states))
        piece.state, piece.reason, piece.updated_at = state, reason, self.now

    async def close(self) -> None:
        """Write everything down; called once, by ``opened``."""
        run = self.run
        run.updated_at = self.now
        rows, head = chained(self._facts, Head(run.trail_sequence, run.trail_hash))
        run.trail_sequence, run.trail_hash = head.sequence, head.hash
        await self.session.flush()
        await insert_entries(self.session, rows)

    def _fact(
        self, action: str, reason: str | None, detail: dict[str, Any], **states: str | None
    ) -> Fact:
        return Fact(
            chain=chain_of(self.run.id),
            at=self.now,
            actor=self.actor,
            action=action,
            object_kind="print-run",
            object_id=str(self.run.id),
            reason=reason,
            detail=detail,
            **states,
        )


@asynccontextmanager
async def opened(
    session: AsyncSession, run_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[PrintSheet]:
    """Open a print run's sheet; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such run.
    """
    run = await session.scalar(_LOCKED, {"id": run_id})
    if run is None:
        raise NotFoundError("print run", run_id)
    sheet = PrintSheet(session, run, actor=actor, now=now)
    yield sheet
    await sheet.close()


async def pieces_of(session: AsyncSession, run_id: UUID) -> Sequence[LetterPiece]:
    """The pieces of a run in their order; those without a place yet first."""
    statement = (
        select(LetterPiece)
        .where(LetterPiece.run_id == run_id)
        .order_by(LetterPiece.sequence, LetterPiece.id)  # pyright: ignore[reportArgumentType]
    )
    return (await session.scalars(statement)).all()


def chain_of(run_id: UUID) -> str:
    """The audit chain of a print run and its pieces."""
    return f"print-run:{run_id}"
