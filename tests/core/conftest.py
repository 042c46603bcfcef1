"""What the tests of one file share: those that use it look at their own rows alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from openccm.data.services import DataDesk
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from tests.core.answering import Billing
from tests.core.authors import Authors, authors_at
from tests.core.station import Station, open_station
from tests.core.telling import Teller, open_teller
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def house(databases: Databases) -> AsyncIterator[Database]:
    database = Database(await databases.fresh())
    yield database
    await database.close()


@pytest.fixture(scope="module")
async def shared_station(
    house: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Station]:
    async with open_station(house, tmp_path_factory.mktemp("station")) as station:
        yield station


@pytest.fixture
async def station(shared_station: Station) -> Station:
    """A desk whose clock and counterparts are as they were at the beginning."""
    shared_station.begin_anew()
    return shared_station


@pytest.fixture
async def alone(
    database: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Station]:
    """A desk whose definitions no other test holds or publishes."""
    async with open_station(database, tmp_path_factory.mktemp("alone")) as station:
        yield station


@pytest.fixture
async def authors(database: Database, tmp_path: Path) -> Authors:
    """A repository with three definitions live, and people who write and judge."""
    return await authors_at(database, tmp_path)


@pytest.fixture
async def billing() -> AsyncIterator[Billing]:
    billing, app = Billing(), web.Application()
    app.router.add_post("/data", billing.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    billing.url = str(server.make_url("/data"))
    yield billing
    await server.close()


@pytest.fixture
async def desk() -> AsyncIterator[DataDesk]:
    desk = DataDesk(utc_now)
    await desk.open()
    yield desk
    await desk.close()


@pytest.fixture
async def teller(station: Station, tmp_path: Path) -> Teller:
    """A core system of its own that tells of events."""
    return await open_teller(station, tmp_path)
