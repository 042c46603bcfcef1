"""Gathering: each request is prepared, ends with a reason, or waits for something named."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from openccm.communications import queries
from openccm.communications.gather import gather
from openccm.communications.tables import (
    CommunicationRequest,
    DataSnapshot,
)
from openccm.contracts import WAIT, StepResult
from openccm.platform import outbox
from openccm.platform.audit import entries
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Suppression
from tests.core.making import ADDRESS, NAME, NOW, request
from tests.core.station import Station, children, move, state, step

HOUR = timedelta(hours=1)


async def story(station: Station, asked: CommunicationRequest) -> list[tuple[int, str]]:
    async with station.database.read() as session:
        told = await queries.explanation(session, asked.id)
    assert not [each.sentence for each in told if "not said" in each.sentence]
    return [(each.verdict.step, each.verdict.verdict) for each in told]


async def test_a_request_is_prepared_with_its_data_and_its_communication(
    station: Station,
) -> None:
    ana = await station.person("email", "letter", language="de")
    asked = await station.ask(ana)
    result = await gather(station.desk, step(asked))

    (child,) = await children(station, asked)
    assert (child.channel, child.language, child.person_id) == ("email", "de", ana.id)
    assert (child.state, child.version) == ("pending", asked.version)
    assert (result.outcome, result.communications) == ("prepared", (child.id,))
    assert await state(station, asked) == ("prepared", None)
    assert (await request(station.database, asked.id)).person_id == ana.id
    async with station.database.read() as session:
        snapshot = await session.get_one(DataSnapshot, asked.id)
        trail = await entries(session, chain=f"request:{asked.id}")
    assert snapshot.values == {
        "bill.number": asked.payload["bill.number"],
        "bill.amount": "186.40",
    }
    assert snapshot.sources == {"bill.number": "payload", "bill.amount": "billing"}
    assert [entry.action for entry in trail] == [
        "request.received",
        "request.gathering",
        "communication.created",
        "request.prepared",
    ]


async def test_every_step_of_the_decision_is_told_in_its_order(station: Station) -> None:
    asked = await station.ask(await station.person("email"))
    await gather(station.desk, step(asked))

    told = await story(station, asked)
    assert sorted(number for number, _ in told) == [*range(1, 15)]
    assert {verdict for _, verdict in told} == {"pass", "skip", "choose"}


async def test_what_travels_to_the_engine_and_the_trail_holds_no_personal_data(
    station: Station,
) -> None:
    asked = await station.ask(await station.person("email", "letter"))
    result = await gather(station.desk, step(asked))
    async with station.database.read() as session:
        trail = await entries(session, chain=f"request:{asked.id}")
        told = await queries.explanation(session, asked.id)

    text = repr([result, [entry.model_dump() for entry in trail], told])
    assert not any(personal in text for personal in (NAME, ADDRESS, "186.40"))


async def test_the_service_is_asked_once_with_the_business_keys(station: Station) -> None:
    ana = await station.person("email")
    asked = await station.ask(ana)
    await gather(station.desk, step(asked))

    (question,) = station.billing.asked
    assert question["fields"] == ["bill.amount"]
    assert question["keys"] == {
        "bill.number": asked.payload["bill.number"],
        "person": ana.key,
        "account": asked.account_key,
    }


async def test_looking_again_makes_nothing_new(station: Station) -> None:
    """The step may be repeated after a crash."""
    asked = await station.ask(await station.person("email"))
    first = await gather(station.desk, step(asked))
    told = await story(station, asked)
    again = await gather(station.desk, step(asked))

    assert (again.outcome, again.communications) == (first.outcome, first.communications)
    assert len(await children(station, asked)) == 1
    assert await story(station, asked) == told


async def test_two_looks_at_once_prepare_it_once(station: Station) -> None:
    asked = await station.ask(await station.person("email"))
    results = await asyncio.gather(
        *(gather(station.desk, step(asked)) for _ in range(3)), return_exceptions=True
    )

    assert len(await children(station, asked)) == 1
    prepared = [each for each in results if isinstance(each, StepResult)]
    assert {each.communications for each in prepared if each.outcome == "prepared"} == {
        tuple(child.id for child in await children(station, asked))
    }


async def test_the_start_that_was_owed_is_done(station: Station) -> None:
    asked = await station.ask(await station.person("email"))
    await gather(station.desk, step(asked))
    async with station.database.read() as session:
        due = await outbox.due(session, NOW + 24 * HOUR, 1000)

    assert asked.id not in [entry.subject for entry in due]


@pytest.mark.parametrize(
    ("facts", "channels", "expected"),
    [
        ({}, ["email"], ("prepared", None)),
        ({}, ["letter"], ("prepared", None)),
        ({}, [], ("not_sent", "no_contact_point")),
        ({"restricted": True}, ["email"], ("suppressed", "restricted")),
        ({"deceased": True}, ["email"], ("suppressed", "deceased")),
    ],
)
async def test_each_ending_has_its_reason(
    station: Station, facts: dict[str, Any], channels: list[str], expected: tuple[str, str | None]
) -> None:
    asked = await station.ask(await station.person(*channels, **facts))
    result = await gather(station.desk, step(asked))

    assert await state(station, asked) == expected
    assert result.outcome == ("prepared" if expected[0] == "prepared" else "ended")
    assert len(await children(station, asked)) == (expected[0] == "prepared")


async def test_a_withdrawn_consent_ends_it_before_any_channel_is_looked_at(
    station: Station,
) -> None:
    ana = await station.person("email")
    async with station.database.begin() as session:
        await set_consent(
            session, ana.id, "billing", "withdrawn", source="core", actor="test", now=NOW
        )
    asked = await station.ask(ana)
    await gather(station.desk, step(asked))

    assert await state(station, asked) == ("opted_out", "consent_withdrawn")
    assert max(await story(station, asked)) == (8, "stop")


async def test_an_offer_needs_a_word_of_consent(station: Station) -> None:
    ana = await station.person("email")
    asked = await station.ask(ana, definition="SPRING-OFFER", person=ana.key, payload={})
    await gather(station.desk, step(asked))

    assert await state(station, asked) == ("opted_out", "consent_missing")


async def test_nobody_known_is_not_sent(station: Station) -> None:
    ana = await station.person("email")
    asked = await station.ask(ana, account="A-nobody")
    await gather(station.desk, step(asked))

    assert await state(station, asked) == ("not_sent", "recipient_unknown")


async def test_what_is_not_eligible_is_not_sent(station: Station) -> None:
    station.billing.amount = "0"
    asked = await station.ask(await station.person("email"))
    await gather(station.desk, step(asked))

    assert await state(station, asked) == ("not_sent", "nothing_to_pay")


async def test_a_service_that_is_away_is_waited_for(station: Station) -> None:
    station.billing.status = 503
    asked = await station.ask(await station.person("email"))
    pauses: list[timedelta] = []
    for _ in range(40):
        result = await gather(station.desk, step(asked))
        assert result.outcome == WAIT
        assert result.until is not None
        pauses.append(result.until - station.clock())
        station.clock.now = result.until

    assert await state(station, asked) == ("gathering", "data_unavailable")
    assert pauses == sorted(pauses)
    assert pauses[0] >= timedelta(seconds=1)
    assert pauses[-1] <= timedelta(minutes=5)
    told = [verdict for _, verdict in await story(station, asked)]
    assert told.count("wait") == 1
    station.billing.status = 200
    assert (await gather(station.desk, step(asked))).outcome == "prepared"


async def test_a_service_that_stays_away_for_a_day_needs_a_person(station: Station) -> None:
    station.billing.status = 503
    asked = await station.ask(await station.person("email"))
    await gather(station.desk, step(asked))
    station.clock.now += 25 * HOUR
    result = await gather(station.desk, step(asked))

    assert await state(station, asked) == ("error", "data_unavailable")
    assert (result.outcome, result.until) == (WAIT, None)
    station.billing.status = 200
    await move(station, asked, "gathering", "mended")
    assert (await gather(station.desk, step(asked))).outcome == "prepared"


async def test_a_missing_value_needs_a_person_who_can_retry(station: Station) -> None:
    station.billing.amount = None
    asked = await station.ask(await station.person("email"))
    result = await gather(station.desk, step(asked))

    assert await state(station, asked) == ("error", "data_missing")
    assert (result.outcome, result.until) == (WAIT, None)
    station.billing.amount = "12.00"
    await move(station, asked, "gathering", "mended")
    assert (await gather(station.desk, step(asked))).outcome == "prepared"


async def test_what_is_scheduled_waits_for_its_time(station: Station) -> None:
    due = NOW + 3 * HOUR
    asked = await station.ask(await station.person("email"), send_after=due)
    result = await gather(station.desk, step(asked))

    assert (result.outcome, result.until) == (WAIT, due)
    assert await state(station, asked) == ("scheduled", None)
    station.clock.now = due
    result = await gather(station.desk, step(asked))
    assert (result.outcome, result.until) == (WAIT, due)
    assert (await gather(station.desk, step(asked))).outcome == "prepared"


@pytest.mark.parametrize(("target", "outcome"), [("held", WAIT), ("cancelled", "ended")])
async def test_what_a_person_decided_while_it_was_looked_at_stands(
    station: Station, target: str, outcome: str
) -> None:
    asked = await station.ask(await station.person("email"))
    station.billing.meanwhile = lambda: move(station, asked, target, "stop")
    result = await gather(station.desk, step(asked))

    assert result.outcome == outcome
    assert await state(station, asked) == (target, "stop")
    assert await children(station, asked) == []


async def test_what_was_cancelled_while_its_data_was_awaited_stays_so(station: Station) -> None:
    station.billing.status = 503
    asked = await station.ask(await station.person("email"))
    await gather(station.desk, step(asked))
    station.billing.status = 200
    station.billing.meanwhile = lambda: move(station, asked, "cancelled", "stop")

    assert (await gather(station.desk, step(asked))).outcome == "ended"
    assert await state(station, asked) == ("cancelled", "stop")


async def test_a_stop_for_all_channels_is_named_after_its_reason(station: Station) -> None:
    ana = await station.person("email", "letter")
    async with station.database.begin() as session:
        session.add(Suppression(person_id=ana.id, reason="registry", source="core", at=NOW))
    asked = await station.ask(ana)
    await gather(station.desk, step(asked))

    assert await state(station, asked) == ("suppressed", "registry")
