"""What was altered by hand is found, wherever the hand was."""

import pytest
from sqlalchemy import text

from openccm.repository.integrity import Verification, verify
from tests.core.authors import Authors


async def verified(authors: Authors) -> Verification:
    async with authors.database.read() as session:
        return await verify(session)


async def altered(authors: Authors, statement: str) -> None:
    async with authors.database.begin() as session:
        result = await session.execute(text(statement))
        assert result.rowcount  # pyright: ignore[reportAttributeAccessIssue]


async def test_what_nobody_touched_is_whole(authors: Authors) -> None:
    await authors.live("second\n")
    await authors.roll_back(1)
    await authors.save("fourth\n")
    await authors.submit()
    await authors.retire()

    assert await verified(authors) == Verification(6, None)


BILL_2 = "WHERE code = 'BILL-READY' AND version = 2"


@pytest.mark.parametrize(
    ("statement", "version", "what"),
    [
        (f"UPDATE definition_version SET state = 'retired' {BILL_2}", 2, "its state"),
        (f"UPDATE definition_version SET digest = 'x' {BILL_2}", 2, "its digest"),
        (f"UPDATE definition_version SET author = 'x' {BILL_2}", 2, "its author"),
        (f"UPDATE definition_version SET plan = '{{}}' {BILL_2}", 2, "its plan"),
        (f"UPDATE definition_version SET files = '{{}}' {BILL_2}", 2, "its list of files"),
        ("UPDATE definition_version SET version = 9 WHERE version = 2", 9, "no such version"),
        (
            "UPDATE content_blob SET content = 'x' WHERE hash IN (SELECT hash FROM content_text "
            "WHERE words LIKE 'second%')",
            2,
            "templates/email.en.txt was altered",
        ),
        (
            "DELETE FROM content_blob WHERE hash IN (SELECT hash FROM content_text "
            "WHERE words LIKE 'second%')",
            2,
            "templates/email.en.txt is missing",
        ),
        (
            "UPDATE audit_entry SET actor = 'x' WHERE chain = 'definition:BILL-READY' "
            "AND sequence = 3",
            None,
            "entry 3 of the trail",
        ),
    ],
)
async def test_a_row_edited_by_hand_is_found_and_named(
    authors: Authors, statement: str, version: int | None, what: str
) -> None:
    await authors.live("second\n")
    await altered(authors, statement)
    mismatch = (await verified(authors)).mismatch

    assert mismatch is not None
    assert (mismatch.code, mismatch.version) == ("BILL-READY", version)
    assert what in str(mismatch)


async def test_one_definition_is_verified_alone(authors: Authors) -> None:
    await altered(authors, "UPDATE definition_version SET author = 'x' WHERE code = 'billing'")
    async with authors.database.read() as session:
        assert (await verify(session, "BILL-READY")) == Verification(1, None)
        assert (await verify(session, "billing")).mismatch is not None
