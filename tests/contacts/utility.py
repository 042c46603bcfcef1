"""A utility: all definitions of the demonstration, its customers, and a core system that tells."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import select

from openccm.communications.tables import CommunicationRequest
from openccm.contacts.tables import CustomerContact
from openccm.language.loader import load_definitions
from openccm.parties import people
from openccm.parties.people import PersonFacts, Reach
from openccm.platform.database import Database
from openccm.repository.versions import publish
from openccm.work.tables import ToDo
from tests.core.station import Station, open_station
from tests.core.telling import Teller, open_teller

DEFINITIONS = Path(__file__).parents[2] / "definitions"

ANA = PersonFacts(
    name="Ana Moreno-Quill",
    salutation="Dear Ana",
    contact_points=(
        Reach("email", "ana.moreno@customer.example"),
        Reach("letter", "14 Mill Lane, Leeds LS1 4AB", ("Ana Moreno-Quill", "14 Mill Lane")),
    ),
)


class Utility:
    """What the tests of system events begin with."""

    def __init__(self, station: Station, teller: Teller) -> None:
        self.station = station
        self.teller = teller

    async def told(self, event_type: str, **facts: Any) -> UUID:
        """Tell of an event and work on it."""
        given: dict[str, Any] = {"account": "A-5001"} | facts
        return await self.teller.told(event_type, **given)

    async def contacts(self, event_id: UUID) -> Sequence[CustomerContact]:
        mine = select(CustomerContact).where(CustomerContact.origin_id == event_id)
        async with self.station.database.read() as session:
            return (await session.scalars(mine)).all()

    async def types(self, event_id: UUID) -> list[str | None]:
        return [each.type for each in await self.contacts(event_id)]

    async def todos(self, *owners: UUID) -> list[str]:
        mine = select(ToDo.type).where(ToDo.owner_id.in_(owners))  # type: ignore[union-attr]
        async with self.station.database.read() as session:
            return sorted(await session.scalars(mine))

    async def asked(self, contact: CustomerContact) -> CommunicationRequest | None:
        if contact.request_id is None:
            return None
        async with self.station.database.read() as session:
            return await session.get_one(CommunicationRequest, contact.request_id)

    async def effects(self, event_id: UUID) -> dict[str, str]:
        return {code: state for code, state, _ in await self.teller.effects(event_id)}


@asynccontextmanager
async def open_utility(database: Database, folder: Path) -> AsyncIterator[Utility]:
    async with open_station(database, folder) as station:
        library = load_definitions(DEFINITIONS)
        now = station.clock()
        async with database.begin() as session:
            await publish(session, library, actor="test", now=now)
            for number in (1, 5):
                key = f"P-100{number}"
                await people.put_person(session, key, ANA, actor="test", now=now)
                await people.put_account(session, f"A-500{number}", key, "household", now=now)
        yield Utility(station, await open_teller(station, folder))
