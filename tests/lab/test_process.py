"""The lab as a process: it says when it is ready, ends when told, keeps what it acknowledged."""

import asyncio
import os
import signal
import socket
import sys
import time

import aiohttp
import aiosmtplib
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """``python -m lab`` with free ports."""

    def __init__(self, data) -> None:
        self.data = data
        self.smtp, self.http = free_port(), free_port()

    async def start(self) -> None:
        arguments = ["--data", str(self.data), "--smtp-port", str(self.smtp)]
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "lab", *arguments),
            env=os.environ | {"OPENCCM_LAB_HTTP_PORT": str(self.http)},
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(15):
            while b"lab.ready" not in await self._process.stderr.readline():
                assert self._process.returncode is None

    async def end(self, number: signal.Signals) -> tuple[int, float, str]:
        begun = time.monotonic()
        self._process.send_signal(number)
        _, rest = await self._process.communicate()
        assert b"Traceback" not in rest
        return self._process.returncode, time.monotonic() - begun, rest.decode()

    def client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(hostname="127.0.0.1", port=self.smtp, start_tls=False)


@pytest.fixture
async def process(tmp_path):
    process = Process(tmp_path)
    await process.start()
    yield process
    if process._process.returncode is None:
        await process.end(signal.SIGKILL)


async def switch(process, path: str, **body) -> None:
    url = f"http://127.0.0.1:{process.http}/lab/{path}"
    async with aiohttp.ClientSession() as http, http.put(url, json=body) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_within_two_seconds_whatever_is_under_way(process, number):
    await switch(process, "hooks/core", behaviour="slow", seconds=60)
    await switch(process, "mailboxes/ana@example.com", behaviour="slow", seconds=60)
    client = process.client()
    await client.connect()

    async def call() -> None:
        url = f"http://127.0.0.1:{process.http}/hooks/core"
        async with aiohttp.ClientSession() as http, http.post(url, data=b"{}") as answer:
            assert answer.status == 503

    under_way = [
        asyncio.create_task(client.sendmail("b@x.example", ["ana@example.com"], b"Subject: x\n")),
        asyncio.create_task(call()),
    ]
    await asyncio.sleep(0.2)

    code, seconds, _ = await process.end(number)

    refused, _ = await asyncio.gather(*under_way, return_exceptions=True)
    assert isinstance(refused, aiosmtplib.SMTPException)
    assert code == 0
    assert seconds < 2


async def test_what_was_acknowledged_outlives_a_kill(process):
    taken = 0
    async with process.client() as client:
        for index in range(50):
            content = f"Message-ID: <{index}@b.example>\n\nx".encode()
            await client.sendmail("b@x.example", [f"p{index}@example.com"], content)
            taken += 1
        await process.end(signal.SIGKILL)

    await process.start()

    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{process.http}/lab/counts") as answer,
    ):
        assert (await answer.json())["mail"]["delivered"] == taken


async def test_it_misbehaves_on_its_own_event_loop_too(process):
    await switch(process, "mailboxes/ana@example.com", behaviour="drop")
    async with process.client() as client:
        with pytest.raises(aiosmtplib.SMTPServerDisconnected):
            await client.sendmail("b@x.example", ["ana@example.com"], b"Subject: x\n\nx")
    await switch(process, "mail-server", behaviour="down")
    with pytest.raises(aiosmtplib.SMTPConnectResponseError):
        await process.client().connect()

    _, _, log = await process.end(signal.SIGTERM)

    assert "mail.failed" not in log
