"""What a person allows and forbids: consents, preferences, hard stops."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import Key, within_reach
from api.routes.persons import ConsentRead, PreferenceRead, SuppressionRead
from openccm.language.wishes import Wishes
from openccm.parties.people import person_by_key
from openccm.parties.tables import Person
from openccm.privacy.sayings import Saying, write_down
from openccm.privacy.wishes import wishes_of

router = APIRouter(prefix="/v1/persons/{key}/wishes", tags=["persons"])


class WishesRead(BaseModel):
    """All that stands today."""

    model_config = ConfigDict(from_attributes=True)

    consents: list[ConsentRead]
    preferences: list[PreferenceRead]
    suppressions: list[SuppressionRead]


async def _read(session: AsyncSession, person: Person) -> WishesRead:
    return WishesRead.model_validate(await wishes_of(session, person.id), from_attributes=True)


@router.get("")
async def read_wishes(
    key: Key, house: HouseDep, caller: PartyReader, session: Reading
) -> WishesRead:
    """All that the person allows and forbids."""
    await within_reach(house, caller, "person", key)
    return await _read(session, await person_by_key(session, key))


@router.put("")
async def put_wishes(
    key: Key, body: Wishes, house: HouseDep, caller: PartyWriter, session: Writing
) -> WishesRead:
    """Write down what is named; all else stays."""
    await within_reach(house, caller, "person", key)
    person = await person_by_key(session, key)
    saying = Saying(caller.actor, caller.actor, house.desk.clock())
    await write_down(session, person.id, body, saying)
    return await _read(session, person)
