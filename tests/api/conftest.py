"""The API of one installation over HTTP, with the definitions of the demo company."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.house import House, open_house
from tests.support.databases import Databases


@pytest.fixture(scope="module")
async def house(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    async with open_house(folder, await databases.fresh()) as opened:
        yield opened
