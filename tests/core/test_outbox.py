"""The outbox: deeds that are owed to the outside, written with what they follow from."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from openccm.platform import outbox, rows
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from tests.core.making import NOW

MINUTE = timedelta(minutes=1)


async def put(database: Database, deed: outbox.Deed, *subjects: UUID, at: datetime = NOW) -> None:
    async with database.begin() as session:
        await outbox.put(session, deed, subjects, at)


async def due(database: Database, now: datetime = NOW, limit: int = 10) -> list[OutboxEntry]:
    async with database.read() as session:
        return list(await outbox.due(session, now, limit))


async def test_a_deed_is_owed_once_its_transaction_has_committed(database: Database) -> None:
    subject = new_id()

    async def fail() -> None:
        async with database.begin() as session:
            await outbox.put(session, "start", [new_id()], NOW)
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    await put(database, "start", subject)

    assert [(entry.deed, entry.subject) for entry in await due(database)] == [("start", subject)]


async def test_no_subjects_are_no_deeds(database: Database) -> None:
    await put(database, "wake")

    assert await due(database) == []


async def test_the_oldest_deeds_come_first_and_later_ones_wait(database: Database) -> None:
    first, second, third = new_id(), new_id(), new_id()
    await put(database, "start", third, at=NOW + MINUTE)
    await put(database, "start", second, at=NOW)
    await put(database, "start", first, at=NOW - MINUTE)

    assert [entry.subject for entry in await due(database)] == [first, second]
    assert [entry.subject for entry in await due(database, limit=1)] == [first]
    assert len(await due(database, NOW + MINUTE)) == 3


async def test_a_deed_that_is_done_is_forgotten_and_no_other(database: Database) -> None:
    one, two = new_id(), new_id()
    await put(database, "wake", one, two, one)
    entries = await due(database)
    async with database.begin() as session:
        await outbox.done(session, [entries[0].id])
        await outbox.done(session, [])

    assert {entry.id for entry in await due(database)} == {entry.id for entry in entries[1:]}


async def test_a_start_that_is_seen_leaves_the_wakes(database: Database) -> None:
    mine, other = new_id(), new_id()
    await put(database, "start", mine, mine, other)
    await put(database, "wake", mine)
    async with database.begin() as session:
        await rows.write(session, outbox.done_for("start", mine))

    left = {(entry.deed, entry.subject) for entry in await due(database)}
    assert left == {("start", other), ("wake", mine)}
