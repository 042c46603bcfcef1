"""The far end: a mail server that takes everything, offers nothing, and notes when it did."""

import asyncio
import re
import time
from typing import cast

_COMMUNICATION = re.compile(rb"\r\nX-Communication: (\S+)\r\n")
_END = b"\r\n.\r\n"


class Mailbox:
    """Every communication taken so far, and when."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a free port of this machine."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self.taken), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()


class _Conversation(asyncio.Protocol):
    """One connection. No extension is offered, so no receipt is awaited."""

    def __init__(self, taken: dict[str, float]) -> None:
        self._taken = taken
        self._heard = b""
        self._in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._say(b"220 mail.example ESMTP")

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            end = _END if self._in_message else b"\r\n"
            said, found, rest = self._heard.partition(end)
            if not found:
                return
            self._heard = rest
            if self._in_message:
                self._take(said)
            else:
                self._command(said[:4].upper())

    def _command(self, verb: bytes) -> None:
        self._in_message = verb == b"DATA"
        self._say(b"354 Go on" if self._in_message else b"250 OK")
        if verb == b"QUIT":
            self._transport.close()

    def _take(self, message: bytes) -> None:
        found = _COMMUNICATION.search(message)
        assert found is not None
        self._taken[found[1].decode()] = time.perf_counter()
        self._in_message = False
        self._say(b"250 Taken")

    def _say(self, words: bytes) -> None:
        self._transport.write(words + b"\r\n")
