"""Fresh, migrated databases of both kinds, each made by copying one that was migrated once."""

import asyncio
import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
import pytest

from openccm.migrations.schema import migrate
from openccm.platform.ports import free_ports

KINDS = ("sqlite", "postgresql")


def postgres_bin() -> Path | None:
    """Where PostgreSQL's programs are; None where there is no PostgreSQL."""
    named = os.environ.get("POSTGRES_BIN")
    if named:
        return Path(named)
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class PostgresServer:
    """A PostgreSQL server of our own in a temporary folder, run by an unprivileged user."""

    def __init__(self, folder: Path) -> None:
        programs = postgres_bin()
        if programs is None:
            pytest.skip("PostgreSQL is not installed: set POSTGRES_BIN")
        self._bin = programs
        self._data = folder / "data"
        self.port = free_ports(1)[0]
        self._user = "postgres" if getpass.getuser() == "root" else getpass.getuser()
        if getpass.getuser() == "root":
            shutil.chown(folder, "postgres")

    def initialise(self) -> None:
        """Make the cluster."""
        self._run("initdb", "-D", self._data, "-U", "openccm", "-A", "trust", "-E", "UTF8", "-N")

    def start(self) -> None:
        """Start and wait until it answers."""
        options = f"-p {self.port} -h 127.0.0.1 -k {self._data} -c max_connections=200"
        log = self._data / "log"
        self._run("pg_ctl", "-D", self._data, "-o", options, "-l", log, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; ``immediate`` is what a crash leaves behind."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    @property
    def pid(self) -> int:
        """The server's process."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """How the application reaches a database."""
        return f"postgresql+asyncpg://openccm@127.0.0.1:{self.port}/{database}"

    async def execute(self, statement: str) -> None:
        """Run one statement as the owner of everything."""
        await self.execute_in("postgres", statement)

    async def execute_in(self, database: str, statement: str) -> None:
        """The same in one of the databases."""
        connection = await asyncpg.connect(f"postgresql://openccm@127.0.0.1:{self.port}/{database}")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _run(self, program: str, *words: object) -> None:
        command = [str(self._bin / program), *map(str, words)]
        if self._user != getpass.getuser():
            command = ["runuser", "-u", self._user, "--", *command]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/", check=False
        )
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A running server, gone at the end with all it kept.

    Its folder is not pytest's: PostgreSQL refuses to run as root, and nobody else may enter there.
    """
    with TemporaryDirectory(prefix="openccm-postgres-") as folder:
        server = PostgresServer(Path(folder))
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


class Databases:
    """Hands out databases that nobody else uses."""

    def __init__(self, kind: str, folder: Path, server: PostgresServer | None) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server

    async def prepare(self) -> None:
        """Migrate the one that all others are copies of."""
        if self._server is None:
            await migrate(f"sqlite+aiosqlite:///{self._folder / 'template.db'}")
            return
        await self._server.execute("CREATE DATABASE template_openccm")
        await migrate(self._server.url("template_openccm"))

    async def fresh(self) -> str:
        """The URL of an empty, migrated database."""
        name = f"db_{uuid4().hex}"
        if self._server is None:
            source, target = self._folder / "template.db", self._folder / f"{name}.db"
            await asyncio.to_thread(shutil.copyfile, source, target)
            return f"sqlite+aiosqlite:///{target}"
        await self._server.execute(f"CREATE DATABASE {name} TEMPLATE template_openccm")
        return self._server.url(name)
