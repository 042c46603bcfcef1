"""The database and its columns: what commits, what waits, and what a time means."""

import asyncio
import sqlite3
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from openccm.access.tables import ApiKey, CoreSystem
from openccm.parties.tables import ContactPoint
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import NOW


def system(created_at: datetime = NOW) -> CoreSystem:
    return CoreSystem(code=f"S-{new_id()}", title="Billing", created_at=created_at)


async def known(house: Database, row: CoreSystem) -> bool:
    async with house.read() as session:
        return await session.get(CoreSystem, row.id) is not None


async def test_what_begins_commits_at_its_end(house: Database) -> None:
    row = system()
    async with house.begin() as session:
        session.add(row)
        assert not await known(house, row)

    assert await known(house, row)


async def test_what_ends_in_an_error_is_rolled_back(house: Database) -> None:
    row = system()

    async def work() -> None:
        async with house.begin() as session:
            session.add(row)
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await work()

    assert not await known(house, row)


async def test_what_is_cancelled_is_rolled_back_and_blocks_nobody(house: Database) -> None:
    row = system()

    async def work() -> None:
        async with house.begin() as session:
            session.add(row)
            await session.flush()
            await asyncio.sleep(60)

    working = asyncio.create_task(work())
    await asyncio.sleep(0.05)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert not await known(house, row)
    async with asyncio.timeout(5), house.begin() as session:
        session.add(row)
    assert await known(house, row)


async def test_what_is_only_read_commits_nothing(house: Database) -> None:
    row = system()
    async with house.read() as session:
        session.add(row)
        await session.flush()

    assert not await known(house, row)


async def test_a_row_stays_readable_after_its_transaction(house: Database) -> None:
    row = system()
    async with house.begin() as session:
        session.add(row)

    assert row.title == "Billing"


async def test_references_are_kept_honest(house: Database) -> None:
    point = ContactPoint(person_id=new_id(), channel="email", value="x", updated_at=NOW)
    with pytest.raises(IntegrityError):
        async with house.begin() as session:
            session.add(point)


async def test_a_snapshot_sees_one_instant(house: Database) -> None:
    row = system()
    everyone = text("SELECT count(*) FROM core_system")
    async with house.snapshot() as session:
        before = await session.scalar(everyone)
        async with house.begin() as other:
            other.add(row)
        assert await session.scalar(everyone) == before

    assert await known(house, row)


async def test_writers_of_one_process_queue_and_all_get_through(house: Database) -> None:
    rows = [system() for _ in range(40)]

    async def write(row: CoreSystem) -> None:
        async with house.begin() as session:
            session.add(row)
            await session.flush()
            await asyncio.sleep(0.002)

    await asyncio.gather(*(write(row) for row in rows))

    assert all([await known(house, row) for row in rows])


async def test_readers_do_not_wait_for_a_writer(house: Database) -> None:
    async with house.begin() as session:
        session.add(system())
        await session.flush()
        async with asyncio.timeout(2):
            assert not await known(house, system())


_WRITER = """
import asyncio, sys
from openccm.access.tables import CoreSystem
from openccm.platform.clock import utc_now
from openccm.platform.database import Database

async def main():
    database = Database(sys.argv[1])
    for number in range(30):
        async with database.begin() as session:
            session.add(CoreSystem(code=f"{sys.argv[2]}-{number}", title="t", created_at=utc_now()))
            await session.flush()
            await asyncio.sleep(0.002)
    await database.close()

asyncio.run(main())
"""


async def test_others_go_on_while_another_process_writes(house: Database) -> None:
    if not house.is_sqlite:
        pytest.skip("this is about SQLite's one writer")
    row = system()
    assert not await known(house, row), "and it was opened before"
    other = sqlite3.connect(house.url.partition("///")[2], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with house.begin() as session:
            session.add(row)

    writing = asyncio.create_task(write())
    async with asyncio.timeout(2):
        for _ in range(20):
            assert not await known(house, row)
            await asyncio.sleep(0.005)
    other.execute("COMMIT")
    other.close()
    await writing

    assert await known(house, row)


async def test_what_reads_much_leaves_others_their_turn(house: Database) -> None:
    if not house.is_sqlite:
        pytest.skip("another server does the reading there")
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0.001)
            turns += 1

    counting = asyncio.create_task(count_turns())
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)"
    async with house.snapshot() as session:
        assert await session.scalar(text(f"{many} SELECT count(*) FROM n")) == 1_000_000
    counting.cancel()

    assert turns > 5


