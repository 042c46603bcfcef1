"""One installation for all system tests, on each database."""

from collections.abc import AsyncIterator

import pytest

from tests.support.databases import Databases
from tests.system.town import Town
from tests.system.town import town as open_town


@pytest.fixture(scope="session")
async def town(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    async with open_town(folder, await databases.fresh()) as opened:
        yield opened
