"""From approved to in force: at once, at an instant, back again, out of use; held meanwhile."""

import asyncio
from datetime import datetime

import pytest

from openccm.errors import ConflictError, IllegalTransitionError, InvalidError, NotFoundError
from openccm.platform import outbox
from openccm.repository import holds
from openccm.repository.instants import instant
from openccm.repository.publication import unschedule
from openccm.repository.schedule import see_to
from openccm.repository.tables import DefinitionVersion
from openccm.repository.versions import Repository
from tests.core.authors import BILL, DAY, MINUTE, TEMPLATE, Authors
from tests.core.making import NOW


async def accepted_version(authors: Authors, now: datetime, code: str = BILL) -> int:
    """What a request at this instant is pinned to."""
    repository = Repository(authors.database, lambda: now)
    async with authors.database.read() as session:
        return (await repository.live(session, code)).version


async def timer(authors: Authors, row: DefinitionVersion, now: datetime) -> datetime | None:
    async with authors.database.begin() as session:
        return await see_to(session, row.id, now)


async def scheduled(authors: Authors) -> DefinitionVersion:
    await authors.approved("second\n")
    return await authors.publish(2, NOW + DAY)


async def test_a_new_version_takes_the_place_of_the_one_before(authors: Authors) -> None:
    await authors.live("second\n")

    assert await authors.states() == {1: "superseded", 2: "live"}
    row = await authors.version(2)
    assert (row.published_by, row.published_at, row.effective_from) == ("system:ANN", NOW, NOW)
    assert row.plan is not None
    assert (row.plan["version"], row.plan["digest"]) == (2, row.digest)


async def test_a_request_is_pinned_by_its_instant_however_late_the_timer_is(
    authors: Authors,
) -> None:
    await scheduled(authors)
    second = MINUTE / 60

    assert await accepted_version(authors, NOW + DAY - second) == 1
    assert await accepted_version(authors, NOW + DAY) == 2
    assert await accepted_version(authors, NOW + DAY + second) == 2
    assert await authors.states() == {1: "live", 2: "scheduled"}


async def test_the_timer_switches_at_the_instant_and_once(authors: Authors) -> None:
    row = await scheduled(authors)
    assert await timer(authors, row, NOW) == NOW + DAY
    assert await timer(authors, row, NOW + DAY) is None
    assert await timer(authors, row, NOW + DAY) is None

    assert await authors.states() == {1: "superseded", 2: "live"}
    last = (await authors.trail())[-1]
    assert (last.actor, last.from_state, last.to_state) == ("engine", "scheduled", "live")
    assert await accepted_version(authors, NOW + DAY) == 2


async def test_a_schedule_is_owed_to_the_engine(authors: Authors) -> None:
    row = await scheduled(authors)
    async with authors.database.read() as session:
        owed = await outbox.due(session, NOW, 10)

    assert [(entry.deed, entry.subject) for entry in owed] == [("publication", row.id)]


async def test_a_second_schedule_is_refused_and_the_first_named(authors: Authors) -> None:
    await scheduled(authors)
    await authors.save("third\n")
    await authors.submit()
    await authors.judge(number=3)
    with pytest.raises(ConflictError, match="version 2 is scheduled for 2026-05-02T08:00:00"):
        await authors.publish(3, NOW + 2 * DAY)


async def test_a_verdict_with_an_instant_is_refused_where_another_is_scheduled(
    authors: Authors,
) -> None:
    await scheduled(authors)
    await authors.save("third\n")
    await authors.submit()
    with pytest.raises(ConflictError, match="version 2 is scheduled"):
        await authors.judge(number=3, effective=NOW + 2 * DAY)

    assert (await authors.states())[3] == "in_review"


async def test_a_schedule_is_taken_back(authors: Authors) -> None:
    row = await scheduled(authors)
    async with authors.database.begin() as session:
        await unschedule(session, BILL, 2, "not yet", authors.by())

    assert await timer(authors, row, NOW + DAY) is None
    assert await accepted_version(authors, NOW + DAY) == 1
    assert await authors.states() == {1: "live", 2: "approved"}
    await authors.publish(2)
    assert await accepted_version(authors, NOW) == 2


