"""How fast agents get their next to-do while many ask at once, and whether two ever get one.

``python -m benchmarks.todos``, or with the URL of an empty PostgreSQL database. All agents ask at
once, round after round; half of them finish what they got, the others let it lie.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import uvloop

from openccm.access.caller import Caller
from openccm.language.bundle import Bundle, Library
from openccm.language.folder import bundle_of
from openccm.migrations.schema import migrate
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.repository.versions import Repository, publish
from openccm.work.commands import Done, Hand, complete
from openccm.work.queue import take_next
from openccm.work.raising import NewToDo, raise_todo
from tests.support.databases import postgres_bin, postgres_server

DEFINITIONS = Path(__file__).parents[1] / "definitions"
FILES = (
    DEFINITIONS / "brightwater/work/coll-followup/todo.yaml",
    DEFINITIONS / "office/uk-office/calendar.yaml",
)
GOAL = 0.200
PER_POOL = 25
BATCH = 250


async def prepared(url: str, number: int) -> None:
    """A migrated database with a long queue."""
    await migrate(url)
    bundles = [bundle_of(file.parent.name, {file.name: file.read_bytes()}) for file in FILES]
    library = Library(tuple(each for each in bundles if isinstance(each, Bundle)))
    database = Database(url)
    repository, now = Repository(database), datetime.now(UTC)
    async with database.begin() as session:
        await publish(session, library, actor="benchmark", now=now)
    for start in range(0, number, BATCH):
        async with database.begin() as session:
            for each in range(start, min(start + BATCH, number)):
                new = NewToDo(
                    type="COLL-FOLLOWUP",
                    owner_kind="instance",
                    owner_id=new_id(),
                    owner_step="collector",
                    raised_by="benchmark",
                    context={"bill": {"number": f"B-{each}", "amount": each % 2000}},
                )
                await raise_todo(session, repository, new, now)
    await database.close()


class Agent:
    """Asks again and again."""

    def __init__(self, database: Database, repository: Repository, number: int) -> None:
        self._database = database
        self._finishes = number % 2 == 0
        self._repository = repository
        scopes, roles = frozenset({"todo:work"}), frozenset({"collections"})
        self._caller = Caller(f"AG{number}", scopes, None, new_id(), roles=roles)
        self.waited: list[float] = []
        self.got: list[UUID] = []

    def _hand(self) -> Hand:
        return Hand(self._repository, self._caller, datetime.now(UTC))

    async def ask(self) -> None:
        """Take the next one."""
        began = time.perf_counter()
        async with self._database.begin() as session:
            claimed = await take_next(session, self._hand())
        self.waited.append(time.perf_counter() - began)
        if claimed is not None:
            self.got.append(claimed.todo.id)

    async def finish(self) -> None:
        """Finish what was taken, or let it lie."""
        if self._finishes:
            async with self._database.begin() as session:
                await complete(session, self._hand(), self.got[-1], Done("not-reached"))


async def measured(url: str, agents: int, times: int) -> tuple[list[Agent], float]:
    """Agents that have worked at once, each on its own connection, and the CPU it took."""
    async with AsyncExitStack() as stack:
        pools: list[tuple[Database, Repository]] = []
        for _ in range(0, agents, PER_POOL):
            database = Database(url)
            stack.push_async_callback(database.close)
            pools.append((database, Repository(database)))
        crew = [Agent(*pools[number // PER_POOL], number) for number in range(agents)]
        spent = 0.0
        for turn in range(times + 1):
            before = time.process_time()
            await asyncio.gather(*(agent.ask() for agent in crew))
            spent += time.process_time() - before
            await asyncio.gather(*(agent.finish() for agent in crew))
            if turn == 0:  # this one connected, and read the type
                for agent in crew:
                    agent.waited.clear()
                spent = 0.0
        return crew, spent


def report(crew: list[Agent], spent: float) -> bool:
    """Print what was measured; whether no to-do was given out twice."""
    waited = sorted(each for agent in crew for each in agent.waited)
    got = Counter(each for agent in crew for each in agent.got)
    doubles = sum(times > 1 for times in got.values())
    p95 = statistics.quantiles(waited, n=20)[-1]
    print(f"{len(crew)} agents at once, {len(waited)} to-dos taken")
    print(f"p50 {statistics.median(waited) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms", end=" ")
    print(f"(goal {GOAL * 1000:.0f} ms), longest {waited[-1] * 1000:.0f} ms")
    print(f"of this process's CPU each took {spent / len(waited) * 1000:.1f} ms")
    print(f"given out twice: {doubles}")
    return not doubles


async def run(url: str, asked: argparse.Namespace) -> bool:
    """Prepare, measure, report."""
    await prepared(url, asked.todos)
    return report(*await measured(url, asked.agents, asked.times))


def main() -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?")
    parser.add_argument("--todos", type=int, default=5_000)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--times", type=int, default=20)
    asked = parser.parse_args()
    if asked.url:
        return 0 if uvloop.run(run(asked.url, asked)) else 1
    if postgres_bin() is None:
        print("PostgreSQL is not installed: name the URL of a database")
        return 1
    with postgres_server() as server:
        asyncio.run(server.execute("CREATE DATABASE todos"))
        return 0 if uvloop.run(run(server.url("todos"), asked)) else 1


if __name__ == "__main__":
    sys.exit(main())
