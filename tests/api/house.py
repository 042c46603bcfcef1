"""An API that listens, without the other parts of the stack: for what needs no engine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import uvicorn

from api.app import create_app
from openccm import installation
from openccm.access.keys import issue_key, register_system
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from openccm.platform.settings import Settings
from tests.system.town import Caller

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class House:
    """The API's address, and whoever asks it."""

    database: Database
    http: aiohttp.ClientSession
    base: str

    async def caller(self, *scopes: str, roles: Sequence[str] = ()) -> Caller:
        """Somebody with a key of these scopes."""
        now = utc_now()
        async with self.database.begin() as session:
            await register_system(session, "AUTHORS", "Authors", actor="test", now=now)
            _, key = await issue_key(session, "AUTHORS", scopes, roles=roles, actor="test", now=now)
        return Caller(self.http, self.base, key)


@asynccontextmanager
async def open_house(folder: Path, database_url: str) -> AsyncIterator[House]:
    port, bounce_port = free_ports(2)
    settings = Settings(
        data_dir=folder,
        database_url=database_url,
        definitions_dir=ROOT / "definitions",
        http_port=port,
        bounce_port=bounce_port,
    )
    await installation.prepare(settings)
    server = uvicorn.Server(
        uvicorn.Config(create_app(settings), port=port, log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.01)
    database = Database(database_url)
    try:
        async with aiohttp.ClientSession() as http:
            yield House(database, http, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        await database.close()
