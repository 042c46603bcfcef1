"""Records the demo story's histories; run it for every released change of ``workflows/``.

``python -m tests.workflows.record 0.1.0`` writes ``tests/workflows/histories/0.1.0/*.json``.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from temporalio.client import Client

from demo.stack import introduce, prepare_demo
from demo.story import read_story, tell, temporary_settings
from openccm.platform.supervisor import Stack

FOLDER = Path(__file__).with_name("histories")


async def record(release: str) -> None:
    """Tell the story and keep the history of every run."""
    target = FOLDER / release
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings = temporary_settings(Path(folder))
        await prepare_demo(settings)
        async with Stack(settings, tell=lambda _: None):
            await introduce(settings)
            assert await tell(settings, read_story()) == 0
            client = await Client.connect(settings.temporal_address)
            async for run in client.list_workflows("WorkflowType != 'temporal-sys'"):
                history = await client.get_workflow_handle(run.id).fetch_history()
                name = run.id.replace("/", "--") if "BILLING" in run.id else run.workflow_type
                (target / f"{name}.json").write_text(history.to_json())


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1]))
