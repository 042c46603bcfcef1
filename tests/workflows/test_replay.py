"""Recorded histories replay: today's workflows decide as those did that are still in flight."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from openccm.language.communication import CommunicationDefinition
from openccm.language.loader import load_definitions
from openccm.language.process import ProcessDefinition
from workflows.rounds import ROUNDS
from workflows.run import Run
from workflows.sandbox import runner

RECORDED = sorted(Path(__file__).with_name("histories").rglob("*.json"))
SHIPPED = [
    bundle.definition.code
    for bundle in load_definitions(Path(__file__).parents[2] / "definitions").bundles
    if isinstance(bundle.definition, CommunicationDefinition | ProcessDefinition)
]


def recorded_type(path: Path) -> str:
    """The workflow's type: the code of the definition it runs."""
    begun = json.loads(path.read_text())["events"][0]["workflowExecutionStartedEventAttributes"]
    return begun["workflowType"]["name"]


@pytest.mark.parametrize("code", [*SHIPPED, "EVERY-STEP"])
def test_everything_that_is_shipped_has_a_history(code: str) -> None:
    known = {recorded_type(path) for path in RECORDED}

    assert code in known, "Record it: python -m tests.workflows.record processes"


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(
        workflows=[Run, *ROUNDS],
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))