async def test_writers_of_two_processes_never_find_the_database_locked(
    database: Database, tmp_path: Path
) -> None:
    script = tmp_path / "writer.py"
    script.write_text(_WRITER)
    writers = [
        subprocess.Popen(
            [sys.executable, script, database.url, name],
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={"PYTHONPATH": "."},
        )
        for name in ("ONE", "TWO")
    ]
    ended = [await asyncio.to_thread(writer.communicate, timeout=60) for writer in writers]

    assert [writer.returncode for writer in writers] == [0, 0], ended
    async with database.read() as session:
        assert len((await session.scalars(select(CoreSystem))).all()) == 60


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 1, 8, tzinfo=UTC),
        datetime(2026, 5, 1, 10, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
async def test_a_time_comes_back_as_the_same_instant_in_utc(
    house: Database, moment: datetime
) -> None:
    row = system(moment)
    async with house.begin() as session:
        session.add(row)
    async with house.read() as session:
        kept = await session.get_one(CoreSystem, row.id)

    assert kept.created_at == moment
    assert kept.created_at.tzinfo is not None
    assert kept.created_at.utcoffset() == timedelta()


async def test_a_time_without_a_zone_is_refused(house: Database) -> None:
    naive = datetime.combine(date(2026, 5, 1), datetime.min.time())
    with pytest.raises(StatementError, match="without a zone"):
        async with house.begin() as session:
            session.add(system(naive))


async def test_times_in_different_zones_sort_by_instant(house: Database) -> None:
    zones = [timezone(timedelta(hours=hours)) for hours in (12, -11, 0, 5)]
    moments = [NOW.astimezone(zone) + timedelta(hours=n) for n, zone in enumerate(zones)]
    rows = [system(moment) for moment in moments]
    async with house.begin() as session:
        session.add_all(rows)
    found = select(CoreSystem.created_at).where(
        CoreSystem.code.in_([row.code for row in rows]), CoreSystem.created_at > moments[1]
    )
    async with house.read() as session:
        later = (await session.scalars(found)).all()

    assert sorted(later) == moments[2:]


async def test_lists_and_missing_lists_are_told_apart(house: Database) -> None:
    owner = system()
    keys = [
        ApiKey(system_code=owner.code, hash=f"{new_id()}", definitions=definitions, created_at=NOW)
        for definitions in (None, [], ["BILL-READY"])
    ]
    async with house.begin() as session:
        session.add(owner)
        await session.flush()
        session.add_all(keys)
    async with house.read() as session:
        kept = [(await session.get_one(ApiKey, key.id)).definitions for key in keys]

    assert kept == [None, [], ["BILL-READY"]]


def test_ids_are_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert {each.version for each in made} == {7}


async def test_an_error_of_the_database_repeats_no_values(house: Database) -> None:
    row = system()
    twin = CoreSystem(code=row.code, title="Ana Moreno-Quill", created_at=NOW)
    with pytest.raises(IntegrityError) as refused:
        async with house.begin() as session:
            session.add_all([row, twin])

    assert "Ana Moreno-Quill" not in str(refused.value)


async def test_sqlite_keeps_what_it_has_acknowledged(house: Database) -> None:
    if not house.is_sqlite:
        pytest.skip("this is about SQLite's settings")
    async with house.begin() as session:
        pragmas = [
            await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert pragmas == ["wal", 2, 1]


async def test_who_read_first_may_still_write(database: Database) -> None:
    """In two processes at once: neither is told, halfway, that its reading is out of date."""
    other = Database(database.url)
    row = system()
    async with database.begin() as session:
        session.add(row)

    async def rename(door: Database, title: str) -> None:
        async with door.begin() as session:
            found = await session.get_one(CoreSystem, row.id)
            await asyncio.sleep(0.05)
            found.title = title

    await asyncio.gather(rename(database, "one"), rename(other, "two"))
    await other.close()

    async with database.read() as session:
        assert (await session.get_one(CoreSystem, row.id)).title in ("one", "two")
