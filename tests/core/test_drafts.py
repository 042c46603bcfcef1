"""Drafts: saved with problems, never written over unseen, never begun from what is gone."""

import asyncio

import pytest

from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.language.problems import InvalidDefinition
from openccm.platform.columns import new_id
from openccm.repository.bases import OvertakenError
from openccm.repository.drafts import Text, discard_draft, read_draft, save_draft
from openccm.repository.shelf import uses_of
from tests.core.authors import BILL, TEMPLATE, Authors
from tests.core.making import NOW


async def test_the_live_version_stays_what_it_is(authors: Authors) -> None:
    before = await authors.version(1)
    saved = await authors.save("Hello {{ person.name }}\n")

    assert (saved.version.version, saved.version.base, saved.version.state) == (2, 1, "draft")
    assert saved.problems == []
    after = await authors.version(1)
    assert (after.digest, after.files, after.state) == (before.digest, before.files, "live")


async def test_a_draft_with_problems_is_saved_and_not_submitted(authors: Authors) -> None:
    saved = await authors.save("Hello {{ nobody.name }}\n")

    assert [(each.file, each.line, each.severity) for each in saved.problems] == [
        (f"{BILL}/{TEMPLATE}", 1, "error")
    ]
    with pytest.raises(InvalidDefinition, match="nobody"):
        await authors.submit()
    assert await authors.states() == {1: "live", 2: "draft"}


async def test_yaml_that_does_not_parse_is_kept_with_its_place(authors: Authors) -> None:
    files = authors.files() | {"communication.yaml": b"kind: communication\n\tcode: X\n"}
    saved = await authors.put(BILL, files)

    assert (saved.version.kind, saved.version.title) == ("communication", BILL)
    assert [(each.line, each.column) for each in saved.problems] == [(2, 1)]


async def test_a_second_editor_is_told_who_was_faster(authors: Authors) -> None:
    first = await authors.save("Hello\n")
    second = await authors.save("Good day\n", "BEA", seen=first.version.digest)
    with pytest.raises(OvertakenError, match="system:BEA changed the draft") as refused:
        await authors.save("Welcome\n", seen=first.version.digest)

    assert refused.value.members == {
        "editor": "system:BEA",
        "version": 2,
        "digest": second.version.digest,
    }
    with pytest.raises(OvertakenError):
        await authors.save("Welcome\n")
    assert (await authors.version(2)).editors == ["system:ANN", "system:BEA"]


async def test_saving_the_same_again_changes_nothing(authors: Authors) -> None:
    await authors.save("Hello\n")
    again = await authors.save("Hello\n", "BEA")

    assert again.version.author == "system:ANN"
    assert len([entry for entry in await authors.trail() if "drafted" in entry.action]) == 1


async def test_what_was_begun_from_another_version_is_refused(authors: Authors) -> None:
    await authors.live("second\n")
    with pytest.raises(OvertakenError, match="version 2 is in force, and this was begun from"):
        await authors.save("third\n", base=1)
    with pytest.raises(OvertakenError, match="begun from nothing"):
        await authors.save("third\n", base=None)
    with pytest.raises(InvalidError, match="no version BILL-READY 9"):
        await authors.save("third\n", base=9)


async def test_a_draft_that_was_overtaken_is_not_submitted(authors: Authors) -> None:
    saved = await authors.save("mine\n")
    (authors.root / "bill-ready" / TEMPLATE).write_text("from the folder\n")
    await authors.publish_folder()
    with pytest.raises(OvertakenError, match="version 3 is in force") as refused:
        await authors.submit()

    assert refused.value.members["version"] == 3
    again = await authors.save("both\n", seen=saved.version.digest)
    assert (again.version.version, again.version.base) == (4, 3)
    assert await authors.states() == {1: "superseded", 3: "live", 4: "draft"}


async def test_nothing_is_drafted_while_a_version_is_in_review(authors: Authors) -> None:
    await authors.save("second\n")
    await authors.submit()
    with pytest.raises(ConflictError, match="version 2 is in review"):
        await authors.save("third\n")


async def test_what_was_rejected_keeps_its_text_and_its_number(authors: Authors) -> None:
    saved = await authors.save("second\n")
    await authors.submit()
    await authors.judge("reject", comment="a typo")
    again = await authors.save("better\n", seen=saved.version.digest)

    assert again.version.version == 3
    assert await authors.states() == {1: "live", 2: "superseded", 3: "draft"}
    assert (await authors.version(2)).digest == saved.version.digest
    assert (await authors.version(3)).editors == ["system:ANN"]


