"""Stacks to break, and how long and how randomly."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import KINDS, PostgresServer, postgres_server

DEFINITIONS = Path(__file__).parent / "definitions"


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for the long form."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What chance begins with; printed, so that a failure can be had again."""
    given: int | None = request.config.getoption("--seed")
    return random.SystemRandom().randrange(10_000) if given is None else given


@pytest.fixture(params=KINDS)
def breakable(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    """A PostgreSQL server that nobody else needs; None stands for SQLite."""
    if request.param == "sqlite":
        yield None
        return
    with postgres_server() as server:
        yield server
