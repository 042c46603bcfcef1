"""The database: one object per process, two kinds of transaction, SQLite and PostgreSQL alike."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from openccm.platform.postgres import pooled_engine
from openccm.platform.sqlite import inline_engine


class Database:
    """Hands out sessions. ``begin`` writes and commits at its end, ``read`` only looks.

    SQLite has one writer at a time. Its write transactions take the lock at their start
    (``BEGIN IMMEDIATE``), so none fails halfway, and queue inside the process for one connection,
    so none busy-waits on a sibling.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self._writer = inline_engine(url, writes=True, pool_size=1)
            self._reader = inline_engine(url, pool_size=4)
            self._counter = inline_engine(url, reads_much=True, pool_size=2)
        else:
            self._writer = self._reader = pooled_engine(url)
            self._counter = self._reader.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncSession]:
        """A transaction that writes; the caller's block is the edge where it commits."""
        async with (
            AsyncSession(self._writer, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncSession]:
        """A transaction that only reads."""
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[AsyncSession]:
        """Reads that all see the same instant, and may be long; what is counted twice agrees."""
        async with AsyncSession(self._counter, expire_on_commit=False, autoflush=False) as session:
            yield session

    async def close(self) -> None:
        """Give the connections back."""
        for engine in {self._writer, self._reader, self._counter}:
            await engine.dispose()


def is_away(error: Exception) -> bool:
    """Whether this says that the database is away or overrun: the same may succeed later."""
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | PoolTimeout)
