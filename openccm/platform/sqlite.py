"""SQLite within the event loop: statements run where they are asked for, what waits steps aside.

A statement that finds its rows by an index takes microseconds; handing it to a thread and back
takes ten times as long. So statements run at once, in the thread of the event loop. Only what may
take its time gives others their turn: the write lock, which another process can have, the commit,
which waits for the disk, and the statements of those who say that they read much.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry, Pool
from sqlalchemy.util import await_only

_DRIVER = "openccm"
_IMMEDIATE = "BEGIN IMMEDIATE"
_PATIENCE = 30.0
_PAUSE = 0.001
"""Seconds between two tries for the write lock: about as long as a transaction takes."""


def inline_engine(
    url: str, *, pool_size: int, writes: bool = False, reads_much: bool = False
) -> AsyncEngine:
    """An engine whose transactions only read, or have the write lock from their start."""
    engine = create_async_engine(
        make_url(url).set(drivername=f"sqlite+{_DRIVER}"),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,  # values are personal data; errors travel far
        connect_args={"factory": _PatientConnection if reads_much else _Connection},
    )
    # FULL: a commit that we acted on (a message sent) survives a power cut, too.
    pragmas = ["busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"]
    if writes:
        pragmas.append("busy_timeout=0")  # whoever waits for the lock waits in ``_take_lock``

    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine.sync_engine, "connect", configure)
    event.listen(engine.sync_engine, "begin", _take_lock if writes else _begin)
    return engine


class _Cursor(sqlite3.Cursor):
    """Fetches its rows at once, so that none is left to fetch when its transaction has ended."""

    _rows: Iterator[Any] = iter(())

    def execute(self, sql: str, parameters: Any = (), /) -> "_Cursor":
        super().execute(sql, parameters)
        self._rows = iter(super().fetchall())
        return self

    def fetchone(self) -> Any:
        return next(self._rows, None)

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return list(self._rows)

    async def _async_soft_close(self) -> None:
        """What SQLAlchemy awaits of every cursor; there is nothing to wait for."""
        self.close()


class _Connection(sqlite3.Connection):
    def cursor(self, factory: Any = _Cursor) -> Any:
        return super().cursor(factory)

    def commit(self) -> None:
        if self.in_transaction:
            await_only(_aside(super().commit))


class _PatientCursor(_Cursor):
    def execute(self, sql: str, parameters: Any = (), /) -> "_PatientCursor":
        await_only(_aside(partial(super().execute, sql, parameters)))
        return self


class _PatientConnection(_Connection):
    def cursor(self, factory: Any = _PatientCursor) -> Any:
        return super().cursor(factory)


class Dialect(SQLiteDialect_pysqlite):
    """Python's own driver for asynchronous sessions."""

    driver = _DRIVER
    is_async = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """A pool whose waiting is awaited."""
        return AsyncAdaptedQueuePool


registry.register(f"sqlite.{_DRIVER}", __name__, Dialect.__name__)


def _begin(connection: Connection) -> None:
    _driver(connection).execute("BEGIN")


def _take_lock(connection: Connection) -> None:
    """Begin to write; while another process does, others of this one go on."""
    driver = _driver(connection)
    clock = asyncio.get_running_loop().time
    end = clock() + _PATIENCE
    while clock() < end:
        try:
            driver.execute(_IMMEDIATE)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                break
            await_only(asyncio.sleep(_PAUSE))
        else:
            return
    connection.exec_driver_sql(_IMMEDIATE)  # raises what SQLAlchemy's callers expect


def _driver(connection: Connection) -> _Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, _Connection)
    return driver


async def _aside(work: Callable[[], object]) -> None:
    """Do it in a thread, to its end even when cancelled: a connection serves one at a time."""
    doing = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait({doing})
        raise
