"""Temporal servers for the workflow tests."""

import gc
from collections.abc import AsyncIterator, Iterator

import pytest
from temporalio.testing import WorkflowEnvironment

from openccm.platform import garbage
from tests.support.temporal import skipping_server, temporal_server


@pytest.fixture(autouse=True, scope="module")
def settled() -> Iterator[None]:
    """As in production's worker: to look through all that pytest keeps may take longer than a
    workflow is given to think."""
    usual = gc.get_threshold()
    garbage.settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with temporal_server() as environment:
        yield environment


@pytest.fixture(scope="session")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    async with skipping_server() as environment:
        yield environment
