"""Duplicates: of the same recipient and business key, one is sent within the window."""

import asyncio
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from openccm.communications.gather import gather
from openccm.communications.tables import CommunicationRequest
from tests.core.making import NOW, request
from tests.core.station import Station, state, step


async def test_the_same_bill_for_the_same_account_is_a_duplicate(station: Station) -> None:
    ana = await station.person("email")
    first, second, other = [
        await station.ask(ana, payload={"bill.number": number}) for number in ("B-1", "B-1", "B-2")
    ]
    for asked in (first, second, other):
        await gather(station.desk, step(asked))

    assert await state(station, first) == ("prepared", None)
    assert await state(station, second) == ("duplicate", "duplicate")
    assert (await request(station.database, second.id)).duplicate_of == first.id
    assert await state(station, other) == ("prepared", None)


async def test_the_same_bill_in_another_spelling_is_a_duplicate(station: Station) -> None:
    ana = await station.person("email")
    first = await station.ask(ana, payload={"bill.number": "B-1"})
    second = await station.ask(ana, payload={"bill": {"number": "B-1"}})
    await gather(station.desk, step(first))
    await gather(station.desk, step(second))

    assert (await state(station, second))[0] == "duplicate"


async def test_the_same_bill_for_another_account_is_none(station: Station) -> None:
    for _ in range(2):
        asked = await station.ask(await station.person("email"), payload={"bill.number": "B-1"})
        await gather(station.desk, step(asked))

        assert await state(station, asked) == ("prepared", None)


async def test_after_its_window_it_is_no_duplicate_any_more(station: Station) -> None:
    ana = await station.person("email")
    for days, expected in ((0, "prepared"), (29, "duplicate"), (31, "prepared"), (40, "duplicate")):
        station.clock.now = NOW + timedelta(days=days)
        asked = await station.ask(ana, payload={"bill.number": "B-1"})
        await gather(station.desk, step(asked))

        assert (await state(station, asked))[0] == expected


async def test_a_copy_that_was_asked_for_is_no_duplicate(station: Station) -> None:
    ana = await station.person("email")
    first = await station.ask(ana, payload={"bill.number": "B-1"})
    await gather(station.desk, step(first))
    copied = await station.ask(ana, payload={"bill.number": "B-1"}, copy_of=first.id)
    await gather(station.desk, step(copied))

    assert await state(station, copied) == ("prepared", None)


async def test_of_two_duplicates_at_once_one_is_sent(station: Station) -> None:
    ana = await station.person("email")
    both = [await station.ask(ana, payload={"bill.number": "B-1"}) for _ in range(2)]

    async def until_done(asked: CommunicationRequest) -> None:
        while True:
            try:
                await gather(station.desk, step(asked))
            except IntegrityError:
                continue  # the engine repeats a step that failed
            return

    await asyncio.gather(*(until_done(asked) for asked in both))

    states = sorted([(await state(station, asked))[0] for asked in both])
    assert states == ["duplicate", "prepared"]


async def test_the_same_bill_is_a_duplicate_by_whichever_key_the_recipient_is_named(
    station: Station,
) -> None:
    ana = await station.person("email")
    first = await station.ask(ana, payload={"bill.number": "B-1"})
    second = await station.ask(ana, account=None, person=ana.key, payload={"bill.number": "B-1"})
    await gather(station.desk, step(first))
    await gather(station.desk, step(second))

    assert (await state(station, second))[0] == "duplicate"
