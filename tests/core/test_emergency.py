"""Emergencies: two persons within 15 minutes, a review by a third within a day."""

import pytest

from openccm.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from openccm.language.problems import InvalidDefinition
from openccm.platform import outbox
from openccm.repository import emergency
from openccm.repository.bases import OvertakenError
from openccm.repository.schedule import see_to
from openccm.repository.tables import EmergencyPublication
from tests.core.authors import BILL, DAY, MINUTE, Authors
from tests.core.making import NOW


@pytest.fixture
async def drafted(authors: Authors) -> Authors:
    await authors.save("mended\n")
    return authors


@pytest.fixture
async def published(drafted: Authors) -> Authors:
    await drafted.ask_emergency()
    await drafted.confirm_emergency()
    return drafted


async def review(
    authors: Authors, verdict: str = "accept", name: str = "BEA", comment: str | None = None
) -> EmergencyPublication:
    async with authors.database.begin() as session:
        return await emergency.review(
            session,
            BILL,
            2,
            verdict,  # pyright: ignore[reportArgumentType]
            comment,
            caller=authors.caller(name),
            now=authors.now,
        )


async def due(authors: Authors) -> list[tuple[str, int]]:
    async with authors.database.read() as session:
        found = await emergency.reviews_due(session)
    return [(each.version.code, each.version.version) for each in found]


async def test_two_persons_bring_a_draft_into_force(drafted: Authors) -> None:
    asked = await drafted.ask_emergency()
    assert asked.expires_at == NOW + 15 * MINUTE
    assert (await drafted.states())[2] == "draft"
    row = await drafted.confirm_emergency()

    assert (row.state, row.published_by) == ("live", "system:TOM")
    assert row.plan is not None
    last = (await drafted.trail())[-1]
    assert (last.action, last.reason) == ("definition.emergency_published", "wrong amount")
    assert last.detail["asked_by"] == "system:SUE"
    assert last.detail["post_review_due"] == (NOW + DAY).isoformat()


async def test_one_person_is_not_two(drafted: Authors) -> None:
    await drafted.ask_emergency()
    with pytest.raises(ConflictError, match="second person"):
        await drafted.confirm_emergency("SUE")


async def test_nobody_confirms_what_nobody_asked_for(drafted: Authors) -> None:
    with pytest.raises(NotFoundError, match="emergency publication"):
        await drafted.confirm_emergency()


async def test_after_a_quarter_of_an_hour_it_is_asked_for_again(drafted: Authors) -> None:
    await drafted.ask_emergency()
    drafted.now = NOW + 15 * MINUTE
    with pytest.raises(ConflictError, match="within 15 minutes"):
        await drafted.confirm_emergency()
    await drafted.ask_emergency()

    assert (await drafted.confirm_emergency()).state == "live"


async def test_nobody_confirms_another_text_than_was_asked_for(drafted: Authors) -> None:
    await drafted.ask_emergency()
    before = await drafted.version(2)
    await drafted.save("mended otherwise\n", seen=before.digest)
    with pytest.raises(OvertakenError, match="changed the draft since"):
        await drafted.confirm_emergency()


async def test_an_emergency_is_no_excuse_for_errors(authors: Authors) -> None:
    await authors.save("{{ nobody }}\n")
    with pytest.raises(InvalidDefinition):
        await authors.ask_emergency()


async def test_a_review_is_due_within_a_day(published: Authors) -> None:
    assert await due(published) == [(BILL, 2)]
    await review(published)

    assert await due(published) == []
    last = (await published.trail())[-1]
    assert (last.action, last.detail["verdict"]) == ("definition.emergency_reviewed", "accept")


async def test_who_had_a_part_in_it_does_not_review_it(published: Authors) -> None:
    for name in ("ANN", "SUE", "TOM"):
        with pytest.raises(ConflictError, match="part in it"):
            await review(published, name=name)
    published.roles["BEA"] = {"brand"}
    with pytest.raises(DeniedError, match="role approver"):
        await review(published)


async def test_it_is_reviewed_once_and_an_objection_says_why(published: Authors) -> None:
    with pytest.raises(InvalidError, match="what you object to"):
        await review(published, "object")
    found = await review(published, "object", comment="legal was not asked")
    with pytest.raises(ConflictError, match="reviewed it already"):
        await review(published, name="CAL")

    assert (found.verdict, found.reviewed_by) == ("object", "system:BEA")
    assert (await published.states())[2] == "live"


async def test_a_review_that_nobody_made_is_noted_once(published: Authors) -> None:
    row = await published.version(2)
    async with published.database.read() as session:
        owed = [entry.subject for entry in await outbox.due(session, NOW, 10)]
    assert owed == [row.id]
    for now, until in ((NOW, NOW + DAY), (NOW + DAY, None), (NOW + DAY, None)):
        async with published.database.begin() as session:
            assert await see_to(session, row.id, now) == until

    noted = [entry.action for entry in await published.trail()].count("definition.review_overdue")
    assert noted == 1
    assert await due(published) == [(BILL, 2)]


async def test_what_was_reviewed_in_time_is_not_noted(published: Authors) -> None:
    await review(published)
    row = await published.version(2)
    async with published.database.begin() as session:
        assert await see_to(session, row.id, NOW + DAY) is None

    assert "definition.review_overdue" not in {each.action for each in await published.trail()}


async def test_another_version_was_no_emergency(published: Authors) -> None:
    with pytest.raises(NotFoundError, match="emergency publication BILL-READY 1"):
        async with published.database.begin() as session:
            await emergency.review(
                session, BILL, 1, "accept", None, caller=published.caller("BEA"), now=NOW
            )
