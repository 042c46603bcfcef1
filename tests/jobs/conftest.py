"""What the tests of jobs share: a yard with a real Temporal server and a worker at work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from openccm.platform.database import Database
from tests.jobs.yard import Yard, open_yard
from tests.support.temporal import temporal_server


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with temporal_server() as environment:
        yield environment


@pytest.fixture
async def yard(
    database: Database, temporal: WorkflowEnvironment, tmp_path: Path
) -> AsyncIterator[Yard]:
    async with open_yard(database, temporal, tmp_path) as yard:
        yield yard