async def test_what_is_due_cannot_be_taken_back(authors: Authors) -> None:
    await scheduled(authors)
    authors.now = NOW + DAY
    with pytest.raises(IllegalTransitionError, match="that is live cannot become approved"):
        async with authors.database.begin() as session:
            await unschedule(session, BILL, 2, "too late", authors.by())


async def test_a_draft_may_be_begun_from_what_is_scheduled(authors: Authors) -> None:
    row = await scheduled(authors)
    await authors.save("third\n", base=2)
    await authors.submit()
    await authors.judge(number=3)
    await timer(authors, row, NOW + DAY)
    authors.now = NOW + DAY
    await authors.publish(3)

    assert await authors.states() == {1: "superseded", 2: "superseded", 3: "live"}


async def test_what_was_approved_beside_it_is_overtaken(authors: Authors) -> None:
    row = await scheduled(authors)
    await authors.approved("third\n")
    await timer(authors, row, NOW + DAY)

    assert await authors.states() == {1: "superseded", 2: "live", 3: "superseded"}


async def test_what_was_is_brought_back_as_a_version_of_its_own(authors: Authors) -> None:
    first = await authors.version(1)
    await authors.live("second\n")
    row = await authors.roll_back(1)

    assert (row.version, row.digest, row.files) == (3, first.digest, first.files)
    assert (row.copied_from, row.state, row.author) == (1, "live", "system:SUE")
    assert row.plan is not None
    assert row.plan["version"] == 3
    last = (await authors.trail())[-1]
    assert (last.action, last.reason, last.detail["approval"], last.detail["copied_from"]) == (
        "definition.rolled_back",
        "faulty",
        "fast path",
        1,
    )


async def test_only_what_was_in_force_is_brought_back(authors: Authors) -> None:
    await authors.save("second\n")
    with pytest.raises(ConflictError, match="version 2 never was in force"):
        await authors.roll_back(2)
    with pytest.raises(ConflictError, match="version 1 is in force with this very content"):
        await authors.roll_back(1)
    with pytest.raises(NotFoundError):
        await authors.roll_back(9)


async def test_what_others_use_is_not_retired(authors: Authors) -> None:
    with pytest.raises(ConflictError, match="billing is used by BILL-READY version 1"):
        await authors.retire("billing")
    await authors.retire(BILL)

    assert (await authors.retire("billing")).state == "retired"


async def test_what_work_under_way_needs_is_not_retired(authors: Authors) -> None:
    await authors.retire(BILL)
    with pytest.raises(ConflictError, match="BILL-READY version 1"):
        await authors.retire("billing", in_flight={(BILL, 1)})


async def test_a_retired_version_is_read_and_pinned_and_takes_no_new_work(
    authors: Authors,
) -> None:
    await authors.retire()
    repository = Repository(authors.database, lambda: NOW)
    async with authors.database.read() as session:
        assert (await repository.pinned(session, BILL, 1)).version == 1
        with pytest.raises(NotFoundError):
            await repository.live(session, BILL)
    with pytest.raises(ConflictError, match="No version of BILL-READY is in force"):
        await authors.retire()


async def test_a_retired_definition_cannot_be_used_anew(authors: Authors) -> None:
    await authors.retire()
    await authors.retire("billing")
    saved = await authors.save("second\n", base=None)

    assert "There is no data service billing." in [each.message for each in saved.problems]


async def test_what_relies_on_what_is_not_live_does_not_go_live(authors: Authors) -> None:
    service = (authors.root / "billing/service.yaml").read_bytes()
    bill = authors.files()["communication.yaml"].replace(b"from: billing", b"from: meters")
    await authors.put("meters", {"service.yaml": service.replace(b": billing", b": meters")})
    await authors.put(BILL, authors.files() | {"communication.yaml": bill})
    await authors.submit()
    await authors.judge()
    with pytest.raises(ConflictError, match="uses the data-service meters, which is not live"):
        await authors.publish(2)

    assert await authors.states() == {1: "live", 2: "approved"}


