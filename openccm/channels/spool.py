"""Letters for a print house: a PDF and its sidecar in a folder, whole or not at all.

The print house collects a PDF once its sidecar stands beside it, and leaves the sidecar there:
that is how a letter that is handed over twice is printed once.
"""

import asyncio
import json
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from openccm.channels.port import Accepted, Caps, Outbound
from openccm.errors import BadContent, Permanent, Retryable

_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")


class SpoolConfig(BaseModel):
    """Where the print house collects."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path = Field(description="The folder that the print house collects from.")


class SpoolChannel:
    """Lays letters into a folder."""

    name: ClassVar[str] = "spool"
    channel: ClassVar[str] = "letter"
    caps: ClassVar[Caps] = Caps(receipts=True, idempotency="native", max_bytes=100_000_000)
    Config: ClassVar[type[BaseModel]] = SpoolConfig

    def __init__(self, config: BaseModel) -> None:
        self._folder = SpoolConfig.model_validate(config, from_attributes=True).folder

    async def open(self) -> None:
        """Nothing to get ready: the folder is made when the first letter needs it."""

    async def close(self) -> None:
        """Nothing is kept open."""

    async def send(self, outbound: Outbound) -> Accepted:
        """Lay the letter and its sidecar into the folder, once.

        Raises:
            Permanent: Another letter already bears this name.
            Retryable: The folder cannot be written.
        """
        if len(outbound.content) > self.caps.max_bytes:
            raise BadContent(f"The letter has more than {self.caps.max_bytes} bytes.")
        if not _SAFE_NAME.fullmatch(outbound.communication_id):
            raise Permanent("The communication's id cannot name a file.")
        digest = sha256(outbound.content).hexdigest()
        try:
            await asyncio.to_thread(self._lay, outbound, digest)
        except OSError as error:
            raise _unwritable(error) from error
        reference = f"{outbound.communication_id}.pdf sha256:{digest[:16]}"
        return Accepted(reference=reference, status="extracted", receipts=True)

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """Never needed: sending again is harmless."""
        return None

    async def health(self) -> str | None:
        """Write a file and remove it."""
        probe = self._folder / f".{uuid4()}.part"
        try:
            await asyncio.to_thread(self._write, probe, b"")
            await asyncio.to_thread(probe.unlink)
        except OSError as error:
            return str(_unwritable(error))
        return None

    def _lay(self, outbound: Outbound, digest: str) -> None:
        letter = self._folder / f"{outbound.communication_id}.pdf"
        sidecar = letter.with_suffix(".json")
        if sidecar.exists():
            _refuse_unless(_recorded_digest(sidecar) == digest)
            return
        if letter.exists():
            _refuse_unless(sha256(letter.read_bytes()).hexdigest() == digest)
        else:
            self._put(letter, outbound.content)
        self._put(sidecar, _facts(outbound, digest))

    def _put(self, target: Path, content: bytes) -> None:
        part = target.with_name(f".{target.name}.{uuid4()}.part")
        try:
            self._write(part, content)
            part.rename(target)
        finally:
            part.unlink(missing_ok=True)
        self._sync_folder()

    def _write(self, path: Path, content: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _sync_folder(self) -> None:
        """A rename is only safe from a power cut once its folder is written, too."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _recorded_digest(sidecar: Path) -> object:
    try:
        return json.loads(sidecar.read_bytes())["sha256"]
    except (ValueError, KeyError, TypeError):
        return None


def _refuse_unless(same: bool) -> None:
    if not same:
        raise Permanent("A different letter already stands under this name.")


def _facts(outbound: Outbound, digest: str) -> bytes:
    facts = {
        **outbound.metadata,
        "communication": outbound.communication_id,
        "sha256": digest,
        "bytes": len(outbound.content),
        "media_type": outbound.media_type,
        "sender": outbound.sender,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _unwritable(error: OSError) -> Retryable:
    reason = error.strerror or type(error).__name__
    return Retryable(f"The print folder cannot be written: {reason}.", scope="provider")
