"""A hook at the far end of the wire, which answers as it was told to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

WELL: dict[str, Any] = {"values": {"risk": "low"}, "outcome": "fine"}


@dataclass(slots=True)
class RiskSystem:
    """Answers as it was told to."""

    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    url: str = ""

    def be_well(self) -> None:
        self.answer, self.status = WELL, 200

    def change(self, chance: Random) -> None:
        self.status = chance.choice((200, 200, 503, 500))
        self.answer = chance.choice((WELL, WELL | {"outcome": "review"}, {"outcome": "odd"}))

    async def take(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        return web.json_response(self.answer, status=self.status)


@asynccontextmanager
async def risk_system() -> AsyncIterator[RiskSystem]:
    system, app = RiskSystem(), web.Application()
    app.router.add_post("/risk", system.take)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    system.url = str(server.make_url("/risk"))
    yield system
    await server.close()
