"""The audit trail."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from openccm.platform.audit import AuditEntry, Fact, first_fault, record
from openccm.platform.database import Database

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def fact(action: str, **detail: object) -> Fact:
    return Fact("request:1", NOW, "engine", action, "request", "1", detail=dict(detail))


async def three(database: Database) -> None:
    async with database.begin() as session:
        await record(session, [fact("a", x=1.5, y=["ü"]), fact("b"), fact("c")])


async def test_a_chain_that_nobody_touched_is_whole(database: Database) -> None:
    await three(database)
    async with database.begin() as session:
        await record(session, [fact("d", nested={"b": 1, "a": None})])

    async with database.read() as session:
        assert await first_fault(session, "request:1") is None


@pytest.mark.parametrize("column", ["actor", "reason", "detail", "at"])
async def test_an_entry_changed_by_hand_is_found(database: Database, column: str) -> None:
    await three(database)
    value = {"actor": "nobody", "reason": "none", "detail": {"x": 2}, "at": NOW.replace(year=2027)}
    async with database.begin() as session:
        await session.execute(
            update(AuditEntry).where(col(AuditEntry.sequence) == 2).values({column: value[column]})
        )

    async with database.read() as session:
        assert await first_fault(session, "request:1") == 2


async def test_an_entry_that_was_removed_is_missed(database: Database) -> None:
    await three(database)
    async with database.begin() as session:
        await session.execute(delete(AuditEntry).where(col(AuditEntry.sequence) == 2))

    async with database.read() as session:
        assert await first_fault(session, "request:1") == 2
