"""Recorded histories replay: today's workflows decide as those did that are still in flight."""

import json
from base64 import b64decode
from functools import cache
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from openccm.language.communication import CommunicationDefinition
from openccm.language.compiler import compile_communication
from openccm.language.data_service import DataServiceDefinition
from openccm.language.definition import Definition
from openccm.language.loader import load_definitions
from openccm.language.process import ProcessDefinition
from openccm.plan import Plan
from tests.support.sandbox import runner
from workflows.rounds import ROUNDS
from workflows.run import Run

RECORDED = sorted(Path(__file__).with_name("histories").rglob("*.json"))
LIBRARY = load_definitions(Path(__file__).parents[2] / "definitions")


def shipped(kind: type[Definition]) -> list[str]:
    """The codes of everything of a kind that we ship."""
    return [each.definition.code for each in LIBRARY.bundles if isinstance(each.definition, kind)]


@cache
def recorded_plans() -> list[Plan]:
    """The plans of all histories that are those of a definition."""
    begun = [json.loads(path.read_text())["events"][0] for path in RECORDED]
    inputs = [each["workflowExecutionStartedEventAttributes"]["input"] for each in begun]
    given = [json.loads(b64decode(each["payloads"][0]["data"])) for each in inputs]
    return [Plan.model_validate(each["plan"]) for each in given if "plan" in each]


@pytest.mark.parametrize("code", [*shipped(ProcessDefinition), "EVERY-STEP"])
def test_every_process_that_is_shipped_has_a_history(code: str) -> None:
    known = {plan.code for plan in recorded_plans()}

    assert code in known, "Record it: .venv/bin/python -m tests.workflows.record processes"


@pytest.mark.parametrize("code", shipped(CommunicationDefinition))
def test_a_history_has_the_very_steps_of_every_communication(code: str) -> None:
    services = LIBRARY.of(DataServiceDefinition)
    plan = compile_communication(LIBRARY.bundle(code), services, 1)

    assert plan.instructions in [each.instructions for each in recorded_plans()]


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(
        workflows=[Run, *ROUNDS],
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))
