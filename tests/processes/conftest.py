"""A stage for each test file."""

from collections.abc import AsyncIterator

import pytest

from openccm.platform.database import Database
from openccm.processes.book import Processes
from tests.core.station import open_station
from tests.processes.stage import Stage
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def shared_stage(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    database = Database(await databases.fresh())
    folder = tmp_path_factory.mktemp("processes")
    async with open_station(database, tmp_path_factory.mktemp("station")) as station:
        yield Stage(station, Processes(station.desk), folder)
    await database.close()


@pytest.fixture
def stage(shared_stage: Stage) -> Stage:
    """A desk whose clock and counterparts are as they were at the beginning."""
    shared_stage.station.begin_anew()
    return shared_stage
