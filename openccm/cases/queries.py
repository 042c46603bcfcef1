"""Questions about cases and offers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.cases.lifecycles import CASE
from openccm.cases.tables import Case, CaseNote, CaseParty, CompensationOffer
from openccm.errors import NotFoundError
from openccm.work.tables import ToDo
from openccm.work.times import sla_mark


async def case_by_id(session: AsyncSession, case_id: UUID) -> Case:
    """The case.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(Case, case_id)
    if found is None:
        raise NotFoundError("case", case_id)
    return found


async def case_of(session: AsyncSession, instance_id: UUID) -> Case | None:
    """The case that an instance keeps, if it opened one."""
    return await session.scalar(select(Case).where(Case.instance_id == instance_id))


async def cases(
    session: AsyncSession,
    *,
    within: ColumnElement[bool],
    system: str | None = None,
    number: str | None = None,
    type: str | None = None,  # noqa: A002
    status: str | None = None,
    state: str | None = None,
    person: str | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[Case]:
    """Newest first; of a ``person`` all in which they have a part."""
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (col(Case.system_code), system),
            (col(Case.number), number),
            (col(Case.type), type),
            (col(Case.status), status),
            (col(Case.state), state),
        )
        if value is not None
    ]
    wanted.append(within)
    if person is not None:
        parts = select(CaseParty.case_id).where(CaseParty.person_key == person)
        wanted.append(or_(col(Case.person_key) == person, col(Case.id).in_(parts)))
    if after is not None:
        wanted.append(col(Case.id) < after)
    statement = select(Case).where(*wanted).order_by(col(Case.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


async def parties_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseParty]:
    """Who has a part in a case."""
    statement = select(CaseParty).where(CaseParty.case_id == case_id).order_by(col(CaseParty.id))
    return (await session.scalars(statement)).all()


async def notes_of(session: AsyncSession, case_id: UUID) -> Sequence[CaseNote]:
    """What was written down in a case, oldest first."""
    statement = select(CaseNote).where(CaseNote.case_id == case_id).order_by(col(CaseNote.id))
    return (await session.scalars(statement)).all()


async def todos_of(session: AsyncSession, case: Case) -> Sequence[ToDo]:
    """The to-dos of a case and of the instance that keeps it, oldest first."""
    owners = [case.id, *([case.instance_id] if case.instance_id else [])]
    statement = (
        select(ToDo)
        .where(col(ToDo.owner_id).in_(owners), col(ToDo.owner_kind).in_(("case", "instance")))
        .order_by(col(ToDo.id))
    )
    return (await session.scalars(statement)).all()


async def offers_of(session: AsyncSession, case_id: UUID) -> Sequence[CompensationOffer]:
    """The offers of a case, in the order in which they were made."""
    statement = (
        select(CompensationOffer)
        .where(CompensationOffer.case_id == case_id)
        .order_by(col(CompensationOffer.id))
    )
    return (await session.scalars(statement)).all()


async def offer_by_id(session: AsyncSession, offer_id: UUID) -> CompensationOffer:
    """The offer.

    Raises:
        NotFoundError: There is none.
    """
    found = await session.get(CompensationOffer, offer_id)
    if found is None:
        raise NotFoundError("compensation offer", offer_id)
    return found


async def offers(
    session: AsyncSession,
    *,
    within: ColumnElement[bool],
    system: str | None = None,
    state: str | None = None,
    person: str | None = None,
    cause: str | None = None,
    flagged: bool | None = None,
    after: UUID | None = None,
    limit: int = 50,
) -> Sequence[CompensationOffer]:
    """Newest first."""
    row = CompensationOffer
    wanted: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (col(row.system_code), system),
            (col(row.state), state),
            (col(row.person_key), person),
            (col(row.cause), cause),
        )
        if value is not None
    ]
    wanted.append(within)
    if flagged is not None:
        is_flagged = col(row.review).is_not(None)
        wanted.append(is_flagged if flagged else ~is_flagged)
    if after is not None:
        wanted.append(col(row.id) < after)
    statement = select(row).where(*wanted).order_by(col(row.id).desc()).limit(limit)
    return (await session.scalars(statement)).all()


def mark_of(case: Case, now: datetime) -> str:
    """``ok``, ``at_risk`` or ``breached``: by now, or by when it was resolved."""
    ended = case.resolved_at if case.state in ("resolved", *CASE.terminal) else None
    return sla_mark(case.at_risk_at, case.due_at, ended or now)
