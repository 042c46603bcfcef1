"""A renderer for all simulations of this folder."""

from collections.abc import AsyncIterator

import pytest

from openccm.content.pool import RenderPool
from openccm.platform.settings import Settings
from openccm.simulation.scenario import House


@pytest.fixture(scope="session")
async def house() -> AsyncIterator[House]:
    async with RenderPool(processes=1) as renderer:
        yield House(Settings(), renderer)
