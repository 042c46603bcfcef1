"""Stacks to break, and how long and how randomly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import KINDS, PostgresServer, postgres_server

DEFINITIONS = Path(__file__).parent / "definitions"


@pytest.fixture(params=KINDS)
def breakable(
    request: pytest.FixtureRequest,
) -> Iterator[PostgresServer | None]:
    """A PostgreSQL server that nobody else needs; None stands for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    with postgres_server() as server:
        yield server
