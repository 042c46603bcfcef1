"""Recorded histories replay: today's workflows decide as those did that are still in flight."""

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.rounds import ROUNDS
from workflows.run import Run
from workflows.sandbox import runner

RECORDED = sorted(Path(__file__).with_name("histories").rglob("*.json"))


def test_there_are_histories() -> None:
    assert len(RECORDED) >= 10


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}/{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    replayer = Replayer(
        workflows=[Run, *ROUNDS],
        workflow_runner=runner(),
        data_converter=pydantic_data_converter,
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, path.read_text()))
