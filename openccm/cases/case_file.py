"""One case under work: the only place where cases and their offers change state.

A case file locks its case. What is decided while it is open becomes, at its close and in the same
transaction: the rows' new states, the audit trail, the callbacks that core systems are owed, the
events that are told, and the wake of the instance that keeps the case.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.cases.lifecycles import CASE, OFFER
from openccm.cases.tables import Case, CaseNote, CaseParty, CompensationOffer
from openccm.cases.told import TELLS, told_of
from openccm.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError
from openccm.language.case_type import CaseTypeDefinition
from openccm.platform import outbox
from openccm.platform.audit import Fact, Head, chained, insert_entries
from openccm.publishing.callbacks import Notice, owe
from openccm.repository.versions import Repository

ENGINE = "engine"

_LOCKED = (
    select(Case)
    .where(Case.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_OFFERS = (
    select(CompensationOffer)
    .where(CompensationOffer.case_id == bindparam("id"))
    .order_by(col(CompensationOffer.id))
    .execution_options(populate_existing=True)
)


class CaseFile:
    """A locked case with its offers, its type, and what was decided while it was open."""

    def __init__(
        self,
        session: AsyncSession,
        case: Case,
        offers: Iterable[CompensationOffer],
        definition: CaseTypeDefinition,
        *,
        actor: str,
        now: datetime,
    ) -> None:
        self.session = session
        self.case = case
        self.offers = {offer.id: offer for offer in offers}
        self.definition = definition
        self.actor = actor
        self.now = now
        self.wakes_instance = True
        """Whether the instance that keeps the case is woken; not when it is the one who acts."""
        self._facts: list[Fact] = []
        self._notices: dict[int, tuple[str, Notice]] = {}
        self._tells = False

    def begin(self) -> None:
        """Write down that the case was opened."""
        case = self.case
        self.session.add(case)
        detail = {"type": case.type, "version": case.version, "number": case.number}
        self._note("case.opened", "case", case.id, detail, to_state=case.state)

    def enter(self, status: str, reason: str | None = None) -> bool:
        """Bring the case to a status; whether it was not in it already.

        Raises:
            InvalidError: Its type has no such status; names those it has.
            IllegalTransitionError: The life cycle does not lead there.
            ConflictError: It was resolved too long ago to be reopened.
        """
        case, known = self.case, self.definition.statuses
        if status not in known:
            raise InvalidError("status", f"A {case.type} can be {', '.join(known)} only.")
        if status == case.status:
            return False
        before, target = case.state, known[status].state
        if target != before:
            CASE.check(before, target)
            self._check_time(before, target)
        elif before in CASE.terminal:
            raise IllegalTransitionError(CASE.kind, before, target)
        detail = {"from_status": case.status, "status": status, TELLS: known[status].tells}
        change = {"from_state": before, "to_state": target, "reason": reason}
        self._note("case.entered", "case", case.id, detail, **change)
        case.status, case.state, case.reason = status, target, reason
        case.resolved_at = self.now if target == "resolved" else case.resolved_at
        case.closed_at = self.now if target == "closed" else None
        self._tells = self._tells or known[status].tells
        return True

    def write_note(self, text: str) -> CaseNote:
        """Write something down in the case; what it says stays out of the trail."""
        note = CaseNote(case_id=self.case.id, text=text, by=self.actor, at=self.now)
        self.session.add(note)
        self._note("case.noted", "case", self.case.id, {"note": str(note.id)})
        return note

    def take_part(self, party: CaseParty) -> None:
        """Let somebody have a part in the case.

        Raises:
            InvalidError: Cases of this type have no such part.
        """
        if party.part not in self.definition.parties:
            known = ", ".join(self.definition.parties)
            raise InvalidError("part", f"In a {self.case.type} one can be {known} only.")
        self.session.add(party)
        self._note("case.joined", "case", self.case.id, {"part": party.part})

    def propose(self, offer: CompensationOffer) -> None:
        """Take a new offer into the case."""
        self.offers[offer.id] = offer
        self.session.add(offer)
        detail = {
            "cause": offer.cause,
            "amount": offer.amount,
            "currency": offer.currency,
            "reason": offer.reason,
            "table": offer.decided_table,
            "table_version": offer.decided_version,
            "rows": offer.decided_rows,
        }
        self._tell(offer, None, None, self.actor, detail)

    def pass_over(self, twin: CompensationOffer) -> None:
        """Write down that somebody was offered something for this cause before, elsewhere."""
        detail = {"of": str(twin.id), "cause": twin.cause}
        self._note("offer.passed_over", "case", self.case.id, detail, reason="offered_before")

    def move(
        self,
        offer: CompensationOffer,
        state: str,
        reason: str | None = None,
        *,
        by: str | None = None,
        **detail: Any,
    ) -> None:
        """Change an offer's state.

        Raises:
            IllegalTransitionError: The life cycle does not lead there.
        """
        OFFER.check(offer.state, state)
        before, offer.state, offer.state_reason = offer.state, state, reason
        offer.updated_at = self.now
        if state in ("approved", "auto_approved", "rejected"):
            offer.decided_by = by or self.actor
        self._tell(offer, before, reason, by or self.actor, detail)

    def flag(self, offer: CompensationOffer, why: str) -> None:
        """Ask a person to look at an offer again that cannot be taken back."""
        offer.review, offer.updated_at = why, self.now
        self._note("offer.flagged", "compensation offer", offer.id, {}, reason=why)

    def unflag(self, offer: CompensationOffer, why: str) -> None:
        """Write down what the look came to.

        Raises:
            ConflictError: Nobody asked for one.
        """
        if offer.review is None:
            raise ConflictError("This offer is not flagged for review.")
        offer.review, offer.updated_at = None, self.now
        self._note("offer.reviewed", "compensation offer", offer.id, {}, reason=why)

    async def close(self) -> None:
        """Write everything down; called once, by ``opened``."""
        case = self.case
        if not self._facts:
            return
        case.updated_at = self.now
        rows, head = chained(self._facts, Head(case.trail_sequence, case.trail_hash))
        case.trail_sequence, case.trail_hash = head.sequence, head.hash
        await self.session.flush()
        await insert_entries(self.session, rows)
        await self._owe(rows)
        if self._tells:
            await outbox.put(self.session, "case", [case.id], self.now)
        if case.instance_id is not None and self.wakes_instance:
            await outbox.put(self.session, "wake-instance", [case.instance_id], self.now)

    async def _owe(self, rows: list[dict[str, Any]]) -> None:
        systems: dict[str, dict[int, Notice]] = {}
        for place, (system, notice) in self._notices.items():
            systems.setdefault(system, {})[rows[place]["sequence"]] = notice
        for system, notices in systems.items():
            await owe(self.session, system, notices, self.now)

    def _check_time(self, before: str, target: str) -> None:
        if (before, target) != ("resolved", "in_progress"):
            return
        assert self.case.resolved_at is not None
        span = timedelta(seconds=self.definition.reopen_within)
        if self.now > self.case.resolved_at + span:
            raise ConflictError(f"It was resolved more than {span.days} days ago. Open a new case.")

    def _tell(
        self,
        offer: CompensationOffer,
        before: str | None,
        reason: str | None,
        by: str,
        detail: Mapping[str, Any],
    ) -> None:
        change = {"from_state": before, "to_state": offer.state, "reason": reason}
        self._note(
            f"offer.{offer.state}", "compensation offer", offer.id, dict(detail), by=by, **change
        )
        notice = told_of(self.case, offer)
        self._notices[len(self._facts) - 1] = (offer.system_code, notice)

    def _note(
        self,
        action: str,
        kind: str,
        object_id: UUID,
        detail: dict[str, Any],
        *,
        by: str | None = None,
        **change: str | None,
    ) -> None:
        self._facts.append(
            Fact(
                chain=chain_of(self.case.id),
                at=self.now,
                actor=by or self.actor,
                action=action,
                object_kind=kind,
                object_id=str(object_id),
                detail=detail,
                **change,
            )
        )


@asynccontextmanager
async def opened(
    session: AsyncSession, repository: Repository, case_id: UUID, *, actor: str, now: datetime
) -> AsyncGenerator[CaseFile]:
    """Open a case's file; at the end of the block everything decided is written.

    Raises:
        NotFoundError: There is no such case.
    """
    case = await session.scalar(_LOCKED, {"id": case_id})
    if case is None:
        raise NotFoundError("case", case_id)
    definition = await repository.kept(session, CaseTypeDefinition, case.type, case.version)
    offers = (await session.scalars(_OFFERS, {"id": case_id})).all()
    file = CaseFile(session, case, offers, definition, actor=actor, now=now)
    yield file
    await file.close()


def chain_of(case_id: UUID) -> str:
    """The audit chain of a case and its offers."""
    return f"case:{case_id}"
