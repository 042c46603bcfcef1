"""What changed between two versions, in texts and in logic; who uses what; what is found."""

import pytest

from openccm.repository.difference import LogicChange, difference
from openccm.repository.search import Wanted, in_review, search, where_used
from openccm.repository.shelf import version_of
from tests.core.authors import BILL, TEMPLATE, Authors

RULE = b"kind: communication\neligibility:\n  late: {when: bill.days > %d, reason: not_late}\n"
WINDOW = b"kind: communication\nduplicate: {by: [bill.number], within: %s}\n"


def test_a_rule_that_changed_is_named_with_before_and_after() -> None:
    found = difference({"communication.yaml": RULE % 10}, {"communication.yaml": RULE % 14})

    assert found.logic == (
        LogicChange("$.eligibility.late.when", "changed", "bill.days > 10", "bill.days > 14"),
    )
    assert found.texts[0].diff is not None
    assert "-  late: {when: bill.days > 10" in found.texts[0].diff
    assert "+  late: {when: bill.days > 14" in found.texts[0].diff


def test_a_threshold_is_named_as_it_was_written() -> None:
    files = [{"communication.yaml": WINDOW % days} for days in (b"10 days", b"14 days")]

    assert difference(*files).logic == (
        LogicChange("$.duplicate.within", "changed", "10 days", "14 days"),
    )


def test_what_came_and_what_went_is_told() -> None:
    before = {"communication.yaml": b"a: 1\nb: {c: x}\n", "templates/old.txt": b"gone\n"}
    after = {"communication.yaml": b"a: 1\nd: [1, 2]\n", "templates/new.txt": b"here\n"}
    found = difference(before, after)

    assert [(each.path, each.change, each.before, each.after) for each in found.logic] == [
        ("$.b.c", "removed", "x", None),
        ("$.d", "added", None, [1, 2]),
    ]
    assert [(each.path, each.change) for each in found.texts] == [
        ("communication.yaml", "changed"),
        ("templates/new.txt", "added"),
        ("templates/old.txt", "removed"),
    ]


def test_another_order_of_lines_is_no_change_of_logic() -> None:
    files = [{"communication.yaml": text} for text in (b"a: 1\nb: 2\n", b"b: 2\na: 1\n")]

    assert difference(*files).logic == ()


@pytest.mark.parametrize("odd", [b"\xff\xfe", b"a: [\n", b""])
def test_what_cannot_be_read_has_no_logic_and_does_no_harm(odd: bytes) -> None:
    found = difference({"communication.yaml": odd}, {"communication.yaml": b"a: 1\n"})

    assert [each.path for each in found.logic] == ["$.a"]
    assert [each.path for each in found.texts] == ["communication.yaml"]


async def test_definitions_are_found_by_their_words_in_any_text(authors: Authors) -> None:
    await authors.live("Ihre ÜBERFÄLLIGE Rechnung\n")
    await authors.save("Dear\n")

    async def found(**wanted: object) -> list[tuple[str, int]]:
        async with authors.database.read() as session:
            rows = await search(session, Wanted(**wanted))  # pyright: ignore[reportArgumentType]
        return [(row.code, row.version) for row in rows]

    assert await found() == [(BILL, 2), ("SPRING-OFFER", 1), ("billing", 1)]
    assert await found(text="überfällige") == [(BILL, 2)]
    assert await found(text="spring offer") == [("SPRING-OFFER", 1)]
    assert await found(text="100%") == await found(text="under_score") == []
    assert await found(kind="data-service") == [("billing", 1)]
    assert await found(owner="system:ANN") == [(BILL, 2)]
    assert await found(states=("draft", "superseded")) == [(BILL, 3), (BILL, 1)]
    assert await found(after=BILL, limit=1) == [("SPRING-OFFER", 1)]


async def test_who_uses_a_definition_is_told_by_version_and_state(authors: Authors) -> None:
    await authors.live("second\n")
    await authors.save("third\n")
    async with authors.database.read() as session:
        users = await where_used(session, "billing")

    assert [(row.code, row.version, row.state) for row in users] == [
        (BILL, 1, "superseded"),
        (BILL, 2, "live"),
        (BILL, 3, "draft"),
    ]


async def test_what_is_in_review_waits_in_a_list(authors: Authors) -> None:
    await authors.save("second\n")
    await authors.submit()
    async with authors.database.read() as session:
        waiting = await in_review(session)
        row = await version_of(session, BILL, 2)

    assert [each.id for each in waiting] == [row.id]
    assert TEMPLATE in row.files
