"""Letters in a folder: whole, once, and never another's."""

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from openccm.channels.port import Outbound
from openccm.channels.spool import SpoolChannel, SpoolConfig
from openccm.errors import BadContent, Permanent, Retryable

LETTER = b"%PDF-1.7\n" + bytes(range(256)) * 20
COMMUNICATION = "0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11"


def outbound(**changes: Any) -> Outbound:
    given = {
        "key": f"{COMMUNICATION}/1",
        "communication_id": COMMUNICATION,
        "recipient": "Jane Doe, 7 Elm Row",
        "sender": "NORTH",
        "media_type": "application/pdf",
        "content": LETTER,
        "metadata": {"pages": "2", "postage": "second"},
    }
    return Outbound.model_validate(given | changes)


def spool(folder: Path) -> SpoolChannel:
    return SpoolChannel(SpoolConfig(folder=folder))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_letter_and_its_facts_lie_side_by_side(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "on demand"

    accepted = await spool(folder).send(outbound())

    assert files(folder) == [f"{COMMUNICATION}.json", f"{COMMUNICATION}.pdf"]
    assert (folder / f"{COMMUNICATION}.pdf").read_bytes() == LETTER
    assert json.loads((folder / f"{COMMUNICATION}.json").read_text()) == {
        "communication": COMMUNICATION,
        "sha256": sha256(LETTER).hexdigest(),
        "bytes": len(LETTER),
        "media_type": "application/pdf",
        "sender": "NORTH",
        "pages": "2",
        "postage": "second",
    }
    assert (accepted.status, accepted.receipts) == ("extracted", True)
    assert accepted.reference.startswith(f"{COMMUNICATION}.pdf sha256:")


async def test_the_sidecar_knows_nobody(tmp_path: Path) -> None:
    await spool(tmp_path).send(outbound())

    assert "Jane" not in (tmp_path / f"{COMMUNICATION}.json").read_text()


async def test_metadata_cannot_lie_about_the_letter(tmp_path: Path) -> None:
    await spool(tmp_path).send(outbound(metadata={"sha256": "0" * 64, "communication": "other"}))

    facts = json.loads((tmp_path / f"{COMMUNICATION}.json").read_text())
    assert facts["sha256"] == sha256(LETTER).hexdigest()
    assert facts["communication"] == COMMUNICATION


async def test_the_same_letter_twice_is_one_letter(tmp_path: Path) -> None:
    first = await spool(tmp_path).send(outbound())
    written = (tmp_path / f"{COMMUNICATION}.pdf").stat().st_mtime_ns
    second = await spool(tmp_path).send(outbound(key=f"{COMMUNICATION}/2"))

    assert second == first
    assert len(files(tmp_path)) == 2
    assert (tmp_path / f"{COMMUNICATION}.pdf").stat().st_mtime_ns == written


async def test_a_letter_already_collected_is_not_laid_out_again(tmp_path: Path) -> None:
    await spool(tmp_path).send(outbound())
    (tmp_path / f"{COMMUNICATION}.pdf").unlink()

    await spool(tmp_path).send(outbound())

    assert files(tmp_path) == [f"{COMMUNICATION}.json"]


async def test_another_letter_under_the_same_name_is_refused(tmp_path: Path) -> None:
    await spool(tmp_path).send(outbound())

    with pytest.raises(Permanent):
        await spool(tmp_path).send(outbound(content=LETTER + b"changed"))

    assert (tmp_path / f"{COMMUNICATION}.pdf").read_bytes() == LETTER


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b"\xff", b'{"sha256": 7}'])
async def test_a_foreign_sidecar_is_never_overwritten(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / f"{COMMUNICATION}.json").write_bytes(junk)

    with pytest.raises(Permanent):
        await spool(tmp_path).send(outbound())

    assert (tmp_path / f"{COMMUNICATION}.json").read_bytes() == junk


async def test_a_crash_before_the_sidecar_is_made_good(tmp_path: Path) -> None:
    (tmp_path / f"{COMMUNICATION}.pdf").write_bytes(LETTER)
    (tmp_path / f".{COMMUNICATION}.pdf.0.part").write_bytes(LETTER[:10])

    await spool(tmp_path).send(outbound())

    assert f"{COMMUNICATION}.json" in files(tmp_path)


async def test_a_crash_that_left_another_letter_is_not_papered_over(tmp_path: Path) -> None:
    (tmp_path / f"{COMMUNICATION}.pdf").write_bytes(b"another")

    with pytest.raises(Permanent):
        await spool(tmp_path).send(outbound())

    assert files(tmp_path) == [f"{COMMUNICATION}.pdf"]


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".", "a\0b", "x" * 101])
async def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "spool"

    with pytest.raises(Permanent):
        await spool(folder).send(outbound(communication_id=name))

    assert files(tmp_path) == []


async def test_an_unwritable_folder_is_the_providers_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    channel = spool(tmp_path / "file" / "spool")

    with pytest.raises(Retryable) as refused:
        await channel.send(outbound())

    assert refused.value.scope == "provider"
    assert "cannot be written" in str(await channel.health())


@contextmanager
def small_disk() -> Iterator[None]:
    """The kernel refuses files above 1 kB: what a full disk does, without filling one.

    No fixture: pytest's own report may be such a file, and is written before fixtures end.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_a_full_disk_leaves_nothing_half_done(tmp_path: Path) -> None:
    with small_disk(), pytest.raises(Retryable) as refused:
        await spool(tmp_path).send(outbound())

    assert refused.value.scope == "provider"
    assert files(tmp_path) == []


async def test_too_large_a_letter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadContent):
        await spool(tmp_path).send(outbound(content=bytes(SpoolChannel.caps.max_bytes + 1)))


async def test_health_leaves_no_trace(tmp_path: Path) -> None:
    assert await spool(tmp_path).health() is None
    assert files(tmp_path) == []
