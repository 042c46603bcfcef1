"""A town of people on both databases, shared by the tests of a file."""

from collections.abc import AsyncIterator

import pytest

from openccm.platform.database import Database
from tests.parties.town import Town
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def town(databases: Databases) -> AsyncIterator[Town]:
    database = Database(await databases.fresh())
    town = Town(database)
    await town.settle()
    yield town
    await database.close()


@pytest.fixture
async def fresh(database: Database) -> Town:
    """A town where nobody lives yet."""
    return Town(database)
