"""A mail server that takes messages and, when told so, keeps its answers to itself for a while."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser

from tests.counterparts.smtp import scripted_server

_ANSWERS = {
    "EHLO": "250-mail.example\r\n250 DSN",
    "MAIL": "250 2.1.0 sender taken",
    "RCPT": "250 2.1.5 recipient taken",
    "DATA": "354 go ahead",
    "RSET": "250 2.0.0 forgotten",
    "QUIT": "221 2.0.0 goodbye",
}


@dataclass
class Sink:
    """What was taken, and whether that is said."""

    port: int = 0
    speaking: asyncio.Event = field(default_factory=asyncio.Event)
    """While it is not set, messages are taken, and their answers wait."""
    taken: list[tuple[str, Message]] = field(default_factory=list[tuple[str, Message]])
    """Return address and message, in the order of their arrival."""

    def of(self, communication_id: str) -> list[tuple[str, Message]]:
        """The messages of one communication."""
        return [each for each in self.taken if each[1]["X-Communication"] == communication_id]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""
        writer.write(b"220 mail.example\r\n")
        sender, verb = "", ""
        while verb != "QUIT":
            line = (await reader.readuntil(b"\r\n")).decode()
            verb = line[:4].upper()
            writer.write(f"{_ANSWERS[verb]}\r\n".encode())
            if verb == "MAIL":
                sender = line.partition("<")[2].partition(">")[0]
            if verb == "DATA":
                content = await reader.readuntil(b"\r\n.\r\n")
                self.taken.append((sender, BytesParser().parsebytes(content)))
                await self.speaking.wait()
                writer.write(b"250 2.0.0 taken\r\n")


@asynccontextmanager
async def sink() -> AsyncGenerator[Sink]:
    """A sink that listens."""
    opened = Sink()
    opened.speaking.set()
    async with scripted_server(opened.talk) as opened.port:
        yield opened
