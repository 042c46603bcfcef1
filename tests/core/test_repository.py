"""Definition versions: published all or none, pinned for ever, found again after a restart."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from openccm.errors import NotFoundError
from openccm.language.loader import load_definitions
from openccm.language.problems import InvalidDefinition
from openccm.platform.audit import entries
from openccm.platform.database import Database
from openccm.repository import holds
from openccm.repository.shelf import versions_of
from openccm.repository.tables import ContentBlob, DefinitionVersion
from openccm.repository.versions import Published, Repository, publish
from tests.core.authors import Authors
from tests.core.making import NOW, count, rows
from tests.core.station import write_definitions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_definitions(tmp_path / "definitions", "https://billing.example/data")


async def publish_all(database: Database, root: Path) -> list[tuple[str, int]]:
    async with database.begin() as session:
        made = await publish(session, load_definitions(root), actor="lab", now=NOW)
    return [(version.code, version.version) for version in made]


async def live(database: Database, code: str = "BILL-READY") -> Published:
    repository = Repository(database)
    async with database.read() as session:
        return await repository.live(session, code)


def edit(root: Path, name: str, content: str) -> None:
    path = root / name
    path.write_text(content)


TEMPLATE = "bill-ready/templates/email.en.txt"


async def test_everything_is_published_once(database: Database, root: Path) -> None:
    assert sorted(await publish_all(database, root)) == [
        ("BILL-READY", 1),
        ("SPRING-OFFER", 1),
        ("billing", 1),
    ]
    assert await publish_all(database, root) == []
    assert await count(database, DefinitionVersion) == 3


async def test_only_what_changed_gets_a_new_version(database: Database, root: Path) -> None:
    await publish_all(database, root)
    edit(root, TEMPLATE, "Hello {{ person.name }}\n")

    assert await publish_all(database, root) == [("BILL-READY", 2)]
    assert (await live(database)).files["templates/email.en.txt"] == b"Hello {{ person.name }}\n"
    states = [
        (row.version, row.live)
        for row in await rows(database, DefinitionVersion)
        if row.code == "BILL-READY"
    ]
    assert states == [(1, False), (2, True)]


async def test_what_is_taken_back_is_a_version_of_its_own(database: Database, root: Path) -> None:
    await publish_all(database, root)
    before = (root / TEMPLATE).read_text()
    first = await live(database)
    edit(root, TEMPLATE, "Hello\n")
    await publish_all(database, root)
    edit(root, TEMPLATE, before)

    assert await publish_all(database, root) == [("BILL-READY", 3)]
    third = await live(database)
    assert (third.version, third.digest) == (3, first.digest)


async def test_a_pinned_version_stays_what_it_was(database: Database, root: Path) -> None:
    await publish_all(database, root)
    first = await live(database)
    edit(root, TEMPLATE, "Hello\n")
    await publish_all(database, root)
    for repository in (Repository(database), Repository(database)):
        async with database.read() as session:
            pinned = await repository.pinned(session, "BILL-READY", 1)
            assert await repository.pinned(session, "BILL-READY", 1) is pinned

        assert pinned.files == first.files
        assert (pinned.digest, pinned.plan, pinned.definition) == (
            first.digest,
            first.plan,
            first.definition,
        )
        assert pinned.conditions.keys() == {"something-to-pay"}


async def test_the_plan_says_which_version_it_is(database: Database, root: Path) -> None:
    await publish_all(database, root)
    edit(root, TEMPLATE, "Hello\n")
    await publish_all(database, root)
    published = await live(database)

    assert (published.plan.code, published.plan.version) == ("BILL-READY", 2)
    assert published.plan.digest == published.digest


async def test_a_running_repository_sees_what_is_published_next(
    database: Database, root: Path
) -> None:
    await publish_all(database, root)
    repository = Repository(database)
    async with database.read() as session:
        assert (await repository.live(session, "BILL-READY")).version == 1
    edit(root, TEMPLATE, "Hello\n")
    await publish_all(database, root)

    async with database.read() as session:
        assert (await repository.live(session, "BILL-READY")).version == 2


async def test_one_error_keeps_all_from_being_published(database: Database, root: Path) -> None:
    edit(root, "spring-offer/communication.yaml", "kind: communication\ncode: nonsense\n")
    with pytest.raises(InvalidDefinition, match="spring-offer"):
        await publish_all(database, root)

    assert await count(database, DefinitionVersion) == 0
    assert await count(database, ContentBlob) == 0


async def test_the_same_content_is_kept_once(database: Database, root: Path) -> None:
    await publish_all(database, root)
    hashes = [
        digest for row in await rows(database, DefinitionVersion) for digest in row.files.values()
    ]

    assert len(set(hashes)) < len(hashes)
    assert await count(database, ContentBlob) == len(set(hashes))


async def test_what_is_not_published_is_not_found(database: Database, root: Path) -> None:
    await publish_all(database, root)
    repository = Repository(database)
    async with database.read() as session:
        with pytest.raises(NotFoundError, match="NOBODY"):
            await repository.live(session, "NOBODY")
        with pytest.raises(NotFoundError, match="billing"):
            await repository.live(session, "billing")
        with pytest.raises(NotFoundError, match="BILL-READY 9"):
            await repository.pinned(session, "BILL-READY", 9)
        with pytest.raises(NotFoundError, match="crm"):
            await repository.services(session, ["billing", "crm"])
        with pytest.raises(NotFoundError, match="NOBODY"):
            await versions_of(session, "NOBODY")


async def test_a_service_is_the_live_one(database: Database, root: Path) -> None:
    await publish_all(database, root)
    repository = Repository(database)
    async with database.read() as session:
        first = await repository.services(session, ["billing"])
    text = (root / "billing/service.yaml").read_text()
    edit(root, "billing/service.yaml", text.replace("2 seconds", "9 seconds"))
    assert await publish_all(database, root) == [("billing", 2)]
    async with database.read() as session:
        second = await repository.services(session, ["billing"])
        assert await repository.services(session, []) == {}

    http = [found["billing"].http for found in (first, second)]
    assert [each.timeout if each else None for each in http] == [2, 9]


async def test_each_version_is_on_the_trail(database: Database, root: Path) -> None:
    await publish_all(database, root)
    edit(root, TEMPLATE, "Hello\n")
    await publish_all(database, root)
    async with database.read() as session:
        trail = await entries(session, chain="definition:BILL-READY")
        versions = await versions_of(session, "BILL-READY")
        current = await holds.live_versions(session)

    assert [(entry.actor, entry.detail["version"], entry.to_state) for entry in trail] == [
        ("lab", 1, "live"),
        ("lab", 1, "superseded"),
        ("lab", 2, "live"),
    ]
    assert [row.version for row in versions] == [2, 1]
    assert [(row.code, row.version) for row in current] == sorted(
        [("BILL-READY", 2), ("SPRING-OFFER", 1), ("billing", 1)], key=lambda pair: pair[0]
    )


async def test_of_two_who_publish_at_once_the_content_is_live_once(
    database: Database, root: Path
) -> None:
    results = await asyncio.gather(
        *(publish_all(database, root) for _ in range(2)), return_exceptions=True
    )
    assert all(isinstance(each, list | IntegrityError) for each in results)

    async with database.read() as session:
        found = (await session.scalars(select(DefinitionVersion))).all()
    assert sorted((row.code, row.version, row.live) for row in found) == [
        ("BILL-READY", 1, True),
        ("SPRING-OFFER", 1, True),
        ("billing", 1, True),
    ]


async def test_finding_what_is_live_costs_one_statement(database: Database, root: Path) -> None:
    await publish_all(database, root)
    repository = Repository(database)
    asked: list[str] = []
    async with database.read() as session:
        await repository.live(session, "BILL-READY")
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        await repository.live(session, "BILL-READY")

    assert len(asked) == 1


async def test_a_start_does_not_undo_what_authors_published(authors: Authors) -> None:
    await authors.live("Written by an author\n")
    library = load_definitions(authors.root)
    by = {"actor": "command line", "now": NOW}
    async with authors.database.begin() as session:
        assert await publish(session, library, afresh=True, **by) == []
    edit(authors.root, TEMPLATE, "Changed in the folder\n")
    library = load_definitions(authors.root)
    async with authors.database.begin() as session:
        made = await publish(session, library, afresh=True, **by)

    assert [(row.code, row.version) for row in made] == [("BILL-READY", 3)]
