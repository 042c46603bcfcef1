"""A database that the tests of one file share: for those that look at their own rows alone."""

from collections.abc import AsyncIterator

import pytest

from openccm.platform.database import Database
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def house(databases: Databases) -> AsyncIterator[Database]:
    database = Database(await databases.fresh())
    yield database
    await database.close()
