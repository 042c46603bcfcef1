"""A core system's end of the wire: it takes callbacks over HTTP and answers as it is told."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError


@dataclass(frozen=True, slots=True)
class Arrived:
    """One callback as it came in."""

    id: str
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        return json.loads(self.body)["data"]

    def verified_by(self, secret: str) -> bool:
        try:
            Webhook(secret).verify(self.body, self.headers)
        except WebhookVerificationError:
            return False
        return True


@dataclass(slots=True)
class Receiver:
    """Where callbacks arrive."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list[Arrived])
    answer: Callable[[dict[str, Any]], int] = lambda _data: 204
    """What it answers to one callback's data."""
    slow: bool = False
    """It takes a callback and never answers."""

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.arrived]

    @property
    def doubled(self) -> list[str]:
        return [name for name, times in Counter(self.ids).items() if times > 1]

    def places(self, lane: object) -> list[int]:
        """The sequence numbers of one request's callbacks, as they arrived."""
        return [
            each.data["sequence"] for each in self.arrived if each.data["request_id"] == str(lane)
        ]

    async def take(self, http: web.Request) -> web.Response:
        body = await http.read()
        headers = {name.lower(): value for name, value in http.headers.items()}
        self.arrived.append(Arrived(headers["webhook-id"], headers, body))
        if self.slow:
            await asyncio.sleep(5)
        return web.Response(status=self.answer(json.loads(body)["data"]))


@asynccontextmanager
async def listening() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    receiver.url = str(server.make_url("/hook"))
    try:
        yield receiver
    finally:
        await server.close()
