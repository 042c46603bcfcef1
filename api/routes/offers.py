"""Compensation offers: look at them, take one back, say what a review came to."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import CaseReader, HouseDep, OfferManager, Reading, Writing
from api.models import Listed, Page
from openccm.access.caller import Caller
from openccm.access.reach import require_within, within
from openccm.cases import offers, queries
from openccm.cases.tables import CompensationOffer
from openccm.errors import HiddenError

router = APIRouter(prefix="/v1/offers", tags=["offers"])


class OfferRead(Listed):
    """An offer as it stands, and what decided it."""

    case_id: UUID
    cause: str
    person: str
    addressee: Annotated[str, Field(description="Who is written to and paid.")]
    amount: str
    currency: str
    reason: Annotated[str, Field(description="What the table answered.")]
    table: Annotated[str, Field(description="The decision table that proposed it.")]
    table_version: int
    rows: Annotated[list[str], Field(description="Its rows that matched.")]
    rule: Annotated[str, Field(description="These rows in words.")]
    recommendation: str
    approver: Annotated[str | None, Field(description="The role that must approve it.")]
    todo_id: UUID | None
    state: str
    state_reason: str | None
    decided_by: str | None
    system: Annotated[str, Field(description="The core system that pays.")]
    process: str
    review: Annotated[str | None, Field(description="Why it should be looked at again.")]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, offer: CompensationOffer) -> "OfferRead":
        """The public face of a row."""
        given = offer.model_dump()
        return cls(**{_NAMES.get(name, name): value for name, value in given.items()})


_NAMES: dict[str, Any] = {
    "person_key": "person",
    "addressee_key": "addressee",
    "decided_table": "table",
    "decided_version": "table_version",
    "decided_rows": "rows",
    "system_code": "system",
}


class ReasonCreate(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


async def _seen(session: AsyncSession, offer_id: UUID, caller: Caller) -> CompensationOffer:
    """Agents see all offers, core systems those they pay."""
    offer, kind = await queries.offer_by_id(session, offer_id), "compensation offer"
    await require_within(session, caller, kind, CompensationOffer, offer_id)
    if "case:work" not in caller.scopes and not caller.sees(offer.system_code):
        raise HiddenError(kind, offer_id, "It belongs to another core system.")
    return offer


@router.get("")
async def list_offers(
    session: Reading,
    caller: CaseReader,
    state: Annotated[str | None, Query(max_length=24)] = None,
    person: Annotated[str | None, Query(max_length=80)] = None,
    cause: Annotated[str | None, Query(max_length=200)] = None,
    flagged: Annotated[bool | None, Query(description="For review.")] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[OfferRead]:
    """Offers, newest first."""
    everybody = "case:work" in caller.scopes or "request:all" in caller.scopes
    rows = await queries.offers(
        session,
        system=None if everybody else caller.system_code,
        within=within(caller, CompensationOffer),
        state=state,
        person=person,
        cause=cause,
        flagged=flagged,
        after=after,
        limit=limit,
    )
    return Page[OfferRead].of([OfferRead.of(row) for row in rows], limit)


@router.get("/{offer_id}")
async def read_offer(offer_id: UUID, session: Reading, caller: CaseReader) -> OfferRead:
    """One offer, and what decided it."""
    return OfferRead.of(await _seen(session, offer_id, caller))


@router.post("/{offer_id}/withdraw")
async def withdraw_offer(
    offer_id: UUID, body: ReasonCreate, house: HouseDep, caller: OfferManager, session: Writing
) -> OfferRead:
    """Take an offer back that nobody was asked to pay yet."""
    offer = await _seen(session, offer_id, caller)
    return OfferRead.of(
        await offers.withdraw(
            session,
            house.desk.repository,
            offer,
            body.reason,
            actor=caller.actor,
            now=house.desk.clock(),
        )
    )


@router.post("/{offer_id}/review")
async def review_offer(
    offer_id: UUID, body: ReasonCreate, house: HouseDep, caller: OfferManager, session: Writing
) -> OfferRead:
    """Say what the look at a flagged offer came to; the flag goes, what was paid stays paid."""
    offer = await _seen(session, offer_id, caller)
    return OfferRead.of(
        await offers.review(
            session,
            house.desk.repository,
            offer,
            body.reason,
            actor=caller.actor,
            now=house.desk.clock(),
        )
    )
