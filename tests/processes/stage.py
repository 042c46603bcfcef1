"""Processes on real rows, with the clock, the events and the outcomes in the test's own hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from openccm.access.caller import Caller
from openccm.communications.dossier import opened
from openccm.contracts import StepInput, StepResult
from openccm.language.bundle import Library
from openccm.language.checker import check_bundle
from openccm.language.checks.inspecting import TemplateFindings
from openccm.language.loader import load_definitions
from openccm.language.problems import errors_of
from openccm.platform.columns import new_id
from openccm.processes import queries
from openccm.processes.beginning import Beginning, begin
from openccm.processes.book import Processes
from openccm.processes.hearing import Heard, deliver
from openccm.processes.stepper import Stepper
from openccm.processes.tables import InstanceStep, WorkflowInstance
from openccm.processes.taking import take_step
from openccm.repository.versions import publish
from tests.core.station import Station

CALLER = Caller("BILLING", frozenset(), None, new_id())


@dataclass(slots=True)
class Play:
    """One instance, and its run."""

    stage: "Stage"
    id: UUID
    run: Stepper

    async def on(self) -> "Play":
        """Let it go on as far as it goes."""
        await self.run.run()
        return self

    async def later(self, **span: float) -> "Play":
        """Let time pass, then look."""
        self.stage.station.clock.now += timedelta(**span)
        return await self.on()

    async def hear(self, kind: str, /, key: str | None = None, **data: Any) -> "Play":
        """Let a system event about this instance come in."""
        instance = await self.row()
        heard = Heard(
            type=kind,
            key=key or str(new_id()),
            person=instance.person_key,
            account=instance.account_key,
            data=data,
        )
        async with self.stage.station.database.begin() as session:
            await deliver(session, self.stage.processes, heard)
        return await self.on()

    async def settle(self, state: str) -> "Play":
        """Let the request that a step waits for end in a state."""
        (standing,) = [step for step in await self.steps() if step.left_at is None]
        assert standing.subject is not None
        first = () if state in ("cancelled", "duplicate") else ("gathering",)
        await self.stage.settle(standing.subject, *first, state)
        return await self.on()

    async def row(self) -> WorkflowInstance:
        """The instance as it stands."""
        async with self.stage.station.database.read() as session:
            return await queries.instance_by_id(session, self.id)

    async def steps(self) -> Sequence[InstanceStep]:
        """Every visit so far."""
        async with self.stage.station.database.read() as session:
            return await queries.steps_of(session, self.id)

    async def path(self) -> list[str]:
        """The steps that were left, an author's alone."""
        return [step for step, _ in self.run.taken if not step.startswith(":")]


@dataclass(slots=True)
class Stage:
    """A desk with processes."""

    station: Station
    processes: Processes
    folder: Path

    @property
    def others(self) -> Path:
        """Where the communications and services stand that processes use."""
        return self.station.desk.settings.data_dir / "definitions"

    async def publish(self, text: str) -> str:
        """Make a process live; answers its code."""
        code = next(line[6:] for line in text.splitlines() if line.startswith("code: "))
        folder = self.folder / code.lower()
        folder.mkdir(exist_ok=True)
        (folder / "process.yaml").write_text(text)
        await self.make_live(code)
        return code

    async def make_live(self, code: str) -> None:
        """Check what stands in the folder under a code, and publish it."""
        loaded, others = load_definitions(self.folder), load_definitions(self.others)
        assert loaded.problems == (), [str(problem) for problem in loaded.problems]
        everything = Library(loaded.bundles + others.bundles)
        bundle = everything.bundle(code)
        found = check_bundle(
            bundle, everything, channels=(), inspect_template=lambda *_: TemplateFindings()
        )
        assert errors_of(found) == [], [str(problem) for problem in found]
        library = Library((bundle,))
        async with self.station.database.begin() as session:
            await publish(session, library, actor="test", now=self.station.clock())

    async def begin(self, code: str, **asked: Any) -> Play:
        """Begin an instance for somebody new, and let it go as far as it goes."""
        if "person" not in asked:
            asked["person"] = (await self.station.person("email")).key
        beginning = Beginning(**({"process": code, "key": f"K-{new_id()}"} | asked))
        async with self.station.database.begin() as session:
            row = await begin(
                session, self.processes, beginning, caller=CALLER, now=self.station.clock()
            )
            stored = await self.station.desk.repository.stored(session, code, row.version)
        assert stored.plan is not None
        play = Play(self, row.id, Stepper(stored.plan, row.id, self.take))
        return await play.on()

    async def settle(self, request_id: UUID, *states: str) -> None:
        """Let a request go through these states."""
        station = self.station
        async with (
            station.database.begin() as session,
            opened(session, request_id, actor="test", now=station.clock()) as dossier,
        ):
            for state in states:
                dossier.move_request(state, "test")

    async def play(self, text: str, **asked: Any) -> Play:
        """Publish and begin."""
        return await self.begin(await self.publish(text), **asked)

    async def take(self, order: StepInput) -> StepResult:
        """Take a step twice, as a worker does that died before it could tell."""
        first = await take_step(self.processes, order)
        again = await take_step(self.processes, order)
        assert again.outcome == first.outcome, (order.step, first, again)
        return again
