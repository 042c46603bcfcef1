"""One SQLite file: writes are gathered into batches, reads run beside them."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]

_SCHEMA = Path(__file__).with_name("schema.sql")


def now() -> str:
    """The time as everything here is stamped: UTC, ISO 8601, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Store:
    """What arrived, kept across restarts. A write has reached the file when it returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._writing = _connect(path)
        self._reading = _connect(path)
        self._writing.executescript(_SCHEMA.read_text())
        self._writer = ThreadPoolExecutor(1, "lab-writer")
        self._reader = ThreadPoolExecutor(1, "lab-reader")
        self._gathering: list[Job[Any]] | None = None
        self._batch: asyncio.Task[list[Any]] | None = None
        self._revision = int(datetime.now(UTC).timestamp() * 1000)

    @property
    def revision(self) -> int:
        """Grows whenever something was written, also from one start to the next."""
        return self._revision

    async def write(self, job: Job[T]) -> T:
        """Run the job in the next batch; the jobs of one batch stand or fall together."""
        if self._gathering is None or self._batch is None:
            self._gathering = []
            self._batch = asyncio.create_task(self._commit(self._gathering, self._batch))
        place = len(self._gathering)
        self._gathering.append(job)
        results = await asyncio.shield(self._batch)
        return results[place]

    async def read(self, job: Job[T]) -> T:
        """Run the job on the reading connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, job, self._reading)

    async def close(self) -> None:
        """Finish the writes that were asked for and let go of the file."""
        if self._batch:
            await asyncio.wait([self._batch])
        self._writer.shutdown()
        self._reader.shutdown()
        self._reading.close()
        self._writing.close()

    async def _commit(
        self, jobs: list[Job[Any]], previous: asyncio.Task[list[Any]] | None
    ) -> list[Any]:
        if previous:
            await asyncio.wait([previous])
        self._gathering = None
        loop = asyncio.get_running_loop()
        results = await loop.run_in_executor(self._writer, self._run, jobs)
        self._revision += 1
        return results

    def _run(self, jobs: list[Job[Any]]) -> list[Any]:
        with self._writing:
            self._writing.execute("BEGIN IMMEDIATE")
            return [job(self._writing) for job in jobs]


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
    return connection
