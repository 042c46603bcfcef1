"""Where the files of print runs go, and where the print house's answers come from.

The manifest of a run goes last, and the print house leaves it where it is: it says that the run is
whole, and by it a hand-over that is made again is known to have been made.
"""

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from openccm.errors import Permanent, Retryable


class Answer(NamedTuple):
    """An acknowledgement as it came."""

    name: str
    content: bytes


class PrintHouse(Protocol):
    """Takes files, and answers with acknowledgements."""

    async def deliver(self, folder: Path, names: Sequence[str]) -> bool:
        """Hand over the files of a run, the manifest last; False where it was taken before.

        Raises:
            Retryable: The print house cannot be reached, or does not take them now.
            NeedsReauth: It does not know us, or is not who it was.
            Permanent: Another run of this number was taken.
        """
        ...

    async def answers(self) -> Sequence[Answer]:
        """The acknowledgements that lie there.

        Raises:
            ChannelError: As for ``deliver``.
        """
        ...

    async def put_away(self, name: str) -> None:
        """Take away an acknowledgement that was read and kept."""
        ...

    async def check(self) -> None:
        """Whether it can be reached.

        Raises:
            ChannelError: It cannot, and why.
        """
        ...


class FolderPlace(BaseModel):
    """Folders that we and the print house both reach."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: Path = Field(description="Where files of runs are laid.")
    answers: Path = Field(description="Where acknowledgements are laid by the print house.")


class FolderHouse:
    """A print house that collects from a folder."""

    def __init__(self, place: FolderPlace) -> None:
        self._place = place

    async def deliver(self, folder: Path, names: Sequence[str]) -> bool:
        """Lay the files into the folder, each under its name once it is whole."""
        return await asyncio.to_thread(self._lay, folder, names)

    async def answers(self) -> Sequence[Answer]:
        """What the print house laid into its folder."""
        return await asyncio.to_thread(self._read)

    async def put_away(self, name: str) -> None:
        """Remove it."""
        await asyncio.to_thread((self._place.answers / name).unlink, missing_ok=True)

    async def check(self) -> None:
        """Write a file and remove it."""
        await asyncio.to_thread(self._probe)

    def _lay(self, folder: Path, names: Sequence[str]) -> bool:
        *files, manifest = names
        target = self._place.runs / manifest
        try:
            self._place.runs.mkdir(parents=True, exist_ok=True)
            if target.exists():
                refuse_unless(target.read_bytes() == (folder / manifest).read_bytes())
                return False
            for name in (*files, manifest):
                part = self._place.runs / f"{name}.part"
                with part.open("wb") as out:
                    out.write((folder / name).read_bytes())
                    out.flush()
                    os.fsync(out.fileno())
                part.rename(self._place.runs / name)
        except OSError as error:
            raise _unwritable(error) from error
        return True

    def _read(self) -> Sequence[Answer]:
        try:
            self._place.answers.mkdir(parents=True, exist_ok=True)
            found = sorted(self._place.answers.glob("*.csv"))
            return [Answer(path.name, path.read_bytes()) for path in found]
        except OSError as error:
            raise _unwritable(error) from error

    def _probe(self) -> None:
        try:
            self._place.runs.mkdir(parents=True, exist_ok=True)
            probe = self._place.runs / f".{uuid4()}.part"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise _unwritable(error) from error


def refuse_unless(same: bool) -> None:
    """Two runs must not bear one number.

    Raises:
        Permanent: What lies there is another one.
    """
    if not same:
        raise Permanent("The print house has another run under this number.", scope="provider")


def digest(content: bytes) -> str:
    """SHA-256, as manifests spell it."""
    return hashlib.sha256(content).hexdigest()


def _unwritable(error: OSError) -> Retryable:
    reason = error.strerror or type(error).__name__
    return Retryable(f"The print house's folder cannot be used: {reason}.", scope="provider")
