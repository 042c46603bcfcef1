"""A whole stack for tests: real processes that can be killed one by one, and a core system."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import aiohttp

from demo.client import Client
from demo.company import key_file
from demo.stack import introduce, prepare_demo
from demo.story import temporary_settings
from openccm.platform.database import Database
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
from tests.support.databases import PostgresServer

T = TypeVar("T")

PATIENCE = 120.0
"""Far more than anything takes on a slow machine; only a fault waits it out."""

_TIMEOUT = aiohttp.ClientTimeout(total=20)


class CoreSystem:
    """Asks as a core system does: with the same key again until it is told that this was taken."""

    def __init__(self, http: aiohttp.ClientSession, base: str, key: str) -> None:
        self._http = http
        self._url = f"{base}/v1/requests"
        self._headers = {"Authorization": f"Bearer {key}"}
        self._news = asyncio.Condition()
        self.taken: dict[str, str] = {}
        """Idempotency key to the request it was acknowledged as."""
        self.refusals: Counter[int] = Counter()
        """Answers that were no acknowledgement, by status; 0 is no answer at all."""

    async def ask(self, definition: str, key: str, **body: Any) -> str:
        """The request's id, once it is acknowledged."""
        asked = {"definition": definition, "idempotency_key": key, **body}
        while True:
            status, answer = await self._post(asked)
            assert status in (0, 202) or status >= 500, answer
            async with self._news:
                if status == 202:
                    self.taken[key] = json.loads(answer)["id"]
                else:
                    self.refusals[status] += 1
                self._news.notify_all()
            if status == 202:
                return self.taken[key]
            await asyncio.sleep(0.3)

    async def more_taken(self, number: int) -> None:
        """Wait until so many more requests are acknowledged."""
        await self._until(lambda: len(self.taken), number)

    async def more_refused(self, number: int) -> None:
        """Wait until so many more answers were none."""
        await self._until(self.refusals.total, number)

    async def _until(self, count: Callable[[], int], more: int) -> None:
        end = count() + more
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: count() >= end)

    async def _post(self, body: dict[str, Any]) -> tuple[int, str]:
        try:
            async with self._http.post(
                self._url, json=body, headers=self._headers, timeout=_TIMEOUT
            ) as response:
                return response.status, await response.text()
        except (aiohttp.ClientError, OSError) as error:
            return 0, repr(error)


@dataclass(slots=True)
class WholeStack:
    """The running parts, and everybody who talks to them."""

    settings: Settings
    stack: Stack
    system: CoreSystem
    core: Client
    operator: Client
    lab: Client
    database: Database
    """Our own look into the business database."""
    postgres: PostgresServer | None
    crashed: set[str] = field(default_factory=set[str])
    """What was killed and does not run yet."""

    async def crash(self, part: str) -> None:
        """Kill -9. ``database`` on SQLite is every process that has the file open."""
        if part == "database" and self.postgres is not None:
            pid = self.postgres.pid
            await asyncio.to_thread(kill, [pid, *children(pid)])
            self.crashed.add(part)
            return
        parts = ("api", *self.workers) if part == "database" else (part,)
        self.crashed.update(parts)
        await asyncio.gather(*map(self.stack.kill, parts))

    async def mend(self) -> None:
        """Start again whatever was killed, and wait until it takes work."""
        if self.postgres is not None and "database" in self.crashed:
            await asyncio.to_thread(self.postgres.start)
        parts = ("temporal", "api", *self.workers)
        dead = [name for name in parts if self.stack.pid(name) is None]
        assert self.crashed.issuperset(dead), "a part ended by itself"
        for name in dead:
            await self.stack.start(name)
        for name in dead:
            await self.stack.wait_ready(name)
        self.crashed.clear()

    @property
    def workers(self) -> tuple[str, ...]:
        """The worker processes."""
        others = (f"worker-{number}" for number in range(2, self.settings.workers + 1))
        return ("worker", *others)

    async def person(self, key: str) -> str:
        """Make a person with an e-mail address known; answers the key."""
        points = [{"channel": "email", "value": f"{key.lower()}@customer.example"}]
        body = {"name": f"Ana {key}", "contact_points": points}
        await self.core.call("PUT", f"/v1/persons/{key}", body)
        return key

    async def request(self, request_id: str) -> dict[str, Any]:
        """A request as it stands."""
        return await self.operator.call("GET", f"/v1/requests/{request_id}")

    async def communications(self, request_id: str) -> list[dict[str, Any]]:
        """What became of a request so far."""
        return await self.operator.call("GET", f"/v1/requests/{request_id}/communications")

    async def attempts(self, communication_id: str) -> list[dict[str, Any]]:
        """Every try at handing a communication over."""
        path = f"/v1/communications/{communication_id}/attempts"
        return await self.operator.call("GET", path)

    async def ended(self, request_ids: list[str], state: str = "completed") -> None:
        """Wait until all these requests are in a state."""

        async def look() -> bool:
            found = await asyncio.gather(*(self.request(each) for each in request_ids))
            return all(each["state"] == state for each in found)

        await eventually(look, f"every request {state}")


async def eventually(look: Callable[[], Awaitable[T]], what: str) -> T:
    """What ``look`` finds, as soon as it finds something."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    while not (found := await look()):
        assert clock() < end, f"waited {PATIENCE:g} s in vain for: {what}"
        await asyncio.sleep(0.1)
    return found


@asynccontextmanager
async def whole_stack(
    folder: Path, *, postgres: PostgresServer | None = None, **overrides: Any
) -> AsyncGenerator[WholeStack]:
    """A stack of its own, with the lab around it; nothing starts a dead part but the test.

    With ``postgres``, in a new database of that server; else on SQLite.
    """
    if postgres is not None:
        name = f"stack_{uuid4().hex}"
        await postgres.execute(f"CREATE DATABASE {name}")
        overrides["database_url"] = postgres.url(name)
    settings = temporary_settings(folder, **overrides)
    with _own_environment():
        await prepare_demo(settings)
        async with AsyncExitStack() as stack:
            parts = Stack(settings, supervise=False, tell=lambda _: None)
            await stack.enter_async_context(parts)
            http = await stack.enter_async_context(aiohttp.ClientSession())
            core, operator, lab = await stack.enter_async_context(_callers(settings))
            database = Database(settings.database_url)
            stack.push_async_callback(database.close)
            await introduce(settings)
            key = key_file(settings, "billing.key").read_text()
            system = CoreSystem(http, core.base, key)
            yield WholeStack(settings, parts, system, core, operator, lab, database, postgres)


@asynccontextmanager
async def _callers(settings: Settings) -> AsyncGenerator[tuple[Client, Client, Client]]:
    api = f"http://127.0.0.1:{settings.http_port}"
    async with (
        Client(api, key_file(settings, "billing.key").read_text()) as core,
        Client(api, key_file(settings, "operator.key").read_text()) as operator,
        Client(f"http://127.0.0.1:{settings.lab_http_port}") as lab,
    ):
        yield core, operator, lab


@contextmanager
def _own_environment() -> Generator[None]:
    """What a stack's parts are told by the environment is forgotten at its end."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def children(pid: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    own = [int(each) for each in found.stdout.split()]
    return own + [each for child in own for each in children(child)]


def kill(doomed: Sequence[int]) -> None:
    """Kill -9 these processes, and wait until they are gone."""
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    end = time.monotonic() + 5  # nobody may be there to bury them, which makes no difference
    while any(map(_is_alive, doomed)) and time.monotonic() < end:
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
