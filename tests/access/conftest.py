"""A building for all tests of one file; each looks at its own users alone."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from openccm.platform.database import Database
from tests.access.building import Building, Clock, open_building
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def shared(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Building]:
    database = Database(await databases.fresh())
    async with open_building(tmp_path_factory.mktemp("building"), database) as building:
        yield building
    await database.close()


@pytest.fixture
def building(shared: Building) -> Building:
    """A building whose clock is as it was at the beginning, and whose door is quiet."""
    shared.clock.now = Clock().now
    return shared


@pytest.fixture
def name() -> str:
    """A name that nobody else has."""
    return f"u{uuid4().hex[:10]}"
