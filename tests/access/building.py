"""The API served in this process, whose clock goes as it is told, and people who come to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from yarl import URL

from api.app import create_app
from openccm.access.keys import issue_key, register_system
from openccm.access.passwords import hashed
from openccm.access.sessions import Limits, open_session
from openccm.access.users import UserFacts, create_user, ensure_administrator
from openccm.platform import audit
from openccm.platform.audit import AuditEntry
from openccm.platform.database import Database
from openccm.platform.ports import free_ports
from openccm.platform.secrets import ensure_key_file
from openccm.platform.settings import Settings

NOW = datetime(2026, 3, 19, 9, tzinfo=UTC)
GOOD = "correct horse battery staple"
LIMITS = Limits(idle=timedelta(minutes=30), whole=timedelta(hours=12))
COOKIE = "openccm_session"


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def go(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """What a problem is called."""
        return self.body["code"]


class Visitor:
    """A browser with cookies of its own, or a program with a key."""

    def __init__(self, base: str, key: str | None = None) -> None:
        self.base = base
        self.headers = {"Origin": base} if key is None else {"Authorization": f"Bearer {key}"}
        self.http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    @property
    def token(self) -> str:
        """The session's token as the browser keeps it; nothing where there is none."""
        return next((each.value for each in self.http.cookie_jar if each.key == COOKIE), "")

    def put_token(self, token: str) -> None:
        """Have the browser send a token that it never got."""
        self.http.cookie_jar.update_cookies({COOKIE: token}, URL(self.base))

    async def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Whatever the answer is."""
        given = self.headers if headers is None else headers
        async with self.http.request(
            method, self.base + path, json=body, headers=given, allow_redirects=False
        ) as answer:
            is_json = "json" in answer.content_type
            decoded = await answer.json(content_type=None) if is_json else await answer.text()
            return Answer(answer.status, decoded, answer.headers)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The body of an answer that must be good."""
        answer = await self.call(method, path, body)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.body

    async def sign_in(self, name: str, password: str) -> Answer:
        """Sign in as somebody."""
        return await self.call("POST", "/v1/session", {"name": name, "password": password})


@cache
def _good_hash() -> "asyncio.Task[str]":
    """How ``GOOD`` is kept; worked out once, because that is slow on purpose."""
    return asyncio.ensure_future(hashed(GOOD))


class Building:
    """The API, its database, and everybody who came."""

    def __init__(self, base: str, database: Database, clock: Clock) -> None:
        self.base = base
        self.database = database
        self.clock = clock
        self.first_password = ""
        self._visitors: list[Visitor] = []

    def visitor(self, key: str | None = None) -> Visitor:
        """Somebody at the door."""
        self._visitors.append(Visitor(self.base, key))
        return self._visitors[-1]

    async def system(self, code: str, *scopes: str, roles: Sequence[str] = ()) -> Visitor:
        """A core system with a key."""
        async with self.database.begin() as session:
            await register_system(session, code, code.title(), actor="test", now=self.clock())
            _, plain = await issue_key(
                session, code, scopes, roles=roles, actor="test", now=self.clock()
            )
        return self.visitor(plain)

    async def user(self, name: str, *roles: str, groups: Sequence[str] = ()) -> Visitor:
        """A user with the password ``GOOD``, who is signed in."""
        facts, now = UserFacts(name.title(), roles, groups), self.clock()
        async with self.database.begin() as session:
            user = await create_user(session, name, facts, actor="test", now=now)
            user.password_hash = await _good_hash()
            _, token = await open_session(session, user, "password", LIMITS, now=now)
        visitor = self.visitor()
        visitor.put_token(token)
        return visitor

    async def trail(self, chain: str) -> Sequence[AuditEntry]:
        """The entries of a chain."""
        async with self.database.read() as session:
            return await audit.entries(session, chain=chain, limit=1_000)

    async def actions(self, chain: str) -> list[str]:
        """What they say was done."""
        return [entry.action for entry in await self.trail(chain)]

    async def close(self) -> None:
        """See everybody off."""
        for visitor in self._visitors:
            await visitor.http.close()


@asynccontextmanager
async def open_building(folder: Path, database: Database, **more: Any) -> AsyncIterator[Building]:
    """The API on a port of its own, over a database."""
    http_port, bounce_port, temporal_port = free_ports(3)
    http_port = more.pop("http_port", http_port)
    settings = Settings.load(
        data_dir=folder,
        database_url=database.url,
        http_port=http_port,
        bounce_port=bounce_port,
        temporal_port=temporal_port,
        **more,
    )
    ensure_key_file(folder / "secrets" / "master.key")
    clock = Clock()
    app = create_app(settings, clock=clock)
    server = uvicorn.Server(uvicorn.Config(app, port=http_port, log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), serving
        await asyncio.sleep(0.01)
    building = Building(f"http://localhost:{http_port}", database, clock)
    building.first_password = await ensure_administrator(database, clock()) or ""
    try:
        yield building
    finally:
        await building.close()
        server.should_exit = True
        await serving