async def test_what_goes_live_under_a_hold_is_suspended_with_it(authors: Authors) -> None:
    async with authors.database.begin() as session:
        await holds.hold(session, BILL, "wrong logo", actor="lab", now=NOW)
    await authors.live("mended\n")
    assert await authors.states() == {1: "superseded", 2: "suspended"}
    assert await accepted_version(authors, NOW) == 2
    async with authors.database.begin() as session:
        await holds.release(session, BILL, "mended", actor="lab", now=NOW)

    assert await authors.states() == {1: "superseded", 2: "live"}


async def test_what_was_never_published_cannot_be_held(authors: Authors) -> None:
    await authors.put("billing-two", authors.files("billing"))
    with pytest.raises(NotFoundError):
        async with authors.database.begin() as session:
            await holds.hold(session, "billing-two", "x", actor="lab", now=NOW)


async def test_of_two_who_publish_at_once_one_does(authors: Authors) -> None:
    await authors.approved("second\n")
    results = await asyncio.gather(authors.publish(2), authors.publish(2), return_exceptions=True)

    assert sum(isinstance(each, ConflictError) for each in results) == 1
    assert await authors.states() == {1: "superseded", 2: "live"}


async def test_a_publication_and_a_rollback_at_once_leave_one_in_force(authors: Authors) -> None:
    await authors.live("second\n")
    await authors.approved("third\n")
    results = await asyncio.gather(authors.publish(3), authors.roll_back(1), return_exceptions=True)
    states = await authors.states()

    assert sum(isinstance(each, Exception) for each in results) <= 1
    assert list(states.values()).count("live") == 1
    assert all(isinstance(each, ConflictError | DefinitionVersion) for each in results)


async def test_what_is_needed_is_not_retired_while_its_user_goes_live(authors: Authors) -> None:
    await authors.retire(BILL)
    results = await asyncio.gather(
        authors.roll_back(1), authors.retire("billing"), return_exceptions=True
    )

    assert sum(isinstance(each, ConflictError) for each in results) == 1, results
    live = "live" in (await authors.states()).values()
    assert live == ((await authors.states("billing"))[1] == "live")


async def test_two_folders_published_at_once_make_one_version_each(authors: Authors) -> None:
    (authors.root / "bill-ready" / TEMPLATE).write_text("second\n")
    made = await asyncio.gather(authors.publish_folder(), authors.publish_folder())

    assert sorted(len(each) for each in made) == [0, 1]
    assert await authors.states() == {1: "superseded", 2: "live"}


@pytest.mark.parametrize(
    ("written", "zone", "meant"),
    [
        ("2026-05-01T00:00:00+01:00", None, "2026-04-30T23:00:00+00:00"),
        ("2026-05-01T00:00:00", "Europe/London", "2026-04-30T23:00:00+00:00"),
        ("2026-12-01T00:00:00", "Europe/London", "2026-12-01T00:00:00+00:00"),
        ("2026-10-25T01:30:00", "Europe/London", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_an_instant_is_meant_where_it_was_written(
    written: str, zone: str | None, meant: str
) -> None:
    assert instant(datetime.fromisoformat(written), zone) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("written", "zone", "field"),
    [
        ("2026-05-01T00:00:00", None, "effective_from"),
        ("2026-05-01T00:00:00+01:00", "Europe/London", "time_zone"),
        ("2026-05-01T00:00:00", "Europe/Londn", "time_zone"),
        ("2026-05-01T00:00:00", "../../etc/passwd", "time_zone"),
        ("2026-03-29T01:30:00", "Europe/London", "effective_from"),
        ("0001-01-01T00:00:00", "Asia/Tokyo", "effective_from"),
    ],
)
def test_an_instant_that_cannot_be_meant_is_refused(
    written: str, zone: str | None, field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        instant(datetime.fromisoformat(written), zone)

    assert refused.value.field == field
