"""A lab that listens, and what stands at the far end of its wires."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import aiosmtplib
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from lab.process import Running, running
from lab.settings import Settings
from lab.world import build

SENDER = "b+token@in.brightwater.example"


def letter_to(address: str, *, message_id: str = "<1@brightwater.example>") -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = "Brightwater Energy <service@brightwater.example>"
    message["To"] = address
    message["Subject"] = "Your bill B-417 is ready"
    message["Message-ID"] = message_id
    message["X-Communication"] = "c-1"
    message.set_content("Dear Ana,\n\nyour bill is ready.\n")
    return message


class Outside:
    """A running lab as its users reach it: over SMTP and HTTP."""

    def __init__(self, lab: Running, http: aiohttp.ClientSession) -> None:
        self.lab = lab
        self.http = http

    def client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.lab.smtp_port, start_tls=False, timeout=5
        )

    async def send(
        self,
        *recipients: str,
        content: bytes | None = None,
        sender: str = SENDER,
        envid: str | None = None,
        notify: str | None = None,
    ) -> aiosmtplib.SMTPResponse:
        async with self.client() as client:
            await client.mail(sender, options=[f"ENVID={envid}"] if envid else [])
            for recipient in recipients:
                await client.rcpt(recipient, options=[f"NOTIFY={notify}"] if notify else [])
            return await client.data(content or letter_to(recipients[0]).as_bytes())

    async def get(self, path: str, **parameters: Any) -> Any:
        async with self.http.get(self.lab.url + path, params=parameters) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def put(self, path: str, **body: Any) -> Any:
        async with self.http.put(self.lab.url + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self.http.post(self.lab.url + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def text(self, path: str) -> str:
        async with self.http.get(self.lab.url + path) as answer:
            assert answer.status == 200
            return await answer.text()


Start = Callable[..., Awaitable[Outside]]


class Bench:
    """Starts labs on one data folder and stops them again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._stack = AsyncExitStack()

    async def start(self, **settings: Any) -> Outside:
        world = build(Settings(data=self.data, http_port=0, smtp_port=0, **settings))
        lab = await self._stack.enter_async_context(running(world))
        http = await self._stack.enter_async_context(aiohttp.ClientSession())
        return Outside(lab, http)

    async def stop(self) -> None:
        await self._stack.aclose()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path / "lab")
    yield bench
    await bench.stop()


@pytest.fixture(scope="session")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outside]:
    bench = Bench(tmp_path_factory.mktemp("lab"))
    yield await bench.start()
    await bench.stop()


@pytest.fixture
async def outside(shared: Outside) -> Outside:
    """A lab as good as new; the process is shared, for the sake of time."""
    await shared.post("/lab/reset")
    for path in ("/lab/hooks/core", "/lab/billing"):
        await shared.put(path, secret=None)
    return shared


class ReceiptDesk:
    """The mail server that takes delivery receipts, as OpenCCM would."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, EmailMessage]] = []
        self.refused: set[str] = set()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, loop=loop), "127.0.0.1", self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server:
            self._server.close()
        self._server = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append((envelope.mail_from, envelope.rcpt_tos[0], message))
        return "250 OK"


@pytest.fixture
async def desk() -> AsyncIterator[ReceiptDesk]:
    desk = ReceiptDesk()
    await desk.open()
    yield desk
    await desk.close()


class StatusDesk:
    """OpenCCM's status interface: remembers what it was told, answers as it is set."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any], str | None]] = []
        self.answers: list[int] = []
        self.url = ""

    async def __aenter__(self) -> "StatusDesk":
        app = web.Application()
        app.router.add_post("/v1/communications/{id}/status", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        status = self.answers.pop(0) if self.answers else 200
        key = request.headers.get("Authorization")
        self.told.append((request.match_info["id"], await request.json(), key))
        return web.json_response({}, status=status)


@pytest.fixture
async def status_desk() -> AsyncIterator[StatusDesk]:
    async with StatusDesk() as desk:
        yield desk


Eventually = Callable[[Callable[[], Any]], Awaitable[None]]


@pytest.fixture
def eventually() -> Eventually:
    """Wait for a claim to become true."""

    async def wait(claim: Callable[[], Any]) -> None:
        async with asyncio.timeout(8):
            while True:
                held = claim()
                if await held if asyncio.iscoroutine(held) else held:
                    return
                await asyncio.sleep(0.02)

    return wait
