"""The accounting identities, for whoever must know that nothing disappears."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import Auditor, HouseDep
from openccm.communications.accounting import Identity, accounts
from openccm.events import queries as events

router = APIRouter(prefix="/v1/accounting", tags=["accounting"])


class IdentityRead(BaseModel):
    """What came in must equal the sum of the states."""

    came_in: int
    states: dict[str, int]
    balanced: bool

    @classmethod
    def of(cls, identity: Identity) -> "IdentityRead":
        """The public face of an identity."""
        return cls(came_in=identity.came_in, states=identity.states, balanced=identity.balanced)


class AccountingRead(BaseModel):
    """All identities at one instant."""

    requests: IdentityRead
    communications: IdentityRead
    events: IdentityRead
    ambiguous_attempts: Annotated[
        int, Field(description="Attempts of which nobody can know whether they left.")
    ]
    balanced: bool


@router.get("")
async def read_accounting(house: HouseDep, caller: Auditor) -> AccountingRead:
    """Everything that came in, by where it is now."""
    async with house.desk.database.snapshot() as session:
        found = await accounts(session)
        told = await events.accounts(session)
    return AccountingRead(
        requests=IdentityRead.of(found.requests),
        communications=IdentityRead.of(found.communications),
        events=IdentityRead.of(told),
        ambiguous_attempts=found.ambiguous_attempts,
        balanced=found.balanced and told.balanced,
    )
