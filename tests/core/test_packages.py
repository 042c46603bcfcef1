"""Packages: what is exported is taken in elsewhere as it was, whole or not at all."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.language.problems import InvalidDefinition
from openccm.platform.database import Database
from openccm.repository.bases import OvertakenError
from openccm.repository.moves import By
from openccm.repository.packages import export_package, import_package, preview
from tests.core.authors import BILL, TEMPLATE, Authors
from tests.core.making import NOW
from tests.support.databases import Databases

ALL = [("billing", 1), (BILL, 1), ("SPRING-OFFER", 1)]


@pytest.fixture
async def elsewhere(databases: Databases) -> AsyncIterator[Database]:
    """Another installation, with nothing in it."""
    database = Database(await databases.fresh())
    yield database
    await database.close()


async def export(
    authors: Authors, folder: Path, *chosen: tuple[str, int | None]
) -> list[tuple[str, int]]:
    async with authors.database.read() as session:
        rows = await export_package(session, folder, chosen)
    return [(row.code, row.version) for row in rows]


async def take(
    database: Database, folder: Path, *, live: bool = False
) -> list[tuple[str, str, int | None]]:
    async with database.begin() as session:
        taken = await import_package(session, folder, By("command line", NOW), live=live)
    return sorted((each.code, each.what, each.version) for each in taken)


async def test_all_that_is_live_is_exported_in_the_order_of_need(
    authors: Authors, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    assert await export(authors, folder) == ALL
    manifest = json.loads((folder / "manifest.json").read_text())

    assert [each["code"] for each in manifest["definitions"]] == [code for code, _ in ALL]
    live = await authors.version(1)
    assert manifest["definitions"][1] == {
        "code": BILL,
        "kind": "communication",
        "version": 1,
        "digest": live.digest,
        "folder": "bill-ready",
    }


async def test_what_is_taken_in_is_what_was_exported(
    authors: Authors, elsewhere: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    await export(authors, folder)
    taken = await take(elsewhere, folder, live=True)
    other = Authors(elsewhere, authors.root)

    assert [(what, version) for _, what, version in taken] == [("new", 1)] * 3
    assert (await other.version(1)).digest == (await authors.version(1)).digest
    assert await take(elsewhere, folder, live=True) == [
        (code, "unchanged", None) for code, _ in sorted(ALL)
    ]


async def test_drafts_are_made_of_what_changed_alone_and_once(
    authors: Authors, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    await export(authors, folder)
    (folder / "manifest.json").unlink()
    (folder / "bill-ready" / TEMPLATE).write_text("second\n")
    async with authors.database.read() as session:
        shown = {each.code: each for each in await preview(session, folder)}
    assert [each.path for each in shown[BILL].changes.texts] == [TEMPLATE]
    assert await authors.states() == {1: "live"}
    assert await take(authors.database, folder) == [
        (BILL, "changed", 2),
        ("SPRING-OFFER", "unchanged", None),
        ("billing", "unchanged", None),
    ]
    assert (await take(authors.database, folder))[0] == (BILL, "unchanged", None)
    (folder / "bill-ready" / TEMPLATE).write_text("second, corrected\n")

    assert (await take(authors.database, folder))[0] == (BILL, "changed", 2)
    assert await authors.states() == {1: "live", 2: "draft"}


async def test_nobodys_draft_is_written_over(authors: Authors, tmp_path: Path) -> None:
    folder = tmp_path / "package"
    await export(authors, folder)
    (folder / "manifest.json").unlink()
    (folder / "bill-ready" / TEMPLATE).write_text("second\n")
    await authors.save("mine\n")
    with pytest.raises(OvertakenError, match="system:ANN changed the draft"):
        await take(authors.database, folder)


async def test_a_use_that_is_nowhere_is_named_and_nothing_is_taken(
    authors: Authors, elsewhere: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    await export(authors, folder, (BILL, None), ("SPRING-OFFER", 1))
    with pytest.raises(InvalidDefinition, match="uses the data-service billing, which is neither"):
        await take(elsewhere, folder, live=True)

    async with elsewhere.read() as session:
        with pytest.raises(NotFoundError):
            await export_package(session, tmp_path / "other", [("SPRING-OFFER", 1)])


async def test_what_is_live_there_need_not_be_brought(
    authors: Authors, elsewhere: Database, tmp_path: Path
) -> None:
    await export(authors, tmp_path / "one", ("billing", None))
    await export(authors, tmp_path / "two", (BILL, None))
    await take(elsewhere, tmp_path / "one", live=True)

    assert await take(elsewhere, tmp_path / "two", live=True) == [(BILL, "new", 1)]


async def test_a_package_that_was_changed_is_refused(
    authors: Authors, elsewhere: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "package"
    await export(authors, folder)
    (folder / "bill-ready" / TEMPLATE).write_text("Dear thief\n")
    with pytest.raises(ConflictError, match=r"BILL-READY is not what manifest\.json says"):
        await take(elsewhere, folder)
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(ConflictError, match="is no manifest"):
        await take(elsewhere, folder)


async def test_an_earlier_version_is_exported_by_its_number(
    authors: Authors, tmp_path: Path
) -> None:
    await authors.live("second\n")

    assert await export(authors, tmp_path / "one", (BILL, 1)) == [(BILL, 1)]
    assert (tmp_path / "one/bill-ready" / TEMPLATE).read_bytes() == authors.files()[TEMPLATE]
    with pytest.raises(InvalidError, match="not empty"):
        await export(authors, tmp_path / "one", (BILL, 2))
    await authors.retire()
    with pytest.raises(ConflictError, match="BILL-READY@1"):
        await export(authors, tmp_path / "two", (BILL, None))


async def test_shared_files_go_back_to_the_shared_folder(
    authors: Authors, elsewhere: Database, tmp_path: Path
) -> None:
    shared = authors.root / "shared/templates/foot.txt"
    shared.parent.mkdir(parents=True)
    shared.write_text("Brightwater Energy\n")
    for name in ("bill-ready", "spring-offer"):
        path = authors.root / name / TEMPLATE
        path.write_text(path.read_text() + "{% include 'shared/foot.txt' %}\n")
    await authors.publish_folder()
    folder = tmp_path / "package"
    await export(authors, folder)

    assert (folder / "shared/templates/foot.txt").read_text() == "Brightwater Energy\n"
    assert not (folder / "bill-ready/templates/shared").exists()
    assert len(await take(elsewhere, folder, live=True)) == 3
    shared.write_text("Brightwater Power\n")
    (authors.root / "spring-offer/templates/email.en.txt").write_text(
        "{{ unsubscribe_url }} {% include 'shared/foot.txt' %}\n"
    )
    # Only one of the two is published with the new one.
    await authors.put("SPRING-OFFER", _with_shared(authors, shared))
    await authors.submit(code="SPRING-OFFER")
    row = await authors.judge(code="SPRING-OFFER")
    await authors.publish(row.version, code="SPRING-OFFER")
    with pytest.raises(ConflictError, match=r"different templates/shared/foot\.txt"):
        await export(authors, tmp_path / "other")


def _with_shared(authors: Authors, shared: Path) -> dict[str, bytes]:
    return authors.files("spring-offer") | {"templates/shared/foot.txt": shared.read_bytes()}
