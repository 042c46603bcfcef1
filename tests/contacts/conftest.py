"""A counter for each test file."""

from collections.abc import AsyncIterator

import pytest

from openccm.platform.database import Database
from tests.contacts.counter import Counter, open_counter
from tests.core.station import open_station
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def shared_counter(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Counter]:
    database = Database(await databases.fresh())
    async with open_station(database, tmp_path_factory.mktemp("station")) as station:
        yield await open_counter(station)
    await database.close()


@pytest.fixture
def counter(shared_counter: Counter) -> Counter:
    """A counter whose clock and counterparts are as they were at the beginning."""
    shared_counter.station.begin_anew()
    return shared_counter
