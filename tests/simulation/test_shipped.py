"""The saved cases of the definitions we ship come out as they say."""

from pathlib import Path

from openccm import authoring
from openccm.platform.settings import Settings

DEFINITIONS = Path(__file__).parents[2] / "definitions"


async def test_every_saved_case_comes_out_as_it_says() -> None:
    results = await authoring.tested(Settings(), DEFINITIONS, accept=False)

    assert len(results) >= 3
    assert [str(problem) for each in results for problem in each.problems] == []
