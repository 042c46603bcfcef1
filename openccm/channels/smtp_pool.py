"""Keeps conversations with a mail server open between messages, and never more than agreed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from openccm.channels.smtp_wire import SmtpWire
from openccm.errors import ChannelError, Retryable, Throttled

_BUSY_RETRY_SECONDS = 5.0


class SmtpPool:
    """At most ``size`` conversations at a time, the most recently used one first."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[SmtpWire]],
        *,
        size: int,
        patience: float,
        idle_limit: float,
    ) -> None:
        self._connect = connect
        self._size = size
        self._patience = patience
        self._idle_limit = idle_limit
        self._places = asyncio.Semaphore(size)
        self._idle: list[SmtpWire] = []
        self._closed = False

    @asynccontextmanager
    async def lease(self, *, fresh: bool = False) -> AsyncGenerator[SmtpWire]:
        """A conversation for one message. Whatever goes wrong in it, the next one starts clean.

        Raises:
            Throttled: All conversations stayed busy.
            ChannelError: No new conversation could be opened.
        """
        await self._take_place()
        try:
            wire = (None if fresh else self._most_recent()) or await self._connect()
            try:
                yield wire
            except ChannelError:
                if wire.is_open:
                    await wire.reset()
                raise
            except BaseException:
                wire.close()
                raise
            finally:
                self._keep(wire)
        finally:
            self._places.release()

    async def close(self) -> None:
        """Wait for the messages under way, then say goodbye on every line."""
        self._closed = True
        for _ in range(self._size):
            await self._places.acquire()
        while self._idle:
            await self._idle.pop().quit()
        for _ in range(self._size):
            self._places.release()
        # Transports close in the loop's next round.
        await asyncio.sleep(0)

    async def _take_place(self) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        except TimeoutError:
            raise Throttled(
                "All connections to the mail server are busy.", retry_after=_BUSY_RETRY_SECONDS
            ) from None
        if self._closed:
            self._places.release()
            raise Retryable("The mail channel is closed.", scope="provider")

    def _most_recent(self) -> SmtpWire | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            wire = self._idle.pop()
            if wire.is_open and now - wire.idle_since < self._idle_limit:
                wire.reused = True
                return wire
            wire.close()
        return None

    def _keep(self, wire: SmtpWire) -> None:
        if wire.is_open:
            wire.idle_since = asyncio.get_running_loop().time()
            self._idle.append(wire)
