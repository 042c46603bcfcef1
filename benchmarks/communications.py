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
ROUNDS = 7
IDLE, LOAD, IN_FLIGHT = 30, 200, 50
"""Items of a round, one at a time and then so many at once."""
PAUSE = 0.02
"""Seconds between idle items: what one leaves behind must not cost the next."""
DEFINITION, SYSTEM, PEOPLE = "SECURITY-ALERT", "BENCH", 100
PAYLOAD = {"alert": {"what": "sign-in", "when": "2026-11-20T08:00:00Z", "device": "Firefox"}}
PARTS = {"OpenCCM": ("temporal", "api", "worker"), "bare": ("temporal", "bare")}


class Side(Protocol):
    """What is measured."""

    async def item(self) -> object:
        """Start one and await its run's end."""
        ...

    async def latency(self) -> float:
        """Seconds until an item that is alone has had its effect."""
        ...


class Communications:
    """Requests to the API; the effect is that the mail server has taken the message."""

    def __init__(self, core: Client, engine: Engine, mailbox: Mailbox) -> None:
        self._core = core
        self._engine = engine
        self._mailbox = mailbox
        self._numbers = count()

    async def item(self) -> str:
        number = next(self._numbers)
        key = f"alert-{number}"
        body = {"definition": DEFINITION, "person": f"P-{number % PEOPLE}", "payload": PAYLOAD}
        await self._core.call("POST", "/v1/requests", body | {"idempotency_key": key})
        workflow_id = run_id(DEFINITION, SYSTEM, key)
        await self._engine.client.get_workflow_handle(workflow_id).result()
        return workflow_id

    async def latency(self) -> float:
        before, started = len(self._mailbox.taken), time.perf_counter()
        await self.item()
        assert len(self._mailbox.taken) == before + 1
        return max(self._mailbox.taken.values()) - started

    async def shape(self) -> Shape:
        """How many activities of each kind the run of one communication has."""
        handle = self._engine.client.get_workflow_handle(await self.item())
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
        self._numbers = count()

    async def item(self) -> None:
        await self._client.execute_workflow(
            Bare.run, self._shape, id=f"bare/{next(self._numbers)}", task_queue=QUEUE
        )

    async def latency(self) -> float:
        started = time.perf_counter()
        await self.item()
        return time.perf_counter() - started


async def idle(side: Side) -> float:
    """The median latency, in milliseconds."""
    latencies: list[float] = []
    for _ in range(IDLE):
        latencies.append(await side.latency())
        await asyncio.sleep(PAUSE)
    return statistics.median(latencies) * 1000


async def load(side: Side) -> float:
    """Items a second."""
    owed = iter(range(LOAD))

    async def lane() -> None:
        for _ in owed:
            await side.item()

    started = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
    return LOAD / (time.perf_counter() - started)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one side did in one round; CPU by part, in milliseconds an item."""

    value: float
    cpu: dict[str, float]


async def measured(
    stack: Stack, name: str, side: Side, load: Callable[[Side], Awaitable[float]], items: int
) -> Measured:
    before = {part: cpu_of(stack.pid(part)) for part in PARTS[name]}
    value = await load(side)
    spent = {part: cpu_of(stack.pid(part)) - before[part] for part in before}
    return Measured(value, {part: seconds * 1000 / items for part, seconds in spent.items()})


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


async def compare(
    stack: Stack, sides: dict[str, Side], load: Callable[[Side], Awaitable[float]], items: int
) -> dict[str, list[Measured]]:
    """Rounds of both sides, taking turns so that both meet the same machine."""
    found: dict[str, list[Measured]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, side in sides.items():
            found[name].append(await measured(stack, name, side, load, items))
    return found


def report(what: str, found: dict[str, list[Measured]], goal: float, *, at_most: bool) -> bool:
    """A line for the goal and one for each side's CPU; answers whether the goal is met."""
    ours, bare = found["OpenCCM"], found["bare"]
    ratio = statistics.median(a.value / b.value for a, b in zip(ours, bare, strict=True))
    met = ratio <= goal if at_most else ratio >= goal
    values = [statistics.median(each.value for each in side) for side in (ours, bare)]
    sign = "≤" if at_most else "≥"
    print(
        f"{what:<32}{values[0]:>10.1f}{values[1]:>10.1f}{ratio:>8.2f}×   "
        f"goal {sign} {goal}×  {'ok' if met else 'missed'}"
    )
    costs = [
        {part: statistics.median(each.cpu[part] for each in side) for part in side[0].cpu}
        for side in (ours, bare)
    ]
    total = [sum(cost.values()) for cost in costs]
    parts = "; ".join(
        f"{name}: " + ", ".join(f"{part} {spent:.1f}" for part, spent in cost.items())
        for name, cost in zip(found, costs, strict=True)
    )
    print(
        f"{'  CPU an item, ms':<32}{total[0]:>10.1f}{total[1]:>10.1f}"
        f"{total[0] / total[1]:>8.2f}×   {parts}"
    )
    return met


async def seed(settings: Settings) -> str:
    """People to write to, and a core system; answers its key."""
    database, now = Database(settings.database_url), utc_now()
    async with database.begin() as session:
        for number in range(PEOPLE):
            facts = people.PersonFacts(
                name="Ana Moreno",
                contact_points=(people.Reach("email", f"ana.{number}@example.com"),),
            )
            await people.put_person(session, f"P-{number}", facts, actor="bench", now=now)
        await register_system(session, SYSTEM, "Benchmark", actor="bench", now=now)
        _, key = await issue_key(session, SYSTEM, ["request:create"], actor="bench", now=now)
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
        sides: dict[str, Side] = {
            "OpenCCM": communications,
            "bare": BareWorkflows(engine, shape),
        }
        for side in sides.values():  # loads code, fills pools
            await load(side)
        print(f"{DEFINITION}: {shape.local} local and {shape.regular} regular activities")
        print(f"{ROUNDS} rounds by turns, medians{'OpenCCM':>18}{'bare':>10}{'ratio':>9}")
        quick = report(
            "API to mail server, idle p50, ms",
            await compare(stack, sides, idle, IDLE),
            LATENCY_GOAL,
            at_most=True,
        )
        many = report(
            f"{IN_FLIGHT} in flight, a second",
            await compare(stack, sides, load, LOAD),
            RATE_GOAL,
            at_most=False,
        )
    return quick and many


def main() -> int:
    async def run() -> bool:
        mailbox = Mailbox()
        await mailbox.open()
        with tempfile.TemporaryDirectory(prefix="openccm-bench-") as folder:
            return await bench(Path(folder), mailbox)

    return 0 if uvloop.run(run()) else 1


if __name__ == "__main__":
    sys.exit(main())
