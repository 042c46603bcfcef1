"""Waiting instances: what one more costs worker and server, and how soon one wakes after its event.

``WAITING=10000 python benchmarks/waiting.py`` for the long form.
"""

import gc
import os
import tempfile
import time
from pathlib import Path

import uvloop
from sqlmodel import col, func, select

from openccm.migrations.schema import migrate
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.processes.beginning import Beginning, begin
from openccm.processes.hearing import Heard, deliver
from openccm.processes.tables import WorkflowInstance
from tests.processes.stage import CALLER
from tests.support.temporal import temporal_server
from tests.workflows.served import Served, serving

WAITING = int(os.environ.get("WAITING", "1000"))
CACHED = 50
"""Runs that the worker keeps in memory; all others rest in the server alone."""

PROCESS = """
kind: process
code: WAITS
title: Waits
recipient: nobody
data: {bill: {type: text, from: payload}}
events: {paid: {type: bill.paid, match: {bill: bill}}}
steps:
  hear: {do: listen, events: {paid: end}, within: 30 days, silence: end}
"""


def memory() -> float:
    """Kilobytes that this process holds."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def server_memory() -> float:
    """Kilobytes that the Temporal server beneath this process holds, its database included."""
    held = 0
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            said = dict(line.split(":", 1) for line in path.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # it has ended meanwhile
        if said["Name"].strip() == "temporal" and int(said["PPid"]) == os.getpid():
            held += int(said["VmRSS"].split()[0])
    return held


async def begun(served: Served, first: int, count: int) -> None:
    """Begin so many, and wait until all of them rest."""
    station = served.stage.station
    for number in range(first, first + count):
        asked = Beginning("WAITS", f"B-{number}", payload={"bill": f"B-{number}"})
        async with station.database.begin() as session:
            await begin(session, served.stage.processes, asked, caller=CALLER, now=station.clock())
    while await counted(served, "waiting") < first + count:
        await served.relay.turn()


async def counted(served: Served, state: str) -> int:
    async with served.stage.station.database.read() as session:
        wanted = select(func.count()).where(col(WorkflowInstance.state) == state)
        return await session.scalar(wanted) or 0


async def woken(served: Served) -> float:
    """Seconds from an event to the end of the one instance that it is about."""
    station, began = served.stage.station, time.perf_counter()
    async with station.database.begin() as session:
        heard = Heard("bill.paid", str(new_id()), data={"bill": "B-1"})
        await deliver(session, served.stage.processes, heard)
    while not await counted(served, "completed"):
        await served.relay.turn()
    return time.perf_counter() - began


async def run() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite+aiosqlite:///{folder / 'rows.db'}"
        await migrate(url)
        database = Database(url)
        async with (
            temporal_server() as environment,
            serving(environment, database, folder) as served,
        ):
            await served.stage.publish(PROCESS)
            async with served.worker(cached=CACHED):
                await begun(served, 0, 2 * CACHED)
                began, half = time.perf_counter(), WAITING // 2
                held, served_by = [memory()], [server_memory()]
                for first in (2 * CACHED, 2 * CACHED + half):
                    await begun(served, first, half)
                    held.append(memory())
                    served_by.append(server_memory())
                seconds = time.perf_counter() - began
                wake = await woken(served)
        await database.close()
    earlier, later = ((held[n + 1] - held[n]) / half for n in (0, 1))
    print(f"{WAITING:,} waiting instances, kB of the worker for one more {later:>8.2f}")
    print(
        f"  worker {held[0] / 1024:.0f} MB before, {held[-1] / 1024:.0f} MB after; server", end=" "
    )
    print(f"{served_by[0] / 1024:.0f} MB before, {served_by[-1] / 1024:.0f} MB after")
    print(f"  {earlier:.2f} for one of the first half; at most {CACHED} runs are kept in memory")
    print(f"  begun at {WAITING / seconds:.0f}/s; one that left the memory long ago ends")
    print(f"  {wake:.2f} s after its event")


if __name__ == "__main__":
    uvloop.run(run())
