"""One part's process: its start, its log, its end, and nothing of it left behind."""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from openccm.platform import lifeline
from openccm.platform.parts import Part

_SCRIPT = (sys.executable, "-I", "-S", lifeline.__file__)
_LOG_BYTES = 10_000_000
_LOGS_KEPT = 3


class Watcher:
    """The process that outlives the stack just long enough to end what it started."""

    def __init__(self, process: asyncio.subprocess.Process, announcements: int) -> None:
        self._process = process
        self.announcements = announcements
        """File descriptor on which parts announce themselves."""

    @classmethod
    async def start(cls, lock: int) -> Self:
        """Start watching; ``lock`` stays locked until nothing of the stack is left."""
        reading, writing = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *_SCRIPT,
            "watch",
            stdin=reading,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )
        os.close(reading)
        return cls(process, writing)

    def forget(self, group: int) -> None:
        """This process group has ended: its number may come to belong to another."""
        with suppress(BrokenPipeError):
            os.write(self.announcements, b"-%d\n" % group)

    async def close(self) -> None:
        """Let go; what is still noted dies now."""
        os.close(self.announcements)
        await self._process.wait()


class Child:
    """The process of a part, one after another."""

    def __init__(
        self, part: Part, *, log: Path, environment: Mapping[str, str], watcher: Watcher
    ) -> None:
        self.part = part
        self.log = log
        self.was_ready = False
        """Whether any of its processes has ever been ready."""
        self._environment = {**environment, **part.environment, "PYTHONUNBUFFERED": "1"}
        self._watcher = watcher
        self._process: asyncio.subprocess.Process | None = None
        self._end: asyncio.Task[int] | None = None

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._end is not None and not self._end.done()

    @property
    def pid(self) -> int | None:
        """The process, which leads a group of the same number; None when there is none."""
        return self._process.pid if self._process is not None and self.running else None

    async def spawn(self) -> None:
        """Start a process, in a session of its own, with its output in the log."""
        self.part.probe.reset()
        _rotate(self.log)
        with self.log.open("ab") as log:
            log.write(f"=== {datetime.now(UTC):%Y-%m-%d %H:%M:%S}Z {self.part.name}\n".encode())
            log.flush()
            self._process = await asyncio.create_subprocess_exec(
                *_SCRIPT,
                "become",
                str(self._watcher.announcements),
                *self.part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(self._watcher.announcements,),
                env=self._environment,
            )
        self._end = asyncio.create_task(self._reap(self._process))

    async def ended(self) -> int:
        """Wait for the process and answer with its exit code, a signal's being negative."""
        assert self._end is not None, "spawn comes first"
        return await asyncio.shield(self._end)

    def send(self, number: int) -> None:
        """Signal the process alone; a dead one does not mind."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill_group(self) -> None:
        """Kill the process and all it started."""
        if self.pid is not None:
            _kill_group(self.pid)

    async def stop(self, patience: float) -> None:
        """Ask it to end; after ``patience`` seconds, end it."""
        if self._end is None:
            return
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)  # a halted process would sleep through the request
        await asyncio.wait({self._end}, timeout=patience)
        self.kill_group()
        await self.ended()

    def last_lines(self, count: int = 15) -> str:
        """What it said last."""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            return "".join(deque(lines, maxlen=count)).rstrip()

    async def _reap(self, process: asyncio.subprocess.Process) -> int:
        code = await process.wait()
        _kill_group(process.pid)
        self._watcher.forget(process.pid)
        return code


def _kill_group(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS denies signals to the already dead
        os.killpg(group, signal.SIGKILL)


def _rotate(log: Path) -> None:
    """Put a grown log aside, and the ones before it further back."""
    if not log.exists() or log.stat().st_size < _LOG_BYTES:
        return
    for age in range(_LOGS_KEPT, 1, -1):
        older, newer = log.with_suffix(f".{age}.log"), log.with_suffix(f".{age - 1}.log")
        if newer.exists():
            newer.replace(older)
    log.replace(log.with_suffix(".1.log"))
