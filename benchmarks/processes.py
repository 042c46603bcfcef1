"""Processes: how long checking and compiling takes, and what interpreting costs."""

import asyncio
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import uvloop
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from benchmarks.bare.chain import LAST, HandWritten, take_step
from openccm.contracts import RunInput
from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.checks.templates import TemplateFindings
from openccm.language.folder import bundle_of
from openccm.language.process_compiler import compile_process
from openccm.plan import Plan
from openccm.platform.temporal_server import SEARCH_ATTRIBUTES
from workflows.run import Run

COMPILE_GOAL, INTERPRET_GOAL = 1.0, 1.25
LARGE, USUAL = 1_000, 20
ROUNDS, RUNS, IN_FLIGHT = 7, 100, 20
CLI = Path(sys.executable).with_name("temporal")


def text_of(count: int, *, branches: bool) -> str:
    """A process of so many steps, some of which may branch."""
    steps = [
        f"  step-{number}: {{do: set, values: {{total: total + {number}}}}}"
        if number % 4 or number == count or not branches
        else f"  step-{number}: {{do: branch, cases: {{big: {{when: total > {number}, "
        f"next: step-{number + 1}}}}}}}"
        for number in range(1, count + 1)
    ]
    return "\n".join(
        [
            "kind: process",
            "code: BENCH",
            "title: A benchmark",
            "recipient: nobody",
            "variables: {total: {type: number, start: '0'}}",
            "steps:",
            *steps,
            f"  {LAST}: {{do: end, outcome: done}}",
            "",
        ]
    )


def compiled(text: str) -> Plan:
    """Read, check and compile, as before publishing."""
    bundle = bundle_of("bench", {"process.yaml": text.encode()})
    assert isinstance(bundle, Bundle), bundle
    found = check_bundle(
        bundle,
        Library((bundle,)),
        channels=(),
        inspect_template=lambda files, entry: TemplateFindings(),
    )
    assert not found, found[:3]
    return compile_process(bundle, {}, 1)


def compiling() -> bool:
    """CPU seconds for a large definition, the median of several."""
    text = text_of(LARGE, branches=True)
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        compiled(text)
        times.append(time.process_time() - began)
    seconds = statistics.median(times)
    met = seconds < COMPILE_GOAL
    verdict = f"goal < {COMPILE_GOAL:g} s: {'ok' if met else 'missed'}"
    print(f"{LARGE:,} steps read, checked and compiled, s CPU {seconds:>8.2f}   {verdict}")
    return met


def straight(plan: Plan) -> list[str]:
    """The steps of a plan in the order in which a run takes them that never branches."""
    steps: list[str] = []
    step = plan.start
    while (instruction := plan.instructions[step]).kind == "call":
        steps.append(step)
        step = instruction.next.get("next") or instruction.next["ended"]
    return steps


async def together(start: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """Runs a second, and CPU milliseconds of this process a run."""
    owed = iter(range(RUNS))

    async def lane() -> None:
        for _ in owed:
            await start()

    began, spent = time.perf_counter(), _spent()
    await asyncio.gather(*(lane() for _ in range(IN_FLIGHT)))
    seconds, cpu = time.perf_counter() - began, _spent() - spent
    return RUNS / seconds, cpu * 1000 / RUNS


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def interpreting(client: Client) -> bool:
    """A compiled process against a hand-written workflow, by turns."""
    plan = compiled(text_of(USUAL, branches=False))
    steps = straight(plan)

    async def ours() -> None:
        order = RunInput(plan=plan, subject=uuid4())
        await client.execute_workflow("BENCH", order, id=f"ours/{uuid4()}", task_queue="bench")

    async def theirs() -> None:
        await client.execute_workflow(
            HandWritten.run, args=[uuid4(), steps], id=f"theirs/{uuid4()}", task_queue="bench"
        )

    found: list[tuple[float, float, float, float]] = []
    async with Worker(
        client,
        task_queue="bench",
        workflows=[Run, HandWritten],
        activities=[take_step],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await together(ours)
        await together(theirs)
        for _ in range(ROUNDS):
            found.append((*(await together(ours)), *(await together(theirs))))
    ratio = statistics.median(theirs / mine for mine, _, theirs, _ in found)
    cpu = statistics.median(mine / theirs for _, mine, _, theirs in found)
    met = ratio <= INTERPRET_GOAL
    verdict = f"goal ≤ {INTERPRET_GOAL:g}×: {'ok' if met else 'missed'}"
    print(
        f"{len(steps)} steps, time of a run against a hand-written one {ratio:>8.2f}×   {verdict}"
    )
    print(f"  CPU of the worker {cpu:.2f}×; medians of {ROUNDS} rounds by turns")
    return met


async def run() -> bool:
    fast = compiling()
    words: list[str] = []
    for name in SEARCH_ATTRIBUTES:
        words += ["--search-attribute", f"{name}=Keyword"]
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(CLI),
        data_converter=pydantic_data_converter,
        dev_server_extra_args=words,
    ) as environment:
        cheap = await interpreting(environment.client)
    return fast and cheap


if __name__ == "__main__":
    sys.exit(0 if uvloop.run(run()) else 1)
