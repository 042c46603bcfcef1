"""A whole installation for tests: real processes, the lab around it, and callers of every kind."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from yarl import URL

from demo.company import key_file
from demo.stack import introduce, prepare_demo
from demo.story import temporary_settings
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack

PATIENCE = 60.0
ALERT = {"alert": {"what": "sign-in", "when": "2026-11-20T08:00:00Z", "device": "Firefox"}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP."""

    status: int
    body: Any
    headers: Mapping[str, str]
    content: bytes


class Caller:
    """Somebody with a key, or with none."""

    def __init__(self, http: aiohttp.ClientSession, base: str, key: str | None = None) -> None:
        self._http = http
        self.base = base
        self.key = key or ""
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    async def call(self, method: str, path: str, body: Any = None) -> Answer:
        """Whatever the answer is."""
        async with self._http.request(
            method, self.base + path, json=body, headers=self._headers
        ) as response:
            content = await response.read()
            is_json = "json" in response.content_type
            decoded = await response.json(content_type=None) if is_json and content else None
            return Answer(response.status, decoded, response.headers, content)

    async def raw(self, method: str, path: str, body: bytes) -> Answer:
        """The answer to bytes that may be no JSON at all."""
        headers = self._headers | {"Content-Type": "application/json"}
        url = URL(self.base + path, encoded=True)
        async with self._http.request(method, url, data=BytesIO(body), headers=headers) as response:
            content = await response.read()
            is_json = "json" in response.content_type
            decoded = await response.json(content_type=None) if is_json and content else None
            return Answer(response.status, decoded, response.headers, content)

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The body of an answer that must be good."""
        answer = await self.call(method, path, body)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.body


@dataclass(slots=True)
class Town:
    """The installation and everybody around it."""

    settings: Settings
    http: aiohttp.ClientSession
    core: Caller
    operator: Caller
    printer: Caller
    nobody: Caller
    lab: Caller

    def caller(self, key: str) -> Caller:
        """Somebody else with a key."""
        return Caller(self.http, self.core.base, key)

    async def person(self, **facts: Any) -> str:
        """A new person with an e-mail address; answers the key."""
        key = f"P-{uuid4().hex[:10]}"
        body = {
            "name": "Zoë Ångström",
            "salutation": "Dear Zoë",
            "contact_points": [{"channel": "email", "value": f"{key.lower()}@canary.example"}],
            **facts,
        }
        await self.core.ask("PUT", f"/v1/persons/{key}", body)
        return key

    async def alert(self, person: str, **more: Any) -> dict[str, Any]:
        """A security alert for a person, as just accepted."""
        body = {
            "definition": "SECURITY-ALERT",
            "idempotency_key": f"alert-{uuid4().hex}",
            "person": person,
            "payload": ALERT,
            **more,
        }
        return await self.core.ask("POST", "/v1/requests", body)

    async def until(self, request_id: str, *states: str) -> dict[str, Any]:
        """The request once it is in one of these states."""

        async def look() -> dict[str, Any] | None:
            request = await self.operator.ask("GET", f"/v1/requests/{request_id}")
            return request if request["state"] in states else None

        return await eventually(look, f"request in {states}")

    async def communications(self, request_id: str) -> list[dict[str, Any]]:
        """What became of a request."""
        return await self.operator.ask("GET", f"/v1/requests/{request_id}/communications")

    async def delivered(self, request_id: str) -> dict[str, Any]:
        """The communication of a request, once it is delivered."""
        await self.until(request_id, "completed")
        found = await self.communications(request_id)
        assert [each["state"] for each in found] == ["delivered"]
        return found[0]

    async def mail(self, communication_id: str) -> list[dict[str, Any]]:
        """What the customer got of a communication."""
        return await self.lab.ask(
            "GET", f"/lab/messages?header=X-Communication:%20{communication_id}"
        )


async def eventually(look: Callable[[], Awaitable[Any]], what: str) -> Any:
    """What ``look`` finds, as soon as it finds something."""
    clock = asyncio.get_running_loop().time
    end = clock() + PATIENCE
    while not (found := await look()):
        assert clock() < end, f"waited {PATIENCE:g} s in vain for {what}"
        await asyncio.sleep(0.1)
    return found


@asynccontextmanager
async def town(folder: Path, database_url: str) -> AsyncIterator[Town]:
    """A whole installation with the demo company, on a database of its own."""
    settings = temporary_settings(folder, database_url=database_url)
    before = dict(os.environ)
    await prepare_demo(settings)
    try:
        async with Stack(settings, tell=lambda _: None), aiohttp.ClientSession() as http:
            await introduce(settings)
            base = f"http://127.0.0.1:{settings.http_port}"

            def bearer(path: Path) -> Caller:
                return Caller(http, base, path.read_text())

            yield Town(
                settings=settings,
                http=http,
                core=bearer(key_file(settings, "billing.key")),
                operator=bearer(key_file(settings, "operator.key")),
                printer=bearer(settings.status_key_file),
                nobody=Caller(http, base),
                lab=Caller(http, f"http://127.0.0.1:{settings.lab_http_port}"),
            )
    finally:
        os.environ.clear()
        os.environ.update(before)
