"""One communication from the API to the mail server, against a bare workflow of the same shape."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import uvloop
from temporalio.api.enums.v1 import EventType

from benchmarks.bare.engine import QUEUE, Bare, Shape
from benchmarks.bare.mail import Mailbox
from demo.client import Client
from openccm.access.keys import issue_key, register_system
from openccm.installation import prepare
from openccm.parties import people
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.parts import Part, embedded_parts
from openccm.platform.ports import free_ports
from openccm.platform.probes import FileProbe
from openccm.platform.settings import Settings, variable
from openccm.platform.supervisor import Stack
from openccm.platform.temporal import Engine, run_id

LATENCY_GOAL, RATE_GOAL = 1.3, 0.8
ROUNDS = 5
IDLE, LOAD, IN_FLIGHT = 40, 200, 50
"""Items of a round, one at a time and then so many at once."""
PAUSE = 0.04
"""Seconds between idle items: what one leaves behind must not cost the next."""
PATIENCE = 280
DEFINITION, SYSTEM = "SECURITY-ALERT", "BENCH"
PAYLOAD = {"alert": {"what": "sign-in", "when": "2026-11-20T08:00:00Z", "device": "Firefox"}}
PARTS = {"OpenCCM": ("temporal", "api", "worker"), "bare": ("temporal", "bare")}


class Side(Protocol):
    """What is measured."""

    async def item(self, lane: int) -> float:
        """Run one to its effect; answers the seconds that took."""
        ...

    async def settle(self) -> None:
        """Wait until nothing is left to do for what was run."""
        ...


class Communications:
    """Requests to the API; the effect is that the mail server has taken the message."""

    def __init__(self, core: Client, engine: Engine, mailbox: Mailbox) -> None:
        self._core = core
        self._engine = engine
        self._mailbox = mailbox
        self._numbers = count(1)
        self._posted = 0

    async def item(self, lane: int) -> float:
        """Post a request to the person of this lane, who gets one message at a time."""
        self._posted = next(self._numbers)
        body = {
            "definition": DEFINITION,
            "idempotency_key": f"alert-{self._posted}",
            "person": f"P-{lane}",
            "payload": PAYLOAD,
        }
        arrival = self._mailbox.expect(address(lane))
        started = time.perf_counter()
        await self._core.call("POST", "/v1/requests", body)
        return await arrival - started

    async def settle(self) -> None:
        """Until every request is completed by OpenCCM's own accounts."""
        while True:
            accounts = await self._core.call("GET", "/v1/accounting")
            if accounts["requests"]["states"]["completed"] == self._posted:
                assert len(self._mailbox.taken) == self._posted
                return
            await asyncio.sleep(PAUSE)

    async def shape(self) -> Shape:
        """How many activities of each kind the run of one communication has."""
        await self.item(0)
        workflow_id = run_id(DEFINITION, SYSTEM, f"alert-{self._posted}")
        handle = self._engine.client.get_workflow_handle(workflow_id)
        await handle.result()
        history = await handle.fetch_history()
        kinds = Counter(event.event_type for event in history.events)
        return Shape(
            local=kinds[EventType.EVENT_TYPE_MARKER_RECORDED],
            regular=kinds[EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED],
        )


class BareWorkflows:
    """The same activities, doing nothing; the effect is that the client knows the end."""

    def __init__(self, engine: Engine, shape: Shape) -> None:
        self._client = engine.client
        self._shape = shape
        self._numbers = count(1)

    async def item(self, lane: int) -> float:
        """Start one and await its end."""
        workflow_id = f"bare/{lane}/{next(self._numbers)}"
        started = time.perf_counter()
        await self._client.execute_workflow(Bare.run, self._shape, id=workflow_id, task_queue=QUEUE)
        return time.perf_counter() - started

    async def settle(self) -> None:
        """An item ends with its run."""


async def idle(side: Side) -> float:
    """The median latency, in milliseconds."""
    latencies: list[float] = []
    for _ in range(IDLE):
        latencies.append(await side.item(0))
        await asyncio.sleep(PAUSE)
    return statistics.median(latencies) * 1000


