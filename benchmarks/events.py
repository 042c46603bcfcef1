"""Events accepted a second, one by one and in batches, against a bare endpoint that inserts."""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from openccm.access.keys import issue_key, register_system
from openccm.installation import prepare
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.parts import Part, embedded_parts
from openccm.platform.ports import free_ports
from openccm.platform.probes import HttpProbe
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
from tests.support.databases import postgres_bin, postgres_server

GOAL = 1_000
"""Events a second that must be accepted in batches."""
ROUNDS = 5
SINGLE, CONNECTIONS = 600, 32
BATCHES, SIZE = 4, 1_000
SYSTEM = "BENCH"
PORTS = ("http_port", "temporal_port", "temporal_http_port", "temporal_ui_port", "bounce_port")

_numbers = count(1)


def told() -> dict[str, Any]:
    """An event that one binding hears."""
    number = next(_numbers)
    return {
        "id": f"OE-{number}",
        "type": "overdue.event.activated",
        "account": f"A-{number}",
        "data": {"level": "L1", "bill": {"number": f"B-{number}"}, "amount": "186.40"},
    }


async def single(http: aiohttp.ClientSession, base: str) -> float:
    """Events a second, each told alone."""
    owed: Iterator[dict[str, Any]] = (told() for _ in range(SINGLE))

    async def tell() -> None:
        for event in owed:
            async with http.post(f"{base}/v1/events", json=event) as answer:
                assert answer.status == 202, await answer.text()

    started = time.perf_counter()
    await asyncio.gather(*(tell() for _ in range(CONNECTIONS)))
    return SINGLE / (time.perf_counter() - started)


async def batches(http: aiohttp.ClientSession, base: str) -> float:
    """Events a second, a thousand at a time."""
    bodies = [{"events": [told() for _ in range(SIZE)]} for _ in range(BATCHES)]

    async def tell(body: dict[str, Any]) -> None:
        async with http.post(f"{base}/v1/events/batch", json=body) as answer:
            assert answer.status == 200, await answer.text()
            assert (await answer.json()).get("refused", 0) == 0

    started = time.perf_counter()
    await asyncio.gather(*map(tell, bodies))
    return BATCHES * SIZE / (time.perf_counter() - started)


async def seed(settings: Settings) -> str:
    """A core system that may tell of events; answers its key."""
    database, now = Database(settings.database_url), utc_now()
    async with database.begin() as session:
        await register_system(session, SYSTEM, "Benchmark", actor="bench", now=now)
        _, key = await issue_key(session, SYSTEM, ["event:write"], actor="bench", now=now)
    await database.close()
    return key


def parts(settings: Settings) -> tuple[Part, ...]:
    """The API alone, so that nothing but taking in is measured; and the bare endpoint."""
    bare = Part(
        name="bare",
        command=(sys.executable, "-m", "benchmarks.bare.inbox"),
        probe=HttpProbe(settings.lab_http_port),
    )
    return (*embedded_parts(settings, ["api"]), bare)


async def bench(kind: str, folder: Path, database_url: str) -> bool:
    """Both endpoints on one database, by turns."""
    ports = dict(zip((*PORTS, "lab_http_port"), free_ports(len(PORTS) + 1), strict=True))
    settings = Settings.load(data_dir=folder, database_url=database_url, **ports)
    await prepare(settings)
    key = await seed(settings)
    sides = {"OpenCCM": settings.http_port, "bare": settings.lab_http_port}
    met = True
    async with (
        Stack(settings, parts(settings)),
        aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {key}"},
            connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        ) as http,
    ):
        for what, work, goal in (("one by one", single, None), ("by batches", batches, GOAL)):
            found: dict[str, list[float]] = {name: [] for name in sides}
            for turn in range(ROUNDS + 1):
                for name, port in sides.items():
                    rate = await work(http, f"http://127.0.0.1:{port}")
                    if turn:  # the first round fills caches
                        found[name].append(rate)
            met = report(f"{kind}, {what}", found["OpenCCM"], found["bare"], goal) and met
    return met


def report(what: str, ours: Sequence[float], bare: Sequence[float], goal: int | None) -> bool:
    """One line; answers whether the goal is met."""
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    rate = statistics.median(ours)
    met = goal is None or rate >= goal
    verdict = f"goal ≥ {goal:,}/s: {'ok' if met else 'missed'}" if goal else ""
    print(f"{what:<28}{rate:>10,.0f}{statistics.median(bare):>10,.0f}{ratio:>8.2f}×   {verdict}")
    return met


async def run() -> bool:
    """SQLite, and PostgreSQL where it is installed."""
    print(f"events accepted a second; medians of {ROUNDS} rounds by turns")
    print(f"{'':<28}{'OpenCCM':>10}{'bare':>10}{'ratio':>9}")
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="openccm-bench-")))
        met = await bench("SQLite", folder / "a", f"sqlite+aiosqlite:///{folder / 'bench.db'}")
        if postgres_bin() is not None:
            server = kept.enter_context(postgres_server())
            await server.execute("CREATE DATABASE bench")
            met = await bench("PostgreSQL", folder / "b", server.url("bench")) and met
    return met


if __name__ == "__main__":
    sys.exit(0 if uvloop.run(run()) else 1)
