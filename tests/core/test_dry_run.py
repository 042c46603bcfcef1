"""A dry run says what will happen, and leaves no trace."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from openccm.communications.accept import Ask
from openccm.communications.dry_run import DryRun, dry_run
from openccm.communications.gather import gather
from openccm.communications.tables import Communication, CommunicationRequest, DecisionVerdict
from openccm.content.pool import RenderPool
from openccm.content.tables import DocumentBuffer, StoredDocument
from openccm.errors import InvalidError, NotFoundError
from openccm.parties.tables import Person
from openccm.platform.audit import AuditEntry
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from openccm.repository import holds
from tests.core.making import NOW, count
from tests.core.station import Station, open_station, state, step

NIGHT = datetime(2026, 5, 1, 22, tzinfo=UTC)
LEFT: tuple[type[SQLModel], ...] = (
    AuditEntry,
    OutboxEntry,
    CommunicationRequest,
    Communication,
    DecisionVerdict,
    StoredDocument,
    DocumentBuffer,
)


@pytest.fixture(scope="module")
async def rendering(
    house: Database, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Station]:
    async with (
        RenderPool(processes=1) as pool,
        open_station(house, tmp_path_factory.mktemp("station"), pool) as station,
    ):
        yield station


@pytest.fixture
async def station(rendering: Station) -> Station:
    rendering.begin_anew()
    return rendering


def ask(someone: Person, **changes: Any) -> Ask:
    facts: dict[str, Any] = {
        "definition": "BILL-READY",
        "idempotency_key": "dry",
        "account": someone.key.replace("P-", "A-"),
        "payload": {"bill.number": "B-417"},
    }
    return Ask(**(facts | changes))


async def run(station: Station, someone: Person, **changes: Any) -> DryRun:
    return await dry_run(station.desk, ask(someone, **changes))


async def test_it_shows_what_would_be_said_and_why(station: Station) -> None:
    told = await run(station, await station.person("email", "letter", language="de"))

    assert (told.outcome, told.reason, told.channel) == ("sent", None, "email")
    assert (told.language, told.not_before) == ("de", None)
    assert told.preview["subject"] == "Rechnung B-417"
    assert "186.40 EUR" in told.preview["text"]
    assert [each.verdict.step for each in told.steps] == [3, *range(5, 15)]


async def test_it_leaves_no_trace_and_hands_nothing_over(station: Station) -> None:
    someone = await station.person("email")
    before = [await count(station.database, table) for table in LEFT]
    await run(station, someone)

    assert [await count(station.database, table) for table in LEFT] == before
    assert station.post.taken == []
    assert not (station.desk.settings.data_dir / "documents").exists()


@pytest.mark.parametrize(
    ("facts", "channels", "amount"),
    [
        ({}, ["email"], "1"),
        ({}, ["letter"], "1"),
        ({}, [], "1"),
        ({}, ["email"], "0"),
        ({}, ["email"], None),
        ({"restricted": True}, ["email"], "1"),
        ({"deceased": True}, ["email"], "1"),
    ],
)
async def test_what_it_says_is_what_happens(
    station: Station, facts: dict[str, Any], channels: list[str], amount: str | None
) -> None:
    someone = await station.person(*channels, **facts)
    station.billing.amount = amount
    told = await run(station, someone)
    asked = await station.ask(someone)
    await gather(station.desk, step(asked))

    expected = "prepared" if told.outcome == "sent" else told.outcome
    assert await state(station, asked) == (expected, told.reason)


async def test_it_says_until_when_it_would_wait(station: Station) -> None:
    someone = await station.person("email")
    station.clock.now = NIGHT
    morning = datetime(2026, 5, 2, 7, tzinfo=UTC)

    assert (await run(station, someone)).not_before == morning
    later = morning + timedelta(hours=5)
    assert (await run(station, someone, send_after=later)).not_before == later


async def test_a_wish_for_the_night_waits_for_the_morning_after(station: Station) -> None:
    """Whoever asks for 23:00 gets the first moment after it that is allowed."""
    told = await run(station, await station.person("email"), send_after=NIGHT)

    assert told.not_before == datetime(2026, 5, 2, 7, tzinfo=UTC)


async def test_it_says_that_the_definition_is_held(station: Station) -> None:
    someone = await station.person("email")
    async with station.database.begin() as session:
        await holds.hold(session, "BILL-READY", "wrong logo", actor="lab", now=NOW)
    try:
        told = await run(station, someone)
    finally:
        async with station.database.begin() as session:
            await holds.release(session, "BILL-READY", "mended", actor="lab", now=NOW)

    assert (3, "wait") in [(each.verdict.step, each.verdict.verdict) for each in told.steps]


async def test_what_would_be_refused_is_refused(station: Station) -> None:
    someone = await station.person("email")
    with pytest.raises(InvalidError):
        await run(station, someone, payload={})
    with pytest.raises(NotFoundError):
        await run(station, someone, definition="NOBODY")
