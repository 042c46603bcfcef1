"""Installed packages, called in processes of their own: whatever one does, it harms one call."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, cast

from openccm.errors import OpenCCMError
from openccm.platform.forks import Forked, ForkServer, ForksUnavailable, ProcessLost
from openccm.platform.plugin_process import LENGTH, EntryPoint, Reply, framed, wanted

MAX_ANSWER = 1 << 20
"""Bytes; a package that has more to say is not listened to."""
LOADING = 30.0
"""Seconds a package may take to be imported."""
BUSY = 15.0
"""Seconds a call waits for a process that is free."""
CALLS_PER_PROCESS = 10_000


class PluginError(OpenCCMError):
    """A package gave no answer. The message goes on from its name and never says what was asked."""

    code = "plugin_failed"


class PluginUnavailable(PluginError):
    """Not now: it is busy, took too long, or says so itself."""

    code = "plugin_unavailable"


class PluginMissing(PluginError):
    """No installed package offers this."""

    code = "plugin_missing"


class _Seats:
    """The processes of one entry point: those that are idle, and the right to have more."""

    def __init__(self, number: int) -> None:
        self.free = asyncio.Semaphore(number)
        self.idle: list[_Seat] = []


class _Seat:
    """One process with its package loaded."""

    def __init__(self, forked: Forked) -> None:
        self.forked = forked
        self.calls = 0

    async def ask(self, message: bytes) -> Reply:
        """Say something and read the reply.

        Raises:
            PluginError: It ended its process, or said too much or nonsense.
        """
        try:
            await self.forked.send(message)
            (length,) = LENGTH.unpack(await self.forked.read(LENGTH.size))
            if length > MAX_ANSWER:
                raise PluginError("answered with more than it may")
            reply = json.loads(await self.forked.read(length))
        except (OSError, ProcessLost, ValueError, RecursionError):
            raise PluginError("ended its process") from None
        self.calls += 1
        return cast("Reply", reply) if isinstance(reply, dict) else {}


class PluginPool:
    """Calls entry points of installed packages, each in a few processes of its own.

    A call that outstays its deadline, asks for more than ``memory`` bytes or ends its process
    fails alone; the next one gets a fresh process.
    """

    def __init__(self, *, processes: int = 4, memory: int = 1 << 30) -> None:
        self._processes = processes
        self._server = ForkServer(
            "openccm.platform.plugin_process", memory, environment=_environment(), quiet=True
        )
        self._seats: dict[EntryPoint, _Seats] = {}

    async def close(self) -> None:
        """End all processes."""
        for seats in self._seats.values():
            for seat in seats.idle:
                seat.forked.kill()
        self._seats.clear()
        await self._server.close()

    async def ask(self, point: EntryPoint, request: Any, *, deadline: float) -> Any:
        """The answer, as plain data.

        Raises:
            PluginUnavailable: It is busy or took too long; ask again later.
            PluginMissing: It is not installed.
            PluginError: It raised something, ended its process, or answered no data.
        """
        message = framed(request)
        async with self._seat(point) as seat:
            reply = await _within(deadline, seat.ask(message))
            if not reply or reply.get("fault") == "memory":
                raise _fault(reply)  # inside: this process is not used again
        if "answer" not in reply:
            raise _fault(reply)
        return reply["answer"]

    async def load(self, point: EntryPoint) -> None:
        """See whether a package can be imported and its object made.

        Raises:
            PluginError: It cannot.
        """
        async with self._seat(point):
            return

    @asynccontextmanager
    async def _seat(self, point: EntryPoint) -> AsyncGenerator[_Seat]:
        """A process with the package loaded; one that did not answer well is not used again."""
        seats = self._seats.setdefault(point, _Seats(self._processes))
        try:
            async with asyncio.timeout(BUSY):
                await seats.free.acquire()
        except TimeoutError:
            raise PluginUnavailable("is busy with other calls") from None
        seat: _Seat | None = None
        well = False
        try:
            seat = seats.idle.pop() if seats.idle else await self._load(point)
            yield seat
            well = seat.calls < CALLS_PER_PROCESS
        finally:
            if seat is not None and not well:
                seat.forked.kill()
            elif seat is not None:
                seats.idle.append(seat)
            seats.free.release()

    async def _load(self, point: EntryPoint) -> _Seat:
        try:
            seat = _Seat(await self._server.fork())
        except ForksUnavailable:
            raise PluginUnavailable("has no process to run in") from None
        reply: Reply = {}
        try:
            reply = await _within(LOADING, seat.ask(wanted(point)))
        finally:
            if "answer" not in reply:
                seat.forked.kill()
        if "answer" not in reply:
            raise _fault(reply)
        return seat


async def _within(deadline: float, asking: Awaitable[Reply]) -> Reply:
    try:
        async with asyncio.timeout(deadline):
            return await asking
    except TimeoutError:
        message = f"did not answer within {deadline:g} seconds and was stopped"
        raise PluginUnavailable(message) from None


def _fault(reply: Reply) -> PluginError:
    match reply.get("fault"):
        case "not_installed":
            return PluginMissing("is not installed")
        case "memory":
            return PluginError("takes more memory than it may have")
        case "refused" if str(reply.get("code")).endswith("_unavailable"):
            return PluginUnavailable("says that it cannot answer now")
        case "refused":
            return PluginError(f"refuses ({reply.get('code')})")
        case "raised":
            return PluginError(f"raised {reply.get('type')} at {reply.get('where')}")
        case _:
            return PluginError("ended its call without an answer")


def _environment() -> dict[str, str]:
    """What the process has, less what is ours: our secrets have no business beside a package."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OPENCCM_")}
    return {**ours, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