async def test_what_is_submitted_again_as_it_was_keeps_its_number(authors: Authors) -> None:
    await authors.save("second\n")
    await authors.submit()
    await authors.judge("reject", comment="by mistake")
    row = await authors.submit()

    assert (row.version, row.submission) == (2, 2)


async def test_a_draft_is_given_up(authors: Authors) -> None:
    async def discard() -> None:
        async with authors.database.begin() as session:
            await discard_draft(session, BILL, "not needed", authors.by())

    await authors.save("second\n")
    await discard()
    assert await authors.states() == {1: "live"}
    with pytest.raises(NotFoundError):
        await discard()
    await authors.save("second\n")
    await authors.submit()
    await authors.judge("reject")
    await discard()

    assert await authors.states() == {1: "live", 2: "superseded"}


async def test_a_new_definition_begins_with_a_draft(authors: Authors) -> None:
    text = (authors.root / "spring-offer/communication.yaml").read_text()
    files = authors.files("spring-offer") | {
        "communication.yaml": text.replace("SPRING-OFFER", "SUMMER-OFFER").encode()
    }
    saved = await authors.put("SUMMER-OFFER", files)

    assert (saved.version.version, saved.version.base, saved.problems) == (1, None, [])
    with pytest.raises(ConflictError):
        await authors.roll_back(1, "SUMMER-OFFER")


async def test_a_draft_bears_the_code_and_kind_of_its_definition(authors: Authors) -> None:
    saved = await authors.put(BILL, authors.files("spring-offer"))
    assert "This is the draft of BILL-READY." in [each.message for each in saved.problems]
    text = (authors.root / "billing/service.yaml").read_bytes()
    saved = await authors.put(
        "SPRING-OFFER", {"service.yaml": text.replace(b"code: billing", b"code: spring")}
    )

    assert "SPRING-OFFER is a communication" in " ".join(each.message for each in saved.problems)


@pytest.mark.parametrize(
    "path", ["../x.yaml", "templates/../../x", "notes.txt", "/etc/passwd", "a b.yaml"]
)
async def test_a_file_without_a_place_is_refused(authors: Authors, path: str) -> None:
    with pytest.raises(InvalidError, match=r"\.") as refused:
        await authors.put(BILL, authors.files() | {path: b"x"})

    assert refused.value.field == "files"


async def test_a_draft_defines_one_thing(authors: Authors) -> None:
    with pytest.raises(InvalidError, match="Exactly one"):
        await authors.put(BILL, {"templates/email.en.txt": b"x"})


async def test_what_a_version_uses_follows_its_text(authors: Authors) -> None:
    saved = await authors.save("Hello\n")
    async with authors.database.read() as session:
        used = await uses_of(session, [saved.version.id])

    assert [(use.kind, use.code) for use in used] == [("data-service", "billing")]


async def test_a_change_that_breaks_what_is_live_is_not_submitted(authors: Authors) -> None:
    text = (authors.root / "billing/service.yaml").read_text()
    await authors.put(
        "billing", {"service.yaml": text.replace("bill.amount", "bill.total").encode()}
    )
    with pytest.raises(InvalidDefinition, match=r"BILL-READY.*has no bill.amount"):
        await authors.submit(code="billing")


async def test_two_that_need_one_another_can_be_written_before_either_is_live(
    authors: Authors,
) -> None:
    service = (authors.root / "billing/service.yaml").read_text()
    bill = (authors.root / "bill-ready/communication.yaml").read_text()
    text = bill.replace("BILL-READY", "METER-BILL").replace("from: billing", "from: meters")
    await authors.put(
        "meters", {"service.yaml": service.replace("code: billing", "code: meters").encode()}
    )
    files = authors.files() | {"communication.yaml": text.encode()}

    assert (await authors.put("METER-BILL", files)).problems == []


async def test_of_two_who_save_at_once_one_is_told(authors: Authors) -> None:
    """No draft was there, so neither has seen the other's."""
    results = await asyncio.gather(
        *(authors.save(f"text of {name}\n", name) for name in ("ANN", "BEA")),
        return_exceptions=True,
    )

    refused = [each for each in results if isinstance(each, OvertakenError)]
    assert len(refused) == 1, results
    async with authors.database.read() as session:
        draft = (await read_draft(session, BILL)).version
    assert refused[0].members["digest"] == draft.digest


async def test_a_draft_that_is_gone_is_not_found(authors: Authors) -> None:
    async with authors.database.read() as session:
        with pytest.raises(NotFoundError, match="draft of BILL-READY"):
            await read_draft(session, BILL)
    async with authors.database.begin() as session:
        with pytest.raises(ConflictError, match="is gone"):
            await save_draft(
                session, BILL, Text(authors.files(), 1, seen=new_id().hex), authors.by()
            )
    assert authors.now == NOW
