"""What the tests of letters share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from openccm.platform.database import Database
from tests.letters.printing import Printing, open_printing


@pytest.fixture
async def printing(database: Database, tmp_path: Path) -> AsyncIterator[Printing]:
    async with open_printing(database, tmp_path) as printing:
        yield printing
