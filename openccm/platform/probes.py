"""Probes: how one sees from outside that a part takes work."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_PATIENCE = 2.0


class Probe(Protocol):
    """Asked again and again until it says yes."""

    def reset(self) -> None:
        """Forget what an earlier process left behind."""
        ...

    async def ready(self) -> bool:
        """Whether the part takes work now."""
        ...


@dataclass(frozen=True, slots=True)
class TcpProbe:
    """Something listens on the port."""

    port: int
    host: str = "127.0.0.1"

    def reset(self) -> None:
        """Nothing outlives a process here."""

    async def ready(self) -> bool:
        """Connect, and be content."""
        try:
            async with asyncio.timeout(_PATIENCE):
                _, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:  # TimeoutError is one
            return False
        writer.close()
        return True


@dataclass(frozen=True, slots=True)
class HttpProbe:
    """The path answers with 200."""

    port: int
    path: str = "/healthz"
    host: str = "127.0.0.1"

    def reset(self) -> None:
        """Nothing outlives a process here."""

    async def ready(self) -> bool:
        """Ask, and look at the status line alone."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return b" 200 " in await self._status_line()
        except OSError:
            return False

    async def _status_line(self) -> bytes:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        try:
            writer.write(f"GET {self.path} HTTP/1.0\r\nHost: {self.host}\r\n\r\n".encode())
            return await reader.readline()
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class FileProbe:
    """The part has touched the file it was told to."""

    path: Path

    def reset(self) -> None:
        """Take away the file of the process before."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)

    async def ready(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()
