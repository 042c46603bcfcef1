"""The document store: exact bytes by their hash, and the buffer while it is away."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from openccm.content.documents import (
    FolderStore,
    buffer,
    fetch,
    open_store,
    settled,
    waiting,
)
from openccm.content.tables import DocumentBuffer, StoredDocument
from openccm.errors import StorageError
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import NOW, count, rows

LETTER = b"%PDF-1.7\n" + bytes(range(256)) * 40
HASH = hashlib.sha256(LETTER).hexdigest()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_bytes_are_kept_under_their_hash(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "documents")

    assert await store.put(LETTER) == HASH
    assert await store.get(HASH) == LETTER
    (file,) = files(tmp_path)
    assert file == tmp_path / "documents" / HASH[:2] / HASH
    assert file.read_bytes() == LETTER


@pytest.mark.parametrize("content", [b"", b"\0", LETTER * 50], ids=["empty", "null", "large"])
async def test_any_bytes_come_back_exactly(tmp_path: Path, content: bytes) -> None:
    store = FolderStore(tmp_path)

    assert await store.get(await store.put(content)) == content


async def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    await store.put(LETTER)
    (file,) = files(tmp_path)
    before = file.stat().st_ino
    await store.put(LETTER)

    assert [path.stat().st_ino for path in files(tmp_path)] == [before]


async def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert await FolderStore(tmp_path).get(HASH) is None


@pytest.mark.parametrize("damage", [LETTER[:-1], LETTER + b"x", b"", b"x" + LETTER[1:]])
async def test_an_altered_file_is_not_given_out(tmp_path: Path, damage: bytes) -> None:
    store = FolderStore(tmp_path)
    await store.put(LETTER)
    files(tmp_path)[0].write_bytes(damage)

    with pytest.raises(StorageError, match="altered"):
        await store.get(HASH)


async def test_many_hands_may_store_the_same_bytes_at_once(tmp_path: Path) -> None:
    store, large = FolderStore(tmp_path), LETTER * 300
    digests = await asyncio.gather(*(store.put(large) for _ in range(8)))

    assert set(digests) == {hashlib.sha256(large).hexdigest()}
    assert await store.get(digests[0]) == large
    assert len(files(tmp_path)) == 1


async def test_a_store_that_cannot_be_written_or_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where the folder should be")
    store = FolderStore(tmp_path / "blocked" / "documents")

    with pytest.raises(StorageError, match="written"):
        await store.put(LETTER)
    with pytest.raises(StorageError, match="read"):
        await store.get(HASH)


async def test_a_store_that_does_not_even_answer_says_so(tmp_path: Path) -> None:
    """Whatever the file system says, it is a fault of the store and not of the document."""
    store = FolderStore(tmp_path / ("x" * 300))

    with pytest.raises(StorageError):
        await store.put(LETTER)
    with pytest.raises(StorageError):
        await store.get(HASH)


async def test_a_write_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    place = tmp_path / HASH[:2]
    place.write_text("in the way")
    with pytest.raises(StorageError):
        await FolderStore(tmp_path).put(LETTER)

    assert files(tmp_path) == [place]


async def test_the_store_is_found_by_its_url(tmp_path: Path) -> None:
    await open_store(f"file://{tmp_path}").put(LETTER)

    assert await open_store(f"file://{tmp_path}").get(HASH) == LETTER


@pytest.mark.parametrize("url", ["s3://bucket", "documents", ""])
def test_a_store_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="No document store"):
        open_store(url)


async def buffered(database: Database, *contents: bytes) -> None:
    async with database.begin() as session:
        for content in contents:
            await buffer(session, content, NOW)


async def test_while_the_store_is_away_the_bytes_come_from_the_buffer(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "blocked").write_text("")
    store = FolderStore(tmp_path / "blocked" / "documents")
    await buffered(database, LETTER)
    async with database.read() as session:
        assert await fetch(session, store, HASH) == LETTER
        with pytest.raises(StorageError):
            await fetch(session, store, "0" * 64)


async def test_a_document_that_is_nowhere_is_a_fault_of_the_store(
    database: Database, tmp_path: Path
) -> None:
    async with database.read() as session:
        with pytest.raises(StorageError, match="no document"):
            await fetch(session, FolderStore(tmp_path), HASH)


async def test_the_same_bytes_are_buffered_once(database: Database) -> None:
    await buffered(database, LETTER, LETTER)
    await buffered(database, LETTER)

    assert await count(database, DocumentBuffer) == 1


async def test_what_the_store_has_taken_is_forgotten_and_marked(
    database: Database, tmp_path: Path
) -> None:
    store, other = FolderStore(tmp_path), b"another"
    await buffered(database, LETTER, other)
    async with database.begin() as session:
        for content in (LETTER, LETTER, other):
            session.add(
                StoredDocument(
                    communication_id=new_id(),
                    part="message",
                    hash=hashlib.sha256(content).hexdigest(),
                    media_type="application/pdf",
                    size=len(content),
                    storage="pending",
                    created_at=NOW,
                )
            )
    async with database.read() as session:
        assert {each.hash for each in await waiting(session, 10)} > {HASH}
    await store.put(LETTER)
    async with database.begin() as session:
        await settled(session, HASH)

    storages = [row.storage for row in await rows(database, StoredDocument)]
    assert storages == ["stored", "stored", "pending"]
    async with database.read() as session:
        assert [each.content for each in await waiting(session, 10)] == [other]
        assert await fetch(session, store, HASH) == LETTER
