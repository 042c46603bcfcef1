"""The rendering processes as the pool sees them: forked within milliseconds, killed at will."""

import os
import sys

from openccm.content.port import RenderJob
from openccm.content.wire import LENGTHS, Answer, errand, read_answer
from openccm.errors import OpenCCMError
from openccm.platform.forks import Forked, ForkServer, ForksUnavailable, ProcessLost

MAX_BUNDLES = 32
"""How many bundles a process keeps."""
MAX_ANSWER = 1 << 28
"""Bytes; a process that has more to say is not trusted."""


class RenderingUnavailable(OpenCCMError):
    """No process can be started: the machine is unwell, not the template."""

    code = "rendering_unavailable"


class RenderServer:
    """The process that has everything loaded and forks off those that render."""

    def __init__(self, memory: int) -> None:
        self._forks = ForkServer("openccm.content.worker", memory, environment=_environment())

    async def fork(self) -> "WorkerProcess":
        """A fresh process; starts the server where it does not run.

        Raises:
            RenderingUnavailable: The server cannot be started, or was closed.
        """
        try:
            return WorkerProcess(await self._forks.fork())
        except ForksUnavailable as error:
            raise RenderingUnavailable("No rendering process can be started.") from error

    async def close(self) -> None:
        """End the server and all it forked."""
        await self._forks.close()


class WorkerProcess:
    """One process that renders jobs, one at a time."""

    def __init__(self, forked: Forked) -> None:
        self.number = forked.number
        """The process id."""
        self.done = 0
        """How many jobs it has answered."""
        self._forked = forked
        self._bundles: dict[str, None] = {}

    async def do(self, job: RenderJob) -> Answer:
        """Have the job done.

        Raises:
            ProcessLost: There was no answer.
        """
        message = errand(job, known=job.digest in self._bundles, forget=self._room(job.digest))
        try:
            await self._forked.send(message)
            header, content = LENGTHS.unpack(await self._forked.read(LENGTHS.size))
            if header + content > MAX_ANSWER:
                raise ProcessLost("A process answered with more than it may.")
            said = await self._forked.read(header + content)
            answer = read_answer(said[:header], said[header:])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ProcessLost("A process ended without an answer.") from error
        self.done += 1
        return answer

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self._forked.kill()

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


def _environment() -> dict[str, str]:
    """Only what Python needs: our secrets have no business beside a template."""
    return {
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONHASHSEED": "0",  # sets in the same order everywhere, so documents come out the same
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
