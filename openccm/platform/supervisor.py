"""The embedded stack: starts its parts, keeps them running, and leaves nothing behind."""

import asyncio
import logging
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self

from openccm.errors import NotFoundError, OpenCCMError
from openccm.platform.child import Child, Watcher
from openccm.platform.folder_lock import FolderLock
from openccm.platform.parts import Part, embedded_parts
from openccm.platform.ports import require_free
from openccm.platform.settings import Settings

_log = logging.getLogger(__name__)

_DEATHS, _WITHIN = 5, 30.0
"""So many deaths in so many seconds are not bad luck."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
_READY_PATIENCE = 90.0
"""Generous: on a new machine the first start compiles every package it imports."""


class StackError(OpenCCMError):
    """A part does not run, and the stack cannot mend it; ends with what the part said last."""

    code = "stack_failed"


class Stack:
    """The parts of one data folder. Entering starts them all, leaving stops them all.

    A part that dies is started again after a growing pause; one that keeps dying, or never got
    ready, ends the stack. With ``supervise=False`` the dead stay dead until ``start``: so a test
    can kill what it likes and look at what remains.
    """

    def __init__(
        self,
        settings: Settings,
        parts: Iterable[Part] | None = None,
        *,
        supervise: bool = True,
        stop_patience: float = 10.0,
        tell: Callable[[str], None] = _log.info,
    ) -> None:
        self.settings = settings
        self.tell = tell
        self._parts = {
            part.name: part for part in (embedded_parts(settings) if parts is None else parts)
        }
        self._supervise = supervise
        self._stop_patience = stop_patience
        self._children: dict[str, Child] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._failure: StackError | None = None
        self._failed = asyncio.Event()
        self._lock: FolderLock | None = None
        self._watcher: Watcher | None = None

    async def __aenter__(self) -> Self:
        """Start every part in order and wait until all are ready.

        Raises:
            ConflictError: Another stack has the folder, or a port is taken; nothing was started.
            StackError: A part does not start.
        """
        try:
            await self._open()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop every part, the last one first."""
        await self._close()

    async def wait(self) -> None:
        """Wait until a part is beyond help.

        Raises:
            StackError: Always; only a signal or the caller ends a healthy stack.
        """
        await self._failed.wait()
        self._raise_failure()

    async def start(self, name: str) -> None:
        """Start a part that does not run; ``wait_ready`` says when it takes work."""
        child = self._child(name)
        if child.running:
            return
        await child.spawn()
        if self._supervise:
            self._keepers[name] = asyncio.create_task(self._keep(child))

    async def stop(self, name: str) -> None:
        """Ask a part to end, insist after a while, and leave it so."""
        keeper = self._keepers.pop(name, None)
        if keeper is not None:
            keeper.cancel()
        await self._child(name).stop(self._stop_patience)

    async def restart(self, name: str) -> None:
        """Stop a part, start it and wait until it is ready."""
        await self.stop(name)
        await self.start(name)
        await self.wait_ready(name)

    async def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Signal a part's process; with SIGKILL, wait until it is gone."""
        child = self._child(name)
        child.send(number)
        if number == signal.SIGKILL and child.running:
            await child.ended()

    def kill_all(self) -> None:
        """Kill every part at once: what a second Ctrl-C asks for."""
        for child in self._children.values():
            child.kill_group()

    def pid(self, name: str) -> int | None:
        """The process of a part; None while it has none."""
        return self._child(name).pid

    async def wait_ready(self, name: str | None = None, patience: float = _READY_PATIENCE) -> None:
        """Wait until a part, or every part, takes work.

        Raises:
            StackError: It died, or it took longer than ``patience`` seconds.
        """
        for each in self._parts if name is None else (name,):
            child = self._child(each)
            try:
                async with asyncio.timeout(patience):
                    await self._until_ready(child)
            except TimeoutError:
                raise self._obituary(child, f"was not ready after {patience:g} s") from None

    async def _open(self) -> None:
        self.settings.logs_dir.mkdir(parents=True, exist_ok=True)
        self._lock = await FolderLock.take(self.settings.data_dir)
        require_free(one for part in self._parts.values() for one in part.listeners)
        self._watcher = await Watcher.start(self._lock.descriptor)
        environment = {**os.environ, **self.settings.environment()}
        for part in self._parts.values():
            self._children[part.name] = Child(
                part,
                log=self.settings.logs_dir / f"{part.name}.log",
                environment=environment,
                watcher=self._watcher,
            )
        for part in self._parts.values():
            for need in part.needs:
                if need in self._parts:
                    await self.wait_ready(need)
            await self.start(part.name)
        await self.wait_ready()

    async def _close(self) -> None:
        for keeper in self._keepers.values():
            keeper.cancel()
        for name in reversed(self._children):
            await self.stop(name)
        if self._watcher is not None:
            await self._watcher.close()
        if self._lock is not None:
            self._lock.release()

    async def _keep(self, child: Child) -> None:
        """Start a part again whenever it dies, until that helps no more."""
        clock = asyncio.get_running_loop().time
        deaths: deque[float] = deque(maxlen=_DEATHS)
        while True:
            how = _manner(await child.ended())
            deaths.append(clock())
            recent = sum(clock() - death < _WITHIN for death in deaths)
            if recent == _DEATHS or not child.was_ready:
                self._fail(self._obituary(child, how if recent == 1 else f"died {recent} times"))
                return
            pause = min(_FIRST_PAUSE * 2 ** (recent - 1), _LONGEST_PAUSE)
            self.tell(f"{child.part.name} {how}; starting it again")
            await asyncio.sleep(pause)
            await child.spawn()

    async def _until_ready(self, child: Child) -> None:
        while not (child.running and await child.part.probe.ready()):
            self._raise_failure()
            if not child.running and not self._supervise:
                raise self._obituary(child, "does not run")
            await asyncio.sleep(0.03)
        child.was_ready = True

    def _child(self, name: str) -> Child:
        if name not in self._children:
            raise NotFoundError("part", name)
        return self._children[name]

    def _fail(self, failure: StackError) -> None:
        self._failure = self._failure or failure
        self._failed.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _obituary(self, child: Child, how: str) -> StackError:
        said = "\n".join(f"    {line}" for line in child.last_lines().splitlines())
        return StackError(f"{child.part.name} {how}. The end of {child.log}:\n{said}")


def _manner(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
