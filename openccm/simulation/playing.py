"""Playing one definition through: its world is set up, time goes on, and the story is read back."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.access.caller import Caller
from openccm.access.keys import issue_key, register_system
from openccm.channels.registry import ChannelRegistry
from openccm.communications.accept import Ask, accept
from openccm.communications.desk import Desk
from openccm.errors import NotFoundError
from openccm.events.intake import Incoming
from openccm.events.tables import TriggerSwitch
from openccm.language.bundle import Bundle, Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.event_binding import EventBindingDefinition
from openccm.language.process import ProcessDefinition
from openccm.platform.secrets import Vault
from openccm.processes.beginning import Beginning, begin
from openccm.processes.tables import WorkflowInstance
from openccm.repository.versions import Repository, publish
from openccm.simulation.casting import Cast, cast, channels_of, data_desk, payload_of
from openccm.simulation.outside import HandClock, Hooks, Memory, Provider, Recorder
from openccm.simulation.private import PrivateDatabase, private_database
from openccm.simulation.reading import Reader
from openccm.simulation.scenario import House, Scenario, moment
from openccm.simulation.story import Simulation
from openccm.simulation.world import World

SYSTEM, KEY, ACTOR = "SIMULATION", "SIMULATED", "simulation"


class Theatre:
    """One library, published in a database of its own; any number of scenarios are played in it."""

    def __init__(self, house: House, library: Library, private: PrivateDatabase) -> None:
        self._house = house
        self._library = library
        self._private = private
        self._clock = HandClock(datetime.now(UTC))
        self._repository = Repository(private.database, self._clock)
        self._caller: Caller | None = None
        self._turn = asyncio.Lock()

    async def prepare(self) -> None:
        """Publish the library.

        Raises:
            InvalidDefinition: It has errors; says each.
        """
        now = self._clock.now
        async with self._private.database.begin() as session:
            await register_system(session, SYSTEM, "Simulation", actor=ACTOR, now=now)
            key, _ = await issue_key(session, SYSTEM, (), actor=ACTOR, now=now)
            sources = {each.source for each in self._library.of(EventBindingDefinition).values()}
            for source in sorted(each for each in sources if each is not None):
                await register_system(session, source, source.title(), actor=ACTOR, now=now)
            await publish(session, self._library, actor=ACTOR, now=now)
        self._caller = Caller(SYSTEM, frozenset(), None, key.id)
        self._private.keep()

    async def play(self, scenario: Scenario) -> Simulation:
        """Play a definition through; nothing is kept, nobody outside is told.

        Raises:
            NotFoundError: Nobody bears the person's key.
            InvalidError: Something of the scenario does not fit; names it.
            EndlessError: It goes round without rest.
        """
        async with self._turn:
            self._private.put_back()
            async with self._private.database.begin() as session:
                who = await cast(session, self._house, self._library, scenario, self._clock.now)
            self._clock.now = moment(scenario.start, ZoneInfo(who.person.time_zone))
            world = self._world(scenario)
            reader = Reader(world, who)
            subject = await _begin(world, self._library, scenario, who)
            _plan_events(world, self._library, scenario, who, subject)
            await world.run()
            definition = self._library.bundle(scenario.code).definition
            return await reader.story(definition, subject)

    def _world(self, scenario: Scenario) -> World:
        house, clock = self._house, self._clock
        provider, hooks = Provider(), Hooks(clock)
        desk = Desk(
            settings=house.settings,
            database=self._private.database,
            clock=clock,
            repository=self._repository,
            store=Memory(),
            vault=Vault(bytes(32)),
            renderer=Recorder(house.renderer),
            data=data_desk(house, self._library, scenario, clock),
            channels=ChannelRegistry(dict.fromkeys(channels_of(self._library), provider)),
            hooks=hooks,
        )
        assert self._caller is not None
        world = World(desk, clock, self._caller, scenario.answers)
        provider.says, hooks.says = world.says_of_channel, world.says_of_hook
        return world


@asynccontextmanager
async def open_theatre(house: House, library: Library) -> AsyncGenerator[Theatre]:
    """A theatre for a library that is complete.

    Raises:
        InvalidDefinition: The library has errors; says each.
    """
    async with private_database() as private:
        theatre = Theatre(house, library, private)
        await theatre.prepare()
        yield theatre


def needed(library: Library, code: str, events: Collection[str] = ()) -> Library:
    """A definition with all it relies on, and with the bindings of events that will come.

    Raises:
        NotFoundError: There is no such definition.
    """
    known = {bundle.definition.code: bundle for bundle in library.bundles}
    if code not in known:
        raise NotFoundError("definition", code)
    played = known[code].definition
    types = set(events)
    if isinstance(played, ProcessDefinition):
        types |= {played.events[name].type for name in types & played.events.keys()}
    bindings = library.of(EventBindingDefinition)
    waiting = [code, *(each.code for each in bindings.values() if each.type in types)]
    chosen: dict[str, Bundle] = {}
    while waiting:
        each = waiting.pop()
        if each in known and each not in chosen:
            chosen[each] = known[each]
            waiting += [use.code for use in known[each].definition.uses()]
    return Library(tuple(bundle for bundle in library.bundles if bundle.definition.code in chosen))


async def _begin(world: World, library: Library, scenario: Scenario, who: Cast) -> UUID | None:
    """Ask for the communication or start the process; answers the request or the instance."""
    definition = library.bundle(scenario.code).definition
    payload = payload_of(definition, scenario)
    async with world.desk.database.begin() as session:
        if isinstance(definition, ProcessDefinition):
            beginning = Beginning(
                process=definition.code,
                key=KEY,
                person=who.person.key,
                account=who.account,
                payload=payload,
            )
            instance = await begin(
                session, world.processes, beginning, caller=world.caller, now=world.clock.now
            )
            return instance.id
        if isinstance(definition, CommunicationDefinition):
            ask = Ask(
                definition=definition.code,
                idempotency_key=KEY,
                person=who.person.key,
                account=who.account,
                payload=payload,
            )
            request = await accept(
                session,
                ask,
                definition,
                1,
                caller=world.caller,
                now=world.clock.now,
                grace=timedelta(0),
            )
            return request.id
        await _switch_on(session, definition.code, world.clock.now)
    return None


def _plan_events(
    world: World, library: Library, scenario: Scenario, who: Cast, subject: UUID | None
) -> None:
    definition = library.bundle(scenario.code).definition
    zone, start = ZoneInfo(who.person.time_zone), world.clock.now
    declared = definition.events if isinstance(definition, ProcessDefinition) else {}
    for number, told in enumerate(scenario.events):
        at = start
        if told.at is not None:
            at = moment(told.at, zone, f"events[{number}].at")
        elif told.after is not None:
            at = start + timedelta(seconds=told.after.seconds)
        event = declared.get(told.event)

        async def tell(number: int = number, told: Any = told, event: Any = event) -> None:
            matched = await _matching(world, subject, event.match) if event is not None else {}
            incoming = Incoming(
                event_id=f"simulated-{number}",
                type=event.type if event is not None else told.event,
                occurred_at=world.clock.now,
                person=who.person.key,
                account=who.account,
                data={**matched, **told.data},
            )
            await world.tell(number, incoming, _source(library, incoming.type))

        world.plan(at, tell)


def _source(library: Library, event_type: str) -> str:
    """Whose event it is: that of the first binding that names a source."""
    bindings = library.of(EventBindingDefinition).values()
    named = [each.source for each in bindings if each.type == event_type and each.source]
    return named[0] if named else SYSTEM


async def _switch_on(session: AsyncSession, code: str, now: datetime) -> None:
    """A binding that is played is on, whatever its text says."""
    session.add(TriggerSwitch(code=code, enabled=True, by=ACTOR, reason="played", at=now))


async def _matching(
    world: World, instance_id: UUID | None, match: dict[str, str]
) -> dict[str, Any]:
    """What an event has to say, for the process to take it as its own."""
    if instance_id is None:
        return {}
    async with world.desk.database.read() as session:
        instance = await session.get_one(WorkflowInstance, instance_id)
    return {
        theirs: instance.data.get(ours)
        for theirs, ours in match.items()
        if theirs not in ("person", "account") and ours in instance.data
    }
