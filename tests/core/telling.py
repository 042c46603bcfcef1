"""Events as tests tell them, and the bindings that hear them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import select

from openccm.access.caller import Caller
from openccm.access.keys import issue_key, register_system
from openccm.communications.tables import CommunicationRequest
from openccm.events import commands, queries
from openccm.events.catalogue import Catalogue
from openccm.events.handling import Handler
from openccm.events.intake import Incoming, Taken, Told, take
from openccm.events.tables import EventEffect, SystemEvent
from openccm.language.kinds import KINDS
from openccm.language.loader import load_definitions
from openccm.platform.columns import new_id
from openccm.repository.versions import publish
from tests.core.station import Station


def binding(code: str, event_type: str, **changes: Any) -> dict[str, Any]:
    """A binding that asks for a bill letter."""
    facts: dict[str, Any] = {
        "kind": "event-binding",
        "code": code,
        "title": code,
        "type": event_type,
        "data": {"bill.number": {"type": "text"}},
        "request": {
            "communication": "BILL-READY",
            "payload": {"bill.number": "bill.number"},
        },
    }
    return {name: value for name, value in (facts | changes).items() if value is not None}


@dataclass(slots=True)
class Teller:
    """A core system that tells of events, and the work on them."""

    station: Station
    caller: Caller
    folder: Path
    catalogue: Catalogue

    async def bind(self, *bindings: dict[str, Any]) -> None:
        """Publish bindings, and whatever they lead to."""
        root = self.folder / new_id().hex
        for each in bindings:
            file = KINDS[each["kind"]].file
            path = root / each["code"].lower() / file
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(each))
        library = load_definitions(root)
        async with self.station.database.begin() as session:
            await publish(session, library, actor="test", now=self.station.clock())
        self.catalogue = Catalogue(self.station.desk.repository)

    async def take(self, *told: Incoming) -> list[Taken]:
        known = [Told(each, self.caller) for each in told]
        return await take(self.station.desk, self.catalogue, known)

    async def tell(self, event_type: str, **changes: Any) -> SystemEvent:
        """Tell of one event that is taken, and do not work on it."""
        (taken,) = await self.take(incoming(event_type, **changes))
        assert taken.event is not None, taken.refusal
        return await self.event(taken.event["id"])

    async def work(self) -> None:
        assert await Handler(self.station.desk).round() is None

    async def told(self, event_type: str, **changes: Any) -> UUID:
        """Tell of one event and work on it."""
        event = await self.tell(event_type, **changes)
        await self.work()
        return event.id

    async def command(self, event_id: UUID, name: commands.Command) -> SystemEvent:
        return await commands.command(self.station.desk, event_id, name, "asked", actor="test")

    async def switch(self, code: str, enabled: bool) -> None:
        async with self.station.database.begin() as session:
            await commands.switch(
                session, code, enabled, "asked", actor="test", now=self.station.clock()
            )
        self.catalogue = Catalogue(self.station.desk.repository)

    async def event(self, event_id: UUID) -> SystemEvent:
        async with self.station.database.read() as session:
            return await queries.event_by_id(session, event_id)

    async def stands(self, event_id: UUID) -> tuple[str, str | None]:
        event = await self.event(event_id)
        return event.state, event.reason

    async def effects(self, event_id: UUID) -> list[tuple[str, str, str | None]]:
        return [(row.binding, row.state, row.reason) for row in await self.rows(event_id)]

    async def rows(self, event_id: UUID) -> Sequence[EventEffect]:
        async with self.station.database.read() as session:
            return await queries.effects_of(session, event_id)

    async def requests(self, event_id: UUID) -> Sequence[CommunicationRequest]:
        """What was asked for because of an event."""
        mine = select(CommunicationRequest).where(CommunicationRequest.trigger_id == event_id)
        async with self.station.database.read() as session:
            return (await session.scalars(mine)).all()


def incoming(event_type: str, **changes: Any) -> Incoming:
    facts: dict[str, Any] = {
        "event_id": f"E-{new_id()}",
        "type": event_type,
        "account": "A-5001",
        "data": {"bill": {"number": "B-417"}},
    }
    return Incoming(**(facts | changes))


async def open_teller(
    station: Station, folder: Path, *, definitions: Sequence[str] | None = None
) -> Teller:
    """A core system of its own with a key."""
    system = f"S{new_id().hex[-12:].upper()}"
    now = station.clock()
    async with station.database.begin() as session:
        await register_system(session, system, "Test", actor="test", now=now)
        key, _ = await issue_key(
            session, system, ["event:write"], definitions=definitions, actor="test", now=now
        )
    allowed = None if definitions is None else frozenset(definitions)
    caller = Caller(system, frozenset({"event:write"}), allowed, key.id)
    return Teller(station, caller, folder, Catalogue(station.desk.repository))
