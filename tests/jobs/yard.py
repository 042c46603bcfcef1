"""A yard where jobs run: a real database, a worker on a real Temporal server, and two jobs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.testing import WorkflowEnvironment

from activities.relay import Relay
from openccm.errors import InvalidError
from openccm.jobs import commands, queries
from openccm.jobs.commands import Command, Order
from openccm.jobs.job import Job, Jobs, Later, Skipped
from openccm.jobs.tables import JobItem, JobRun
from openccm.jobs.timetables import Timetable, put_timetable
from openccm.parties.people import PersonFacts, put_person
from openccm.parties.tables import Person
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.temporal import Engine
from tests.core.making import HandSetClock
from tests.core.station import Station, open_station
from workflows.worker import build_worker

PATIENCE = 120.0


class Intake(BaseModel):
    """What the job that registers people is told."""

    model_config = ConfigDict(extra="forbid")

    language: str = Field("en", pattern="^[a-z]{2}$")


@dataclass(slots=True)
class Street:
    """Who lives there, what is wrong with whom, and who came to the door."""

    due: list[str] = field(default_factory=list[str])
    bad: set[str] = field(default_factory=set[str])
    gone: set[str] = field(default_factory=set[str])
    broken: set[str] = field(default_factory=set[str])
    finished: list[str] = field(default_factory=list[str])
    closed: bool = False
    """The run cannot end yet."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    halt_at: str | None = None
    """Whoever comes to this one waits for the gate."""
    reached: asyncio.Event = field(default_factory=asyncio.Event)


class Register(Job):
    """Makes a person known for each key that is due."""

    code: ClassVar[str] = "register"
    title: ClassVar[str] = "Register people"
    Parameters: ClassVar[type[BaseModel]] = Intake
    chunk: ClassVar[int] = 50

    def __init__(self, street: Street, clock: HandSetClock) -> None:
        self._street = street
        self._clock = clock

    async def due(
        self, session: AsyncSession, run: JobRun, after: str, limit: int
    ) -> Sequence[str]:
        return [key for key in self._street.due if key > after][:limit]

    async def work(self, session: AsyncSession, run: JobRun, key: str) -> None:
        if key == self._street.halt_at:
            self._street.reached.set()
            await self._street.gate.wait()
        if key in self._street.gone:
            raise Skipped("Moved away.")
        facts = PersonFacts(name="Ana", language=run.parameters["language"])
        await put_person(session, key, facts, actor="test", now=self._clock())
        if key in self._street.bad:
            raise InvalidError("house", f"There is no house for {key}.")
        if key in self._street.broken:
            raise ZeroDivisionError("Ana Moreno-Quill")

    async def finish(self, run: JobRun) -> Later | None:
        if self._street.closed:
            return Later(self._clock(), "the street to open")
        self._street.finished.append(run.mode)
        return None


class Count(Job):
    """Has nothing to do; others come after it."""

    code: ClassVar[str] = "count"
    title: ClassVar[str] = "Count people"

    async def due(
        self, session: AsyncSession, run: JobRun, after: str, limit: int
    ) -> Sequence[str]:
        return []


@dataclass(slots=True)
class Yard:
    """Everything a job needs, at work."""

    station: Station
    street: Street
    jobs: Jobs
    engine: Engine

    @property
    def database(self) -> Database:
        return self.station.database

    async def start(self, job: str = "register", **parameters: Any) -> JobRun:
        async with self.database.begin() as session:
            return await commands.start(
                session,
                self.jobs,
                job,
                parameters,
                opened_as=f"test/{new_id()}",
                actor="user:op1",
                now=self.station.clock(),
            )

    async def command(self, name: Command, run: JobRun, reason: str = "because") -> JobRun:
        order = Order(run.job, run.number, reason, "user:op1", self.station.clock())
        async with self.database.begin() as session:
            return await commands.command(session, self.jobs, name, order)

    async def plan(self, job: str, **facts: Any) -> None:
        async with self.database.begin() as session:
            await put_timetable(
                session,
                self.jobs,
                job,
                Timetable.model_validate(facts),
                actor="user:op1",
                now=self.station.clock(),
            )

    async def run(self, run: JobRun) -> JobRun:
        """The run as it stands."""
        async with self.database.read() as session:
            return await queries.run_by_number(session, run.job, run.number)

    async def until(self, run: JobRun, *states: str) -> JobRun:
        """The run once it is in one of these states."""

        async def look() -> JobRun | None:
            found = await self.run(run)
            return found if found.state in states else None

        return await eventually(look, f"run in {states}")

    async def items(self, run: JobRun, state: str | None = None) -> Sequence[JobItem]:
        async with self.database.read() as session:
            return await queries.items(session, run.id, state=state)

    async def people(self) -> set[str]:
        async with self.database.read() as session:
            return set(await session.scalars(select(Person.key).order_by(col(Person.key))))


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What ``look`` finds, as soon as it finds something."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    while not (found := await look()):
        assert clock() < end, f"waited {PATIENCE:g} s in vain for {what}"
        await asyncio.sleep(0.05)
    return found


def keys(number: int) -> list[str]:
    return [f"P-{each:05}" for each in range(number)]


@asynccontextmanager
async def open_yard(
    database: Database, temporal: WorkflowEnvironment, folder: Path
) -> AsyncIterator[Yard]:
    async with open_station(database, folder) as station:
        street, queue = Street(), f"queue-{uuid4()}"
        jobs = Jobs([Register(street, station.clock), Count()])
        engine = Engine(temporal.client, queue)
        relay = asyncio.create_task(Relay(station.desk, engine).run())
        async with build_worker(station.desk, engine, task_queue=queue, jobs=jobs):
            yield Yard(station, street, jobs, engine)
            street.gate.set()
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay
