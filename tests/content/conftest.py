"""A pool of rendering processes that the tests of this room share."""

from collections.abc import AsyncGenerator

import pytest

from openccm.content.pool import RenderPool


@pytest.fixture(scope="session")
async def pool() -> AsyncGenerator[RenderPool]:
    async with RenderPool(processes=1, deadline=10, memory=600 << 20) as pool:
        yield pool
