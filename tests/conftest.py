"""What all tests share: databases of both kinds."""

import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings

from openccm.platform.database import Database
from tests.support.databases import KINDS, Databases, PostgresServer, postgres_server

# A busy machine is no defect: what a test proves must not hang on how long an example took.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# What a shell starts in the background ignores these, and so would every process under test.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long form of the fault suite")
    parser.addoption("--seed", type=int, help="what its random kills begin with")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session", params=KINDS)
async def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Databases:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    databases = Databases(request.param, tmp_path_factory.mktemp(request.param), server)
    await databases.prepare()
    return databases


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    database = Database(await databases.fresh())
    yield database
    await database.close()
