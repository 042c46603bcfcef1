"""What becomes of offers: proposed by a table, decided by limits or people, paid, taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.cases.case_file import ENGINE, CaseFile, opened
from openccm.cases.lifecycles import STANDING, UNDECIDED
from openccm.cases.tables import CaseParty, CompensationOffer
from openccm.platform.columns import new_id
from openccm.repository.versions import Repository
from openccm.work.lifecycle import TO_DO
from openccm.work.tables import ToDo

_APPROVED = "approved"
"""The outcome that a to-do of an approval must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a table says that somebody is to get."""

    person: str
    addressee: str
    party: str
    cause: str
    amount: Decimal
    currency: str
    reason: str
    table: str
    table_version: int
    rows: tuple[str, ...]
    rule: str
    recommendation: str = ""
    approver: str | None = None
    context: dict[str, object] = field(default_factory=dict[str, object])
    """What whoever approves reads."""
    system_code: str
    process: str


async def propose(file: CaseFile, proposal: Proposal) -> CompensationOffer | None:
    """Offer it in this case; None where the person was offered something for the cause before.

    Nothing at all is rejected at once, by the row that says so. What needs no approval is approved.
    """
    for known in file.offers.values():
        if (known.cause, known.person_key) == (proposal.cause, proposal.person):
            return known
    twin = await _standing(file.session, proposal)
    if twin is not None:
        file.pass_over(twin)
        return None
    offer = CompensationOffer(
        id=new_id(),
        case_id=file.case.id,
        cause=proposal.cause,
        person_key=proposal.person,
        addressee_key=proposal.addressee,
        amount=f"{proposal.amount:.2f}",
        currency=proposal.currency,
        reason=proposal.reason,
        decided_table=proposal.table,
        decided_version=proposal.table_version,
        decided_rows=list(proposal.rows),
        rule=proposal.rule,
        recommendation=proposal.recommendation,
        approver=proposal.approver,
        system_code=proposal.system_code,
        process=proposal.process,
        created_at=file.now,
        updated_at=file.now,
    )
    await _join(file, proposal)
    file.propose(offer)
    if proposal.amount <= 0:
        file.move(offer, "rejected", proposal.reason or "nothing_to_pay")
    elif proposal.approver is None:
        file.move(offer, "auto_approved", "within_limit")
    else:
        file.move(offer, "awaiting_approval", approver=proposal.approver)
    return offer


def decide(file: CaseFile, offer: CompensationOffer, todo: ToDo) -> None:
    """Do what the person decided whom a to-do asked."""
    if todo.state not in TO_DO.terminal or offer.state != "awaiting_approval":
        return
    by = todo.closed_by or ENGINE
    if todo.outcome == _APPROVED:
        instead = todo.form.get("amount")
        changed = {}
        if instead is not None:
            changed = {"proposed": offer.amount, "amount": f"{Decimal(str(instead)):.2f}"}
            offer.amount = changed["amount"]
        file.move(offer, _APPROVED, by=by, **changed)
    elif todo.state == "completed":
        file.move(offer, "rejected", todo.reason or todo.outcome, by=by)
    else:
        file.move(offer, "withdrawn", todo.reason or "approval_cancelled", by=by)


def expire(file: CaseFile, offer: CompensationOffer) -> None:
    """Let an offer lapse that nobody decided on in time."""
    if offer.state in UNDECIDED:
        file.move(offer, "expired", "not_decided_in_time")


def issue(file: CaseFile, offers: Sequence[CompensationOffer]) -> None:
    """Have what is approved paid: from here on the core system is asked for the money."""
    for offer in offers:
        if offer.state in ("approved", "auto_approved"):
            file.move(offer, "issued")


def settle(file: CaseFile, offer: CompensationOffer) -> None:
    """Write down that the core system has paid; more than once changes nothing.

    Raises:
        IllegalTransitionError: Nobody has approved it.
    """
    if offer.state == "settled":
        return
    issue(file, [offer])
    file.move(offer, "settled")


def take_back(file: CaseFile, offer: CompensationOffer, why: str) -> None:
    """Withdraw an offer whose cause has gone; one that is issued or paid is flagged instead."""
    if offer.state in ("issued", "settled"):
        if offer.review is None:
            file.flag(offer, why)
    elif offer.state in STANDING:
        file.move(offer, "withdrawn", why)


async def of_cause(session: AsyncSession, cause: str) -> Sequence[CompensationOffer]:
    """All offers for a cause, case by case."""
    statement = (
        select(CompensationOffer)
        .where(CompensationOffer.cause == cause)
        .order_by(col(CompensationOffer.case_id), col(CompensationOffer.id))
    )
    return (await session.scalars(statement)).all()


async def withdraw(
    session: AsyncSession,
    repository: Repository,
    offer: CompensationOffer,
    why: str,
    *,
    actor: str,
    now: datetime,
) -> CompensationOffer:
    """Take an offer back that is not issued yet.

    Raises:
        IllegalTransitionError: It is issued, paid, or stands no more.
    """
    async with opened(session, repository, offer.case_id, actor=actor, now=now) as file:
        file.move(file.offers[offer.id], "withdrawn", why)
        return file.offers[offer.id]


async def review(
    session: AsyncSession,
    repository: Repository,
    offer: CompensationOffer,
    why: str,
    *,
    actor: str,
    now: datetime,
) -> CompensationOffer:
    """Write down what the look at a flagged offer came to.

    Raises:
        ConflictError: It is not flagged.
    """
    async with opened(session, repository, offer.case_id, actor=actor, now=now) as file:
        file.unflag(file.offers[offer.id], why)
        return file.offers[offer.id]


async def _standing(session: AsyncSession, proposal: Proposal) -> CompensationOffer | None:
    return await session.scalar(
        select(CompensationOffer).where(
            CompensationOffer.cause == proposal.cause,
            CompensationOffer.person_key == proposal.person,
            col(CompensationOffer.state).in_(STANDING),
        )
    )


async def _join(file: CaseFile, proposal: Proposal) -> None:
    known = await file.session.scalar(
        select(CaseParty.id).where(
            CaseParty.case_id == file.case.id,
            CaseParty.part == proposal.party,
            CaseParty.person_key == proposal.person,
        )
    )
    if known is None:
        party = CaseParty(case_id=file.case.id, part=proposal.party, person_key=proposal.person)
        file.take_part(party)


def owner_step(step: str, visit: int, offer_id: UUID) -> str:
    """What of an instance the to-do of one offer belongs to."""
    return f"{step}/{visit}/{offer_id}"
