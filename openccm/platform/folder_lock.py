"""One stack to a data folder: a lock that the operating system lets go of when its holders end."""

import asyncio
import fcntl
import os
from pathlib import Path
from typing import Self, TextIO

from openccm.errors import ConflictError
from openccm.platform.settings import variable

_ATTEMPTS, _PAUSE = 60, 0.05
"""A stack that is just ending is given three seconds to be gone."""


class FolderLock:
    """Held until it is released, or until the process and those that inherited it are dead."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    @classmethod
    async def take(cls, folder: Path) -> Self:
        """Take the folder for this process.

        Raises:
            ConflictError: Another stack has it.
        """
        file = (folder / "stack.lock").open("a+", encoding="ascii")
        for _ in range(_ATTEMPTS):
            if _lock(file):
                break
            await asyncio.sleep(_PAUSE)
        else:
            raise ConflictError(_refusal(file, folder))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return cls(file)

    @property
    def descriptor(self) -> int:
        """For a process that is to hold the lock as well."""
        return self._file.fileno()

    def release(self) -> None:
        """Let go."""
        self._file.close()


def _lock(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refusal(file: TextIO, folder: Path) -> str:
    with file:
        file.seek(0)
        holder = file.read()
    return (
        f"Another stack (process {holder}) runs on {folder}: "
        f"end it, or set {variable('data_dir')} to another folder."
    )
