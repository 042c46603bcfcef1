"""Processes that can be killed at any moment, as their user sees them: forked in milliseconds."""

import asyncio
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from openccm.errors import OpenCCMError
from openccm.platform.forked import COMMAND, FORK, KILL, READY

START_TIMEOUT = 60.0
"""Seconds for loading everything, on the slowest of machines."""
STOP_TIMEOUT = 5.0
"""Seconds in which the server should have ended all it forked, and itself."""


class ProcessLost(OpenCCMError):
    """A process ended, or made no sense, before it had answered."""


class ForksUnavailable(OpenCCMError):
    """No process can be started: the machine is unwell, not what was to run in it."""


class Forked:
    """One process that was forked off, and the connection to it."""

    def __init__(self, server: "ForkServer", connection: socket.socket, number: int) -> None:
        self.number = number
        """The process id."""
        self._server = server
        self._connection = connection

    async def send(self, message: bytes) -> None:
        """Say something to it; OSError where it is gone."""
        await asyncio.get_running_loop().sock_sendall(self._connection, message)

    async def read(self, length: int) -> bytes:
        """So many bytes of what it says.

        Raises:
            ProcessLost: It ended before.
        """
        return await _exactly(self._connection, length)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._server.kill(self.number)
        self._connection.close()


class ForkServer:
    """The process that has a module loaded and forks off those that work."""

    def __init__(
        self, module: str, memory: int, *, environment: Mapping[str, str], quiet: bool = False
    ) -> None:
        self._module = module
        self._memory = memory
        self._environment = dict(environment)
        self._output = asyncio.subprocess.DEVNULL if quiet else None
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    async def fork(self) -> Forked:
        """A fresh process; starts the server where it does not run.

        Raises:
            ForksUnavailable: The server cannot be started, or was closed.
        """
        forking = asyncio.ensure_future(self._forked())
        try:
            # Shielded: an order that is cancelled halfway would leave its answer to the next one.
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(_let_go)
            raise

    async def _forked(self) -> Forked:
        async with self._turn:
            with suppress(OSError, ProcessLost, TimeoutError):
                return await self._fork()
            await self._stop()
            try:
                return await self._fork()
            except (OSError, ProcessLost, TimeoutError) as error:
                raise ForksUnavailable("No process can be started.") from error

    def kill(self, number: int) -> None:
        """End a process; only the server itself knows whether the number is still its own."""
        if self._control is not None:
            with suppress(OSError):  # then the server is gone, and its processes with it
                self._control.send(COMMAND.pack(KILL, number))

    async def close(self) -> None:
        """End the server and all it forked."""
        self._closed = True
        async with self._turn:
            await self._stop()

    async def _fork(self) -> Forked:
        control = self._control or await self._start()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                command = COMMAND.pack(FORK, self._memory)
                socket.send_fds(control, [command], [theirs.fileno()])
            _, number = COMMAND.unpack(await _exactly(control, COMMAND.size))
        except BaseException:  # a cancelled order leaves nothing open either
            ours.close()
            raise
        return Forked(self, ours, number)

    async def _start(self) -> socket.socket:
        if self._closed:
            raise ForksUnavailable("The processes were closed.")
        control, theirs = socket.socketpair()
        control.setblocking(False)
        self._control = control
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                self._module,
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                pass_fds=(theirs.fileno(),),
                env=self._environment,
            )
        async with asyncio.timeout(START_TIMEOUT):
            await _exactly(control, len(READY))
        return control

    async def _stop(self) -> None:
        control, process = self._control, self._process
        self._control = self._process = None
        if control is not None:
            control.close()
        if process is None:
            return
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _let_go(forking: asyncio.Future[Forked]) -> None:
    """Nobody waits for this process any more."""
    if not forking.cancelled() and forking.exception() is None:
        forking.result().kill()


async def _exactly(connection: socket.socket, length: int) -> bytes:
    loop = asyncio.get_running_loop()
    content = bytearray(length)
    view = memoryview(content)
    while view:
        received = await loop.sock_recv_into(connection, view)
        if not received:
            raise ProcessLost("A process ended without an answer.")
        view = view[received:]
    return bytes(content)
