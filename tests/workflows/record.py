"""Records histories: of the demo's story, and of each process from its beginning to an end.

``python -m tests.workflows.record processes CODE …`` for new or changed processes; without codes
for all;
``python -m tests.workflows.record 0.2.0`` for every released change of ``workflows/``.
"""

import asyncio
import sys
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

from temporalio.client import Client
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from demo.stack import introduce, prepare_demo
from demo.story import read_story, tell, temporary_settings
from openccm.access.keys import Caller
from openccm.language.bundle import Bundle, Library
from openccm.language.loader import load_definitions
from openccm.language.process import ProcessDefinition
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.migrations.schema import migrate
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.supervisor import Stack
from openccm.processes.beginning import Beginning, begin
from openccm.repository.versions import publish
from openccm.work import commands as work
from openccm.work.tables import ToDo
from tests.language.test_process_plans import library as every_step
from tests.processes.risk import RiskSystem
from tests.processes.stage import CALLER
from tests.support.temporal import skipping_server
from tests.workflows.destiny import Destiny
from tests.workflows.far_end import examples, far_end
from tests.workflows.served import Served, serving

FOLDER = Path(__file__).with_name("histories")
SHIPPED = Path(__file__).parents[2] / "definitions"
PROCESSES = FOLDER / "processes"


@dataclass(slots=True, repr=False, kw_only=True)
class Life(Destiny):
    """A run in patient hands: each to-do is done, each communication settled, time goes on."""

    library: Library

    async def _do(self, todo_id: UUID) -> None:
        async with self.stage.station.database.read() as session:
            todo = await session.get_one(ToDo, todo_id)
        definition = self.library.bundle(todo.type).definition
        assert isinstance(definition, ToDoTypeDefinition)
        scopes, roles = frozenset({"todo:work", "todo:manage"}), definition.all_roles
        hand = work.Hand(
            self.stage.station.desk.repository,
            Caller("DESK", scopes, None, new_id(), roles=roles),
            self.stage.station.clock(),
        )
        done = work.Done(next(iter(definition.outcomes)), examples(definition.form), "recorded")
        async with self.stage.station.database.begin() as session:
            await work.complete(session, hand, todo_id, done)


def processes_of(library: Library) -> Iterator[Bundle]:
    """The processes among the definitions."""
    for bundle in library.bundles:
        if isinstance(bundle.definition, ProcessDefinition):
            yield bundle


async def record_story(release: str) -> None:
    """Tell the story and keep the history of every run."""
    target = FOLDER / release
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = temporary_settings(Path(folder))
        await prepare_demo(settings)
        async with Stack(settings, tell=lambda _: None):
            await introduce(settings)
            assert await tell(settings, read_story()) == 0
            client = await Client.connect(settings.temporal_address)
            async for run in client.list_workflows("WorkflowType != 'temporal-sys'"):
                history = await client.get_workflow_handle(run.id).fetch_history()
                name = run.id.replace("/", "--") if "BILLING" in run.id else run.workflow_type
                (target / f"{name}.json").write_text(history.to_json())


async def record_processes(codes: Collection[str]) -> None:
    """Let every process run from its beginning to an end, and keep its history."""
    PROCESSES.mkdir(parents=True, exist_ok=True)
    async with skipping_server(TimeSkippingConfig(enabled=False)) as environment:
        for library in (every_step(), load_definitions(SHIPPED)):
            with tempfile.TemporaryDirectory() as folder:
                await _record(environment, library, Path(folder), codes)


async def _record(
    environment: WorkflowEnvironment, library: Library, folder: Path, codes: Collection[str]
) -> None:
    url = f"sqlite+aiosqlite:///{folder / 'rows.db'}"
    await migrate(url)
    database = Database(url)
    async with far_end(library), serving(environment, database, folder) as served:
        station = served.stage.station
        async with station.database.begin() as session:
            await publish(session, library, actor="test", now=station.clock())
        async with served.worker():
            for bundle in processes_of(library):
                if codes and bundle.definition.code not in codes:
                    continue
                fate = await _lived(served, environment, library, bundle)
                history = await served.handle(await fate.row()).fetch_history()
                path = PROCESSES / f"{bundle.definition.code}.json"
                path.write_text(history.to_json())
                print(f"{path.name}: {len(history.events)} events, {(await fate.row()).outcome}")
    await database.close()


async def _lived(
    served: Served, environment: WorkflowEnvironment, library: Library, bundle: Bundle
) -> Life:
    """Begin an instance with example data, and see it through."""
    definition = bundle.definition
    assert isinstance(definition, ProcessDefinition)
    station = served.stage.station
    someone = await station.person("email", "letter")
    asked = Beginning(
        definition.code,
        f"K-{new_id()}",
        person=someone.key,
        account=someone.key.replace("P-", "A-"),
        payload=examples(definition.takes()),
    )
    async with station.database.begin() as session:
        row = await begin(
            session, served.stage.processes, asked, caller=CALLER, now=station.clock()
        )
    fate = Life(
        served.stage,
        RiskSystem(),
        Random(1),
        row.id,
        starts=True,
        served=served,
        environment=environment,
        library=library,
    )
    await fate.on()
    for _ in range(100):
        if fate.over:
            return fate
        await fate.mend()
    await fate.cancel()
    await fate.on()
    return fate


if __name__ == "__main__":
    what, *named = sys.argv[1:]
    asyncio.run(record_processes(named) if what == "processes" else record_story(what))
