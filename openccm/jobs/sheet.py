"""One run of a job under work: the only place where its state changes."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.errors import NotFoundError
from openccm.jobs.lifecycle import ACTIVE, JOB_RUN
from openccm.jobs.tables import JobRun
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries

# populate_existing: what the caller read before the lock may have changed while it waited.
_LOCKED = (
    select(JobRun)
    .where(JobRun.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


class RunSheet:
    """A locked run, and what was decided while it was open."""

    def __init__(self, session: AsyncSession, run: JobRun, *, actor: str, now: datetime) -> None:
        self.session = session
        self.run = run
        self.actor = actor
        self.now = now
        self._facts: list[Fact] = []
        self._ended = False

    def begin(self) -> None:
        """Write down that it was opened."""
        run = self.run
        self.session.add(run)
        run.active = run.job
        self._note("job-run.opened", None, {"job": run.job, "number": run.number}, to=run.state)

    def move(
        self, state: str, reason: str | None = None, detail: dict[str, Any] | None = None
    ) -> None:
        """Change the state.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        run, before = self.run, self.run.state
        JOB_RUN.check(before, state)
        self._note(f"job-run.{state}", reason, detail or {}, before=before, to=state)
        run.state, run.reason = state, reason
        run.active = run.job if state in ACTIVE else None
        if state != "waiting":
            run.waiting_for = None
        if state == "running":
            run.started_at = run.started_at or self.now
        self._ended = state not in ACTIVE
        run.ended_at = self.now if self._ended else None

    async def close(self) -> None:
        """Write everything down; called once, by ``opened``."""
        run = self.run
        if self._facts:
            run.updated_at = self.now
        rows, head = chained(self._facts, Head(run.trail_sequence, run.trail_hash))
        run.trail_sequence, run.trail_hash = head.sequence, head.hash
        await self.session.flush()
        await insert_entries(self.session, rows)
        if self._ended:
            # Whoever waits for this job looks again.
            waiting = select(JobRun.id).where(JobRun.state == "waiting", col(JobRun.id) != run.id)
            others = (await self.session.scalars(waiting)).all()
            await outbox.put(self.session, "job", others, self.now)

    def _note(
        self,
        action: str,
        reason: str | None,
        detail: dict[str, Any],
        *,
        before: str | None = None,
        to: str | None = None,
    ) -> None:
        self._facts.append(
            Fact(
                chain=chain_of(self.run.id),
                at=self.now,
                actor=self.actor,
                action=action,
                object_kind="job-run",
                object_id=str(self.run.id),
                from_state=before,
                to_state=to,
                reason=reason,
                detail=detail,
            )
        )


@asynccontextmanager
async def opened(
    session: AsyncSession, run_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[RunSheet]:
    """Open a run's sheet; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such run.
    """
    run = await session.scalar(_LOCKED, {"id": run_id})
    if run is None:
        raise NotFoundError("job run", run_id)
    sheet = RunSheet(session, run, actor=actor, now=now)
    yield sheet
    await sheet.close()


def chain_of(run_id: UUID) -> str:
    """The audit chain of a run."""
    return f"job-run:{run_id}"
