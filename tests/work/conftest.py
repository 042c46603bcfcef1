"""What the tests of human work share; each looks at its own to-dos alone."""

from collections.abc import AsyncIterator

import pytest

from openccm.platform.database import Database
from tests.support.databases import Databases
from tests.work.office import Office, open_office


@pytest.fixture(scope="module")
async def shared_office(databases: Databases) -> AsyncIterator[Office]:
    database = Database(await databases.fresh())
    async with open_office(database) as office:
        yield office
    await database.close()


@pytest.fixture
async def office(shared_office: Office) -> Office:
    """An office whose clock is as it was at the beginning."""
    shared_office.clock.now = type(shared_office.clock)().now
    return shared_office


@pytest.fixture
async def alone(database: Database) -> AsyncIterator[Office]:
    """An office whose queue nobody else fills."""
    async with open_office(database) as office:
        yield office
