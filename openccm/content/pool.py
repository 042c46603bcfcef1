"""The renderer that OpenCCM runs on: a few processes, any of which can be killed at any moment."""

import asyncio
import heapq
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count
from types import TracebackType
from typing import Self

from openccm.content.plain import check_plain
from openccm.content.port import Rendered, RenderJob
from openccm.content.processes import RenderServer, WorkerProcess
from openccm.content.wire import Answer
from openccm.errors import TemplateError
from openccm.platform.forks import ProcessLost

HANDICAP = 0.25
"""Seconds by which a job with documents waits behind texts, which take a hundredth of its time."""


class Seat:
    """The right to have one process at work; the process itself may come and go."""

    def __init__(self) -> None:
        self.process: WorkerProcess | None = None

    def leave_empty(self) -> None:
        """End the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            self.process = None


class RenderPool:
    """Fulfils ``Renderer``: whatever a template does, it ends, and it ends alone.

    A job that outstays ``deadline`` seconds or asks for more than ``memory`` bytes is stopped and
    fails; one whose process dies of anything else is tried once more.
    """

    def __init__(
        self,
        *,
        processes: int = 2,
        deadline: float = 15.0,
        memory: int = 1 << 30,
        jobs_per_process: int = 1000,
        queue: int = 1000,
    ) -> None:
        self._deadline = deadline
        self._memory = memory
        self._jobs_per_process = jobs_per_process
        self._server = RenderServer(memory)
        self._room = asyncio.Semaphore(processes + queue)
        self._seats = [Seat() for _ in range(processes)]
        self._idle = list(self._seats)
        self._waiting: list[tuple[float, int, asyncio.Future[Seat]]] = []
        self._numbers = count()

    async def __aenter__(self) -> Self:
        for seat in self._seats:
            seat.process = await self._server.fork()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for seat in self._seats:
            seat.leave_empty()
        await self._server.close()

    @property
    def process_ids(self) -> list[int]:
        """The processes at work or ready for it."""
        return [seat.process.number for seat in self._seats if seat.process is not None]

    async def render(self, job: RenderJob) -> tuple[Rendered, ...]:
        """All parts, in the job's order; waits while the queue is full.

        Raises:
            TemplateError: A part cannot be rendered, took too long or too much memory.
            RenderingUnavailable: No process can be started to try.
        """
        check_plain(job.context, "context")
        documents = any(part.kind == "pdf" for part in job.parts)
        async with self._room, self._seat(HANDICAP if documents else 0.0) as seat:
            try:
                answer = await self._try(seat, job)
            except ProcessLost:
                answer = await self._try_again(seat, job)
        if answer.error is not None:
            raise _placed(answer.error, job)
        return answer.parts

    async def _try_again(self, seat: Seat, job: RenderJob) -> Answer:
        try:
            return await self._try(seat, job)
        except ProcessLost:
            message = "Rendering it ended the process twice."
            raise _placed(TemplateError(message, template=""), job) from None

    async def _try(self, seat: Seat, job: RenderJob) -> Answer:
        process = seat.process = seat.process or await self._server.fork()
        answered = False
        try:
            async with asyncio.timeout(self._deadline):
                answer = await process.do(job)
            answered = True
        except TimeoutError:
            message = f"Rendering it took more than {self._deadline:g} seconds and was stopped."
            raise _placed(TemplateError(message, template=""), job) from None
        finally:
            if not answered:
                seat.leave_empty()
        if answer.spent or process.done >= self._jobs_per_process:
            seat.leave_empty()
        return answer

    @asynccontextmanager
    async def _seat(self, handicap: float) -> AsyncGenerator[Seat]:
        seat = self._idle.pop() if self._idle else await self._wait(handicap)
        try:
            yield seat
        finally:
            self._leave(seat)

    async def _wait(self, handicap: float) -> Seat:
        turn: asyncio.Future[Seat] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (time.monotonic() + handicap, next(self._numbers), turn))
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave(turn.result())
            raise

    def _leave(self, seat: Seat) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(seat)
                return
        self._idle.append(seat)


def _placed(error: TemplateError, job: RenderJob) -> TemplateError:
    """The error with a template to blame, where the process could not tell which."""
    if error.template:
        return error
    first = job.parts[0]
    return TemplateError(str(error), template=first.entry or first.name, line=error.line)
