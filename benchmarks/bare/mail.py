"""The far end: a mail server that takes everything, offers nothing, and says when it did."""

import asyncio
import re
import time
from typing import cast

_RECIPIENT = re.compile(rb"RCPT TO:<([^>]+)>", re.IGNORECASE)
_COMMUNICATION = re.compile(rb"\r\nX-Communication: (\S+)\r\n")
_END = b"\r\n.\r\n"


class Mailbox:
    """Takes mail for everybody; whoever expects a message is told the moment it was taken."""

    def __init__(self) -> None:
        self.taken: set[bytes] = set()
        """Every communication that arrived."""
        self.port = 0
        self._expected: dict[str, asyncio.Future[float]] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen on a free port of this machine."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Conversation(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()

    def expect(self, address: str) -> asyncio.Future[float]:
        """When the next message to an address has been taken, on the clock ``perf_counter``."""
        self._expected[address] = asyncio.get_running_loop().create_future()
        return self._expected[address]

    def take(self, address: str, message: bytes) -> None:
        """Note a message, which must be one of ours and no copy."""
        moment = time.perf_counter()
        found = _COMMUNICATION.search(message)
        assert found is not None
        assert found[1] not in self.taken
        self.taken.add(found[1])
        self._expected.pop(address).set_result(moment)


class _Conversation(asyncio.Protocol):
    """One connection. No extension is offered, so no receipt is awaited."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._heard = b""
        self._in_message = False
        self._recipient = ""

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
                self._in_message = False
                self._mailbox.take(self._recipient, said)
                self._say(b"250 Taken")
            else:
                self._command(said)

    def _command(self, line: bytes) -> None:
        recipient = _RECIPIENT.match(line)
        if recipient is not None:
            self._recipient = recipient[1].decode()
        verb = line[:4].upper()
        self._in_message = verb == b"DATA"
        self._say(b"354 Go on" if self._in_message else b"250 OK")
        if verb == b"QUIT":
            self._transport.close()

    def _say(self, words: bytes) -> None:
        self._transport.write(words + b"\r\n")
