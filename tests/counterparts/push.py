"""Push services for tests: the lab's, and one whose line breaks where it hurts."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from lab.process import running
from lab.settings import Settings
from lab.switchboard import PUSH_SERVICE, Switch
from lab.world import World, build
from openccm.channels.push import PushChannel, PushConfig

_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PUBLIC_KEY = (
    _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
)
PRIVATE_KEY = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def service_account(base: str, private_key: str = PRIVATE_KEY) -> str:
    """The JSON of a service account whose tokens come from this address."""
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "gannet-air",
            "private_key_id": "k1",
            "private_key": private_key,
            "client_email": "push@gannet-air.example",
            "token_uri": f"{base}/token",
        }
    )


def push_channel(base: str, *, timeout: float = 5) -> PushChannel:
    """An adapter for the service at this address."""
    config = {"service_account": service_account(base), "base_url": base, "timeout": timeout}
    return PushChannel(PushConfig.model_validate(config))


@asynccontextmanager
async def push_service(
    folder: Path, behaviour: str = "ok", *, unregistered: tuple[str, ...] = ()
) -> AsyncGenerator[tuple[World, str]]:
    """The lab with its push service behaving so, and where it is."""
    world = build(Settings(data=folder, http_port=0, smtp_port=0))
    world.door.know(PUBLIC_KEY)
    async with running(world) as lab:
        await world.switchboard.move("push-service", PUSH_SERVICE, Switch(behaviour=behaviour))
        for token in unregistered:
            await world.switchboard.move("device", token, Switch(behaviour="unregistered"))
        yield world, f"{lab.url}/push"


@asynccontextmanager
async def broken_line(*, answers: bool) -> AsyncGenerator[str]:
    """A service that takes a whole message and then hangs up, or never says a word."""
    silence = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (head := await _head(reader)) is not None:
                length = next(
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                await reader.readexactly(length)
                if b"/token" not in head.split(b"\r\n")[0]:
                    if not answers:
                        await silence.wait()
                    return
                body = b'{"access_token":"t","expires_in":3600}'
                size = str(len(body)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: " + size + b"\r\n\r\n" + body)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        silence.set()
        server.close()
        await server.wait_closed()


async def _head(reader: asyncio.StreamReader) -> bytes | None:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
