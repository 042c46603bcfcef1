"""Handing over: the last checks, the attempt before the call, and what a crash leaves behind."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from openccm.channels.port import Accepted, Caps
from openccm.channels.verp import find_token, read_token
from openccm.communications import queries
from openccm.communications.hand_over import hand_over
from openccm.contracts import WAIT
from openccm.errors import Ambiguous, ChannelError, Retryable, Throttled
from openccm.parties import people
from openccm.parties.tables import Person
from openccm.privacy.consents import set_consent
from openccm.privacy.tables import Preference, Suppression
from tests.core.making import ADDRESS, NOW, communication, request
from tests.core.station import LETTER, Station, refuse, step

EVENING, MORNING = (
    datetime(2026, 5, 1, 20, 30, tzinfo=UTC),  # 21:30 in London
    datetime(2026, 5, 2, 7, tzinfo=UTC),
)


async def test_exactly_what_was_stored_is_handed_over(station: Station) -> None:
    asked, child = await station.ready()
    result = await hand_over(station.desk, step(asked, child))

    (outbound,) = station.post.taken
    row = await communication(station.database, child)
    assert outbound.content == LETTER
    assert hashlib.sha256(outbound.content).hexdigest() == row.document_hash
    assert (outbound.key, outbound.communication_id) == (f"{child}/1", str(child))
    assert outbound.recipient == f"email-{ADDRESS}"
    token = find_token(outbound.sender)
    assert token is not None
    assert read_token(station.desk.vault.receipts, token) == (child, 1)
    assert outbound.metadata == {"definition": "BILL-READY", "language": "en"}
    assert result.outcome == "ended"
    assert (row.state, row.attempts, row.final) == ("sent", 1, True)
    assert (await request(station.database, asked.id)).state == "completed"


async def test_the_attempt_is_written_before_the_call(station: Station) -> None:
    """A process that dies during the call leaves it behind, without an outcome."""
    asked, child = await station.ready()
    station.post.answer = refuse(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        await hand_over(station.desk, step(asked, child))

    row = await communication(station.database, child)
    assert (row.state, row.attempts) == ("sending", 1)
    async with station.database.read() as session:
        (attempt,) = await queries.attempts_of(session, child)
    assert (attempt.number, attempt.outcome, attempt.adapter) == (1, None, "post")
    assert attempt.started_at == NOW


async def test_what_was_handed_over_is_not_handed_over_again(station: Station) -> None:
    """The step may be repeated after a crash."""
    asked, child = await station.ready()
    station.post.answer = lambda _: Accepted(reference="250 ok", receipts=True)
    first = await hand_over(station.desk, step(asked, child))
    again = await hand_over(station.desk, step(asked, child))

    assert (first.outcome, again.outcome) == ("sent", "sent")
    assert len(station.post.taken) == 1


async def test_after_a_crash_a_person_is_asked_where_the_channel_cannot_tell(
    station: Station,
) -> None:
    asked, child = await station.ready()
    station.post.answer = refuse(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        await hand_over(station.desk, step(asked, child))
    result = await hand_over(station.desk, step(asked, child))

    assert (result.outcome, result.until) == (WAIT, None)
    assert (await communication(station.database, child)).state == "error"
    assert len(station.post.taken) == 1


async def test_after_a_crash_the_same_key_goes_out_where_that_delivers_once(
    station: Station,
) -> None:
    station.post.caps = Caps(idempotency="native")
    asked, child = await station.ready()
    station.post.answer = refuse(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        await hand_over(station.desk, step(asked, child))
    station.post.answer = lambda _: Accepted(reference="250 ok")
    await hand_over(station.desk, step(asked, child))

    assert [outbound.key for outbound in station.post.taken] == [f"{child}/1"] * 2
    row = await communication(station.database, child)
    assert (row.state, row.attempts) == ("sent", 1)


async def test_what_may_have_left_goes_out_again_under_a_new_attempt(station: Station) -> None:
    ana = await station.person("email")
    async with station.database.begin() as session:
        await set_consent(
            session, ana.id, "offers", "granted", source="core", actor="test", now=NOW
        )
    asked, child = await station.ready(definition="SPRING-OFFER", payload={}, someone=ana)
    station.post.answer = refuse(Ambiguous("timed out"))
    result = await hand_over(station.desk, step(asked, child))
    assert (result.outcome, result.until is not None) == (WAIT, True)
    station.post.answer = lambda _: Accepted(reference="250 ok")
    station.clock.now = result.until or NOW
    await hand_over(station.desk, step(asked, child))

    assert [outbound.key for outbound in station.post.taken] == [f"{child}/1", f"{child}/2"]


@pytest.mark.parametrize("error", [Retryable("421"), Throttled("451", retry_after=90)])
async def test_a_retry_waits_for_its_time_however_often_it_is_woken(
    station: Station, error: ChannelError
) -> None:
    asked, child = await station.ready()
    station.post.answer = refuse(error)
    result = await hand_over(station.desk, step(asked, child))
    station.post.answer = lambda _: Accepted(reference="250 ok")
    for _ in range(3):
        station.clock.go(10)
        assert (await hand_over(station.desk, step(asked, child))).until == result.until
    assert len(station.post.taken) == 1

    assert result.until is not None
    station.clock.now = result.until
    await hand_over(station.desk, step(asked, child))
    assert (await communication(station.database, child)).state == "sent"


async def test_a_provider_that_stays_unwell_ends_in_a_fallback(station: Station) -> None:
    asked, child = await station.ready()
    station.post.answer = refuse(Retryable("421"))
    outcomes: list[str] = []
    while True:
        result = await hand_over(station.desk, step(asked, child))
        outcomes.append(result.outcome)
        if result.until is None:
            break
        station.clock.now = result.until

    assert outcomes == [WAIT, WAIT, "fall-back"]
    assert station.clock() == NOW + timedelta(minutes=6)
    row = await communication(station.database, child)
    assert (row.state, row.reason, row.attempts) == ("failed", "retries_exhausted", 3)


async def test_at_night_it_waits_for_the_morning(station: Station) -> None:
    station.clock.now = EVENING
    asked, child = await station.ready()
    result = await hand_over(station.desk, step(asked, child))

    assert (result.outcome, result.until) == (WAIT, MORNING)
    row = await communication(station.database, child)
    assert (row.state, row.reason, row.not_before) == ("scheduled", "quiet_hours", MORNING)
    station.clock.now = MORNING
    assert (await hand_over(station.desk, step(asked, child))).outcome == "ended"


async def test_a_retry_that_would_fall_into_the_night_waits_for_the_morning(
    station: Station,
) -> None:
    station.clock.now = EVENING - timedelta(minutes=31)
    asked, child = await station.ready()
    station.post.answer = refuse(Throttled("451", retry_after=3600))
    result = await hand_over(station.desk, step(asked, child))
    assert result.until is not None
    station.clock.now = result.until

    assert (await hand_over(station.desk, step(asked, child))).until == MORNING
    assert len(station.post.taken) == 1


async def _withdraw(station: Station, ana: Person) -> None:
    async with station.database.begin() as session:
        await set_consent(
            session, ana.id, "billing", "withdrawn", source="one-click", actor="test", now=NOW
        )


async def _restrict(station: Station, ana: Person) -> None:
    async with station.database.begin() as session:
        row = await session.get_one(Person, ana.id)
        row.restricted = True


async def _stop_all(station: Station, ana: Person) -> None:
    await _add(station, Suppression(person_id=ana.id, reason="complaint", source="x", at=NOW))


async def _stop_email(station: Station, ana: Person) -> None:
    stop = Suppression(
        person_id=ana.id, channel="email", reason="do_not_contact", source="x", at=NOW
    )
    await _add(station, stop)


async def _refuse_all(station: Station, ana: Person) -> None:
    await _add(station, Preference(person_id=ana.id, wish="refuse", at=NOW))


async def _refuse_email(station: Station, ana: Person) -> None:
    await _add(station, Preference(person_id=ana.id, channel="email", wish="refuse", at=NOW))


async def _add(station: Station, row: Preference | Suppression) -> None:
    async with station.database.begin() as session:
        session.add(row)


@pytest.mark.parametrize(
    "change", [_withdraw, _restrict, _stop_all, _stop_email, _refuse_all, _refuse_email]
)
@pytest.mark.parametrize("when", ["at once", "after a retry", "after the night"])
async def test_a_word_said_at_the_last_moment_is_heard(
    station: Station, change: Any, when: str
) -> None:
    """Whatever the cause, a communication that is there already ends as suppressed."""
    ana = await station.person("email")
    if when == "after the night":
        station.clock.now = EVENING
    asked, child = await station.ready(someone=ana)
    if when == "after a retry":
        station.post.answer = refuse(Retryable("421"))
    if when != "at once":
        result = await hand_over(station.desk, step(asked, child))
        assert result.until is not None
        station.clock.now = result.until
        station.post.taken.clear()
    await change(station, ana)
    result = await hand_over(station.desk, step(asked, child))

    assert station.post.taken == []
    assert result.outcome == "ended"
    row = await communication(station.database, child)
    assert (row.state, row.final) == ("suppressed", True)
    assert row.reason
    assert (await request(station.database, asked.id)).state == "completed"


async def test_it_is_the_word_of_the_one_who_gets_it_that_counts(station: Station) -> None:
    """The account may have another holder by now; the message is still for the first one."""
    ana = await station.person("email")
    asked, child = await station.ready(someone=ana)
    ben = await station.person("email")
    account = asked.account_key or ""
    async with station.database.begin() as session:
        await people.put_account(session, account, ben.key, "", now=NOW)
    await _withdraw(station, ana)
    await hand_over(station.desk, step(asked, child))

    assert station.post.taken == []


async def test_while_the_documents_are_away_it_is_tried_again(station: Station) -> None:
    asked, child = await station.ready(content=b"not for long")
    row = await communication(station.database, child)
    assert row.document_hash is not None
    await _forget(station, row.document_hash)
    result = await hand_over(station.desk, step(asked, child))

    waiting = await communication(station.database, child)
    assert (result.outcome, station.post.taken) == (WAIT, [])
    assert (waiting.state, waiting.attempts) == ("rendered", 0)
    await station.desk.store.put(b"not for long")
    assert result.until is not None
    station.clock.now = result.until
    await hand_over(station.desk, step(asked, child))
    assert [outbound.content for outbound in station.post.taken] == [b"not for long"]


@pytest.mark.parametrize(
    ("found", "state"), [(Accepted(reference="known"), "sent"), (None, "error")]
)
async def test_a_provider_that_can_tell_is_asked_before_anybody_doubts(
    station: Station, found: Accepted | None, state: str
) -> None:
    station.post.caps = Caps(idempotency="lookup")
    station.post.found = found
    station.post.answer = refuse(Ambiguous("timed out"))
    asked, child = await station.ready()
    await hand_over(station.desk, step(asked, child))

    assert (await communication(station.database, child)).state == state


async def _forget(station: Station, digest: str) -> None:
    folder = station.desk.settings.data_dir / "documents"
    (folder / digest[:2] / digest).unlink()


@pytest.mark.parametrize("ended", ["cancelled", "suppressed"])
async def test_what_was_ended_before_does_not_leave(station: Station, ended: str) -> None:
    asked, child = await station.ready()
    async with station.database.begin() as session:
        row = await session.merge(await communication(station.database, child))
        row.state, row.final = ended, True

    assert (await hand_over(station.desk, step(asked, child))).outcome == "ended"
    assert station.post.taken == []


async def test_a_letter_goes_to_the_print_house(station: Station) -> None:
    asked, child = await station.ready("letter")
    station.letters.answer = lambda _: Accepted(
        reference="1.pdf", status="extracted", receipts=True
    )
    result = await hand_over(station.desk, step(asked, child))

    assert result.outcome == "sent"
    assert [outbound.recipient for outbound in station.letters.taken] == [f"letter-{ADDRESS}"]
    assert (await communication(station.database, child)).state == "extracted"


async def test_a_contact_point_is_told_to_the_channel_and_to_nobody_else(
    station: Station,
) -> None:
    asked, child = await station.ready()
    station.post.answer = refuse(Retryable("421 try later"))
    result = await hand_over(station.desk, step(asked, child))
    async with station.database.read() as session:
        told = await queries.explanation(session, asked.id)
        attempts = await queries.attempts_of(session, child)

    text = repr([result, told, [attempt.model_dump() for attempt in attempts]])
    assert ADDRESS not in text
