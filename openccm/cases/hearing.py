"""System events that are about offers: paid by a core system, or their cause has gone."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.cases import offers
from openccm.cases.case_file import opened
from openccm.cases.tables import CompensationOffer
from openccm.errors import DeniedError, InvalidError, NotFoundError
from openccm.repository.versions import Repository


async def settled(
    session: AsyncSession,
    repository: Repository,
    told: str,
    *,
    system: str,
    actor: str,
    now: datetime,
) -> UUID:
    """Write down that the core system has paid an offer; answers its case.

    Raises:
        InvalidError: What was told is no offer's id.
        NotFoundError: There is no such offer.
        DeniedError: Another core system pays it.
        IllegalTransitionError: Nobody has approved it.
    """
    try:
        offer_id = UUID(told)
    except ValueError:
        raise InvalidError("offer", "This is no id of an offer.") from None
    known = await session.get(CompensationOffer, offer_id)
    if known is None:
        raise NotFoundError("compensation offer", offer_id)
    if known.system_code != system:
        raise DeniedError("Another core system pays this offer.")
    async with opened(session, repository, known.case_id, actor=actor, now=now) as file:
        offers.settle(file, file.offers[offer_id])
    return known.case_id


async def cause_gone(
    session: AsyncSession,
    repository: Repository,
    cause: str,
    why: str,
    *,
    actor: str,
    now: datetime,
) -> Sequence[UUID]:
    """Take back what was offered for a cause that has gone; answers the cases."""
    found = await offers.of_cause(session, cause)
    cases: list[UUID] = []
    for case_id, _ in groupby(found, lambda offer: offer.case_id):
        async with opened(session, repository, case_id, actor=actor, now=now) as file:
            for offer in file.offers.values():
                if offer.cause == cause:
                    offers.take_back(file, offer, why)
        cases.append(case_id)
    return cases
