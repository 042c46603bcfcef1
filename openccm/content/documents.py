"""The document store: exact bytes by the hash of their content, apart from delivery.

The store may be down or full while messages still go out. Then the bytes wait in the database
(``document_buffer``) and move over once the store is well again.
"""

import asyncio
import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.content.tables import DocumentBuffer, StoredDocument
from openccm.errors import StorageError


class DocumentStore(Protocol):
    """Somewhere that keeps bytes under their SHA-256. Putting the same bytes twice is harmless."""

    async def put(self, content: bytes) -> str:
        """Keep the bytes and answer with their hash.

        Raises:
            StorageError: The store did not take them.
        """
        ...

    async def get(self, digest: str) -> bytes | None:
        """The bytes, or None where the store has none under this hash.

        Raises:
            StorageError: The store does not answer, or what it holds was altered.
        """
        ...


class FolderStore:
    """Documents as files: ``ab/abcd…``, written beside their place and renamed into it.

    Few folders, because making one costs the disk more than a document does.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        """Keep the bytes; durable when this returns."""
        digest = hashlib.sha256(content).hexdigest()
        await asyncio.to_thread(self._write, self._path(digest), content)
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes, checked against their hash."""
        return await asyncio.to_thread(self._read, digest)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, path: Path, content: bytes) -> None:
        draft = path.with_suffix(f".{uuid4().hex}.part")
        try:
            if path.exists():
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            _flush_folder(path.parent)
        except OSError as error:
            raise StorageError(f"The document store cannot be written: {error.strerror}.") from None

    def _read(self, digest: str) -> bytes | None:
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"The document store cannot be read: {error.strerror}.") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise StorageError("The stored document was altered: its hash does not match.")
        return content


def _flush_folder(folder: Path) -> None:
    """Make the new name durable, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def open_store(url: str) -> DocumentStore:
    """The store behind a URL such as ``file:///var/lib/openccm/documents``.

    Raises:
        StorageError: No store is known for the URL's scheme.
    """
    scheme, _, path = url.partition("://")
    if scheme != "file":
        raise StorageError(f"No document store is known for {scheme}://.")
    return FolderStore(Path(path))


async def buffer(session: AsyncSession, content: bytes, at: datetime) -> str:
    """Keep bytes in the database until the store takes them."""
    digest = hashlib.sha256(content).hexdigest()
    # Locked, so that who moves it to the store waits, and then sees who refers to it, too.
    if await session.get(DocumentBuffer, digest, with_for_update=True) is None:
        session.add(DocumentBuffer(hash=digest, content=content, since=at))
        await session.flush()
    return digest


async def fetch(session: AsyncSession, store: DocumentStore, digest: str) -> bytes:
    """The bytes behind a hash, from the store or from the buffer.

    Raises:
        StorageError: They cannot be had now, or not at all.
    """
    fault: StorageError | None = None
    try:
        content = await store.get(digest)
        if content is not None:
            return content
    except StorageError as error:
        fault = error
    buffered = await session.get(DocumentBuffer, digest)
    if buffered is None:
        raise fault or StorageError("The document store has no document under this hash.")
    return buffered.content


async def waiting(session: AsyncSession, limit: int) -> list[DocumentBuffer]:
    """Documents that the store has not taken yet, oldest first."""
    statement = select(DocumentBuffer).order_by(col(DocumentBuffer.since)).limit(limit)
    return list(await session.scalars(statement))


async def settled(session: AsyncSession, digest: str) -> None:
    """Forget a buffered document that the store has taken."""
    await session.execute(delete(DocumentBuffer).where(col(DocumentBuffer.hash) == digest))
    await session.execute(
        update(StoredDocument).where(col(StoredDocument.hash) == digest).values(storage="stored")
    )
