"""The rendering processes as the pool sees them: forked within milliseconds, killed at will."""

import asyncio
import os
import socket
import sys
from contextlib import suppress

from openccm.content.port import RenderJob
from openccm.content.wire import COMMAND, FORK, KILL, LENGTHS, READY, Answer, errand, read_answer
from openccm.errors import OpenCCMError

START_TIMEOUT = 60.0
"""Seconds for loading everything, on the slowest of machines."""
STOP_TIMEOUT = 5.0
"""Seconds in which the server should have ended all it forked, and itself."""
MAX_BUNDLES = 32
"""How many bundles a process keeps."""
MAX_ANSWER = 1 << 28
"""Bytes; a process that has more to say is not trusted."""


class ProcessLost(OpenCCMError):
    """A process ended, or made no sense, before it had answered."""


class RenderingUnavailable(OpenCCMError):
    """No process can be started: the machine is unwell, not the template."""

    code = "rendering_unavailable"


class ForkServer:
    """The process that has everything loaded and forks off those that work."""

    def __init__(self, memory: int) -> None:
        self._memory = memory
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._turn = asyncio.Lock()
        self._closed = False

    async def fork(self) -> "WorkerProcess":
        """A fresh process; starts the server where it does not run.

        Raises:
            RenderingUnavailable: The server cannot be started, or was closed.
        """
        async with self._turn:
            with suppress(OSError, ProcessLost, TimeoutError):
                return await self._fork()
            await self._stop()
            try:
                return await self._fork()
            except (OSError, ProcessLost, TimeoutError) as error:
                raise RenderingUnavailable("No rendering process can be started.") from error

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

    async def _fork(self) -> "WorkerProcess":
        control = self._control or await self._start()
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                command = COMMAND.pack(FORK, self._memory)
                socket.send_fds(control, [command], [theirs.fileno()])
            _, number = COMMAND.unpack(await _exactly(control, COMMAND.size))
        except (OSError, ProcessLost):
            ours.close()
            raise
        return WorkerProcess(self, ours, number)

    async def _start(self) -> socket.socket:
        if self._closed:
            raise RenderingUnavailable("The render pool is closed.")
        control, theirs = socket.socketpair()
        control.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "openccm.content.worker",
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
            )
        self._control = control
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


class WorkerProcess:
    """One process that renders jobs, one at a time."""

    def __init__(self, server: ForkServer, connection: socket.socket, number: int) -> None:
        self.number = number
        """The process id."""
        self.done = 0
        """How many jobs it has answered."""
        self._server = server
        self._connection = connection
        self._bundles: dict[str, None] = {}

    async def do(self, job: RenderJob) -> Answer:
        """Have the job done.

        Raises:
            ProcessLost: There was no answer.
        """
        loop = asyncio.get_running_loop()
        message = errand(job, known=job.digest in self._bundles, forget=self._room(job.digest))
        try:
            await loop.sock_sendall(self._connection, message)
            lengths = await _exactly(self._connection, LENGTHS.size)
            header, content = LENGTHS.unpack(lengths)
            if header + content > MAX_ANSWER:
                raise ProcessLost("A process answered with more than it may.")
            said = await _exactly(self._connection, header + content)
            answer = read_answer(said[:header], said[header:])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ProcessLost("A process ended without an answer.") from error
        self.done += 1
        return answer

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._server.kill(self.number)
        self._connection.close()

    def _room(self, digest: str) -> tuple[str, ...]:
        """Take note that the process will have the bundle; names the ones it should let go."""
        if not digest:
            return ()
        self._bundles.pop(digest, None)
        self._bundles[digest] = None
        if len(self._bundles) <= MAX_BUNDLES:
            return ()
        oldest = next(iter(self._bundles))
        del self._bundles[oldest]
        return (oldest,)


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


def _environment() -> dict[str, str]:
    """Only what Python needs: our secrets have no business beside a template."""
    return {
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",  # sets in the same order everywhere, so documents come out the same
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