async def load(side: Side) -> float:
    """Items a second, until the last of them is settled."""
    owed = iter(range(LOAD))

    async def run(lane: int) -> None:
        for _ in owed:
            await side.item(lane)

    started = time.perf_counter()
    await asyncio.gather(*(run(lane) for lane in range(IN_FLIGHT)))
    await side.settle()
    return LOAD / (time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one side did in one round; CPU by part, in milliseconds an item."""

    value: float
    cpu: dict[str, float]


async def compare(
    stack: Stack, sides: dict[str, Side], work: Callable[[Side], Awaitable[float]], items: int
) -> dict[str, list[Measured]]:
    """Rounds of both sides, taking turns so that both meet the same machine."""
    found: dict[str, list[Measured]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, side in sides.items():
            before = {part: cpu_of(stack.pid(part)) for part in PARTS[name]}
            value = await work(side)
            cpu = {part: cpu_of(stack.pid(part)) - spent for part, spent in before.items()}
            milliseconds = {part: spent * 1000 / items for part, spent in cpu.items()}
            found[name].append(Measured(value, milliseconds))
    return found


def cpu_of(leader: int | None) -> float:
    """Seconds that a part's processes have worked so far: all of its session, living and dead."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            facts = file.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(facts[3]) == leader:
            ticks += sum(map(int, facts[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def report(what: str, found: dict[str, list[Measured]], goal: float, *, at_most: bool) -> bool:
    """One line for the goal, one for what it costs; answers whether the goal is met."""
    ours, bare = found["OpenCCM"], found["bare"]
    ratio = statistics.median(a.value / b.value for a, b in zip(ours, bare, strict=True))
    met = ratio <= goal if at_most else ratio >= goal
    values = [statistics.median(each.value for each in side) for side in (ours, bare)]
    verdict = f"goal {'≤' if at_most else '≥'} {goal}×: {'ok' if met else 'missed'}"
    print(f"{what:<34}{values[0]:>9.1f}{values[1]:>9.1f}{ratio:>8.2f}×   {verdict}")
    costs = [
        {part: statistics.median(each.cpu[part] for each in side) for part in side[0].cpu}
        for side in (ours, bare)
    ]
    total = [sum(cost.values()) for cost in costs]
    parts = " | ".join(
        ", ".join(f"{part} {spent:.1f}" for part, spent in cost.items()) for cost in costs
    )
    ratio = total[0] / total[1]
    print(f"{'  CPU an item, ms':<34}{total[0]:>9.1f}{total[1]:>9.1f}{ratio:>8.2f}×   {parts}")
    return met


def address(lane: int) -> str:
    return f"ana.{lane}@example.com"


async def seed(settings: Settings) -> str:
    """A person for each lane, and a core system; answers its key."""
    database, now = Database(settings.database_url), utc_now()
    async with database.begin() as session:
        for lane in range(IN_FLIGHT):
            point = people.Reach("email", address(lane))
            facts = people.PersonFacts(name="Ana Moreno", contact_points=(point,))
            await people.put_person(session, f"P-{lane}", facts, actor="bench", now=now)
        await register_system(session, SYSTEM, "Benchmark", actor="bench", now=now)
        scopes = ["request:create", "audit:read"]
        _, key = await issue_key(session, SYSTEM, scopes, actor="bench", now=now)
    await database.close()
    return key


def parts(settings: Settings) -> tuple[Part, ...]:
    """The embedded stack, and beside it the bare worker."""
    ready = settings.data_dir / "run" / "bare.ready"
    bare = Part(
        name="bare",
        command=(sys.executable, "-m", "benchmarks.bare.worker"),
        probe=FileProbe(ready),
        needs=("temporal",),
        environment={variable("ready_file"): str(ready)},
    )
    return (*embedded_parts(settings), bare)


async def bench(folder: Path, mailbox: Mailbox) -> bool:
    names = ("http_port", "temporal_port", "temporal_http_port", "temporal_ui_port", "bounce_port")
    ports = dict(zip(names, free_ports(len(names)), strict=True))
    settings = Settings.load(data_dir=folder, smtp_port=mailbox.port, **ports)
    await prepare(settings)
    key = await seed(settings)
    api = f"http://127.0.0.1:{settings.http_port}"
    async with Stack(settings, parts(settings)) as stack, Client(api, key) as core:
        engine = await Engine.connect(settings.temporal_address, settings.temporal_namespace)
        communications = Communications(core, engine, mailbox)
        shape = await communications.shape()
        sides: dict[str, Side] = {"OpenCCM": communications, "bare": BareWorkflows(engine, shape)}
        for side in sides.values():
            await load(side)  # fills caches and pools
        print(
            f"{DEFINITION}, {shape.local} local and {shape.regular} regular activities; "
            f"medians of {ROUNDS} rounds by turns"
        )
        print(f"{'':<34}{'OpenCCM':>9}{'bare':>9}{'ratio':>9}")
        found = await compare(stack, sides, idle, IDLE)
        quick = report("API to mail server, idle p50, ms", found, LATENCY_GOAL, at_most=True)
        found = await compare(stack, sides, load, LOAD)
        many = report(f"{IN_FLIGHT} in flight, a second", found, RATE_GOAL, at_most=False)
    return quick and many


async def run() -> bool:
    mailbox = Mailbox()
    await mailbox.open()
    try:
        with tempfile.TemporaryDirectory(prefix="openccm-bench-") as folder:
            async with asyncio.timeout(PATIENCE):
                return await bench(Path(folder), mailbox)
    finally:
        mailbox.close()


if __name__ == "__main__":
    sys.exit(0 if uvloop.run(run()) else 1)
