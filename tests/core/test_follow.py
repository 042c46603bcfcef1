"""After the hand-over: waiting for a receipt, and the next channel where the last one failed."""

from datetime import timedelta

import pytest

from openccm.channels.port import Accepted
from openccm.communications.follow import fall_back, follow
from openccm.communications.hand_over import hand_over
from openccm.communications.outcome import RECEIPT_PATIENCE
from openccm.communications.status import Report, apply
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.contracts import WAIT, StepResult
from openccm.errors import BadContent, BadRecipient
from openccm.parties import people
from openccm.parties.people import PersonFacts
from openccm.platform.columns import new_id
from tests.core.making import NAME, NOW, communication
from tests.core.station import Station, children, refuse, state, step


async def sent(station: Station) -> tuple[CommunicationRequest, Communication]:
    """Handed over, with receipts promised."""
    asked, child = await station.ready()
    station.post.answer = lambda _: Accepted(reference="250 ok", receipts=True)
    await hand_over(station.desk, step(asked, child))
    return asked, await communication(station.database, child)


async def report(station: Station, child: Communication, status: str) -> None:
    told = Report(status, "dsn", str(new_id()), station.clock())
    async with station.database.begin() as session:
        await apply(session, child.id, told, actor="mail server", now=station.clock())


async def look(station: Station, asked: CommunicationRequest, child: Communication) -> StepResult:
    return await follow(station.desk, step(asked, child.id))


async def test_a_receipt_is_waited_for_as_long_as_one_can_come(station: Station) -> None:
    asked, child = await sent(station)
    for _ in range(3):
        station.clock.now += timedelta(days=1)
        result = await look(station, asked, child)

        assert (result.outcome, result.until) == (WAIT, NOW + RECEIPT_PATIENCE)
        assert result.waiting_for == "a receipt"


async def test_without_a_receipt_the_hand_over_is_taken_as_the_end(station: Station) -> None:
    asked, child = await sent(station)
    station.clock.now = NOW + RECEIPT_PATIENCE
    result = await look(station, asked, child)

    assert result.outcome == "ended"
    row = await communication(station.database, child.id)
    assert (row.state, row.final, row.evidence) == ("sent", True, "assumed")
    assert (await state(station, asked))[0] == "completed"


@pytest.mark.parametrize(
    ("status", "outcome", "done"),
    [
        ("delivered", "ended", "completed"),
        ("read", "ended", "completed"),
        ("bounced", "fall-back", "prepared"),
        ("undelivered", "ended", "completed"),
    ],
)
async def test_a_receipt_says_how_it_goes_on(
    station: Station, status: str, outcome: str, done: str
) -> None:
    asked, child = await sent(station)
    await report(station, child, status)

    assert (await look(station, asked, child)).outcome == outcome
    assert (await state(station, asked))[0] == done


async def test_what_was_settled_as_sent_by_a_person_is_followed_too(station: Station) -> None:
    """It never left by our own account, so there is no time of sending but that of the word."""
    asked, child = await station.ready()
    async with station.database.begin() as session:
        row = await session.merge(await communication(station.database, child))
        row.state = "error"
    await report(station, await communication(station.database, child), "sent")
    result = await follow(station.desk, step(asked, child))

    assert result.outcome == WAIT
    assert result.until is not None


async def test_a_receipt_that_comes_after_the_end_is_still_shown(station: Station) -> None:
    asked, child = await sent(station)
    station.clock.now = NOW + RECEIPT_PATIENCE
    await look(station, asked, child)
    await report(station, child, "delivered")

    row = await communication(station.database, child.id)
    assert (row.state, row.evidence) == ("delivered", "proved")
    assert (await state(station, asked))[0] == "completed"


async def bounced(station: Station) -> tuple[CommunicationRequest, Communication]:
    asked, child = await station.ready()
    station.post.answer = refuse(BadRecipient("550 5.1.1"))
    assert (await hand_over(station.desk, step(asked, child))).outcome == "fall-back"
    return asked, await communication(station.database, child)


async def test_what_bounced_goes_out_as_a_letter(station: Station) -> None:
    asked, failed = await bounced(station)
    result = await fall_back(station.desk, step(asked, failed.id))

    (first, second) = await children(station, asked)
    assert (first.id, second.fallback_of) == (failed.id, failed.id)
    assert (second.channel, second.state, second.person_id) == (
        "letter",
        "pending",
        failed.person_id,
    )
    assert (result.outcome, result.communications) == ("composing", (second.id,))
    assert (await state(station, asked))[0] == "prepared"


async def test_falling_back_twice_opens_one_letter(station: Station) -> None:
    """The step may be repeated after a crash."""
    asked, failed = await bounced(station)
    first = await fall_back(station.desk, step(asked, failed.id))
    again = await fall_back(station.desk, step(asked, failed.id))

    assert first.communications == again.communications
    assert len(await children(station, asked)) == 2


async def test_where_the_letter_fails_too_it_is_over(station: Station) -> None:
    asked, failed = await bounced(station)
    (heir,) = (await fall_back(station.desk, step(asked, failed.id))).communications
    async with station.database.begin() as session:
        row = await session.merge(await communication(station.database, heir))
        row.state, row.final = "failed", True
    result = await fall_back(station.desk, step(asked, heir))

    assert result.outcome == "ended"
    assert (await state(station, asked))[0] == "completed"
    assert len(await children(station, asked)) == 2


async def test_without_an_address_there_is_no_letter(station: Station) -> None:
    asked, child = await station.ready("email")
    station.post.answer = refuse(BadContent("552"))
    await hand_over(station.desk, step(asked, child))
    result = await fall_back(station.desk, step(asked, child))

    assert result.outcome == "ended"
    assert await state(station, asked) == ("completed", None)


async def test_a_channel_that_was_asked_for_has_no_fallback(station: Station) -> None:
    asked, child = await station.ready(channel="email")
    station.post.answer = refuse(BadContent("552"))
    await hand_over(station.desk, step(asked, child))

    assert (await fall_back(station.desk, step(asked, child))).outcome == "ended"
    assert (await state(station, asked))[0] == "completed"


async def test_a_fallback_is_for_the_one_it_was_for_at_first(station: Station) -> None:
    """The account may have another holder by now."""
    asked, failed = await bounced(station)
    ben = await station.person("letter")
    async with station.database.begin() as session:
        account = asked.account_key or ""
        await people.put_account(session, account, ben.key, "", now=NOW)
    result = await fall_back(station.desk, step(asked, failed.id))

    for heir in result.communications:
        async with station.database.read() as session:
            row = await session.get_one(Communication, heir)
            owners = await people.contact_points_of(session, failed.person_id)
        assert row.contact_point_id in [point.id for point in owners]


async def test_a_restricted_person_gets_no_fallback(station: Station) -> None:
    asked, failed = await bounced(station)
    async with station.database.begin() as session:
        told = PersonFacts(NAME, restricted=True)
        key = (asked.account_key or "").replace("A-", "P-")
        await people.put_person(session, key, told, actor="test", now=NOW)
    result = await fall_back(station.desk, step(asked, failed.id))
    for heir in result.communications:
        async with station.database.begin() as session:
            row = await session.get_one(Communication, heir)
            row.state, row.document_hash, row.media_type = "rendered", "0" * 64, "x"
        await hand_over(station.desk, step(asked, heir))

    assert station.letters.taken == []
