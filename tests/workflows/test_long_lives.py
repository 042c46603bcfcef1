"""Runs that last: thousands of turns renew their history, hundreds that wait cost nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select
from temporalio.testing import WorkflowEnvironment

from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.processes.beginning import Beginning, begin
from openccm.processes.hearing import Heard, deliver
from openccm.processes.tables import InstanceEvent, WorkflowInstance
from tests.processes.stage import CALLER
from tests.support.temporal import temporal_server
from tests.workflows.served import PATIENCE, Served, chunks, serving

COUNTS = """
kind: process
code: COUNTS
title: Counts what it hears
recipient: nobody
data: {meter: {type: text, from: payload}}
variables: {heard: {type: number, start: "0"}}
events: {read: {type: meter.read, match: {meter: meter}}}
steps:
  listen: {do: listen, events: {read: count}, within: 30 days, silence: silence}
  count: {do: set, values: {heard: heard + 1}}
  again: {do: repeat, from: listen, at-most: 1000}
  silence: {do: end, outcome: heard_all}
"""

TURNS = {True: 1_000, False: 300}
"""Turns of the loop on SQLite, and on PostgreSQL."""

BURST, SOON = 40, 400
"""Readings that come in at once, and events after which a history is renewed."""

WAITING = 200


@pytest.fixture(scope="module")
async def hasty() -> AsyncIterator[WorkflowEnvironment]:
    """A server that asks for a new history much sooner than usual."""
    async with temporal_server(f"limit.historyCount.suggestContinueAsNew={SOON}") as environment:
        yield environment


@pytest.fixture
async def served(
    hasty: WorkflowEnvironment, database: Database, tmp_path: Path
) -> AsyncIterator[Served]:
    async with serving(hasty, database, tmp_path) as served:
        yield served


async def began(served: Served, meter: str) -> WorkflowInstance:
    station = served.stage.station
    asked = Beginning("COUNTS", meter, payload={"meter": meter})
    async with station.database.begin() as session:
        return await begin(
            session, served.stage.processes, asked, caller=CALLER, now=station.clock()
        )


async def read(served: Served, *meters: str) -> None:
    station = served.stage.station
    async with station.database.begin() as session:
        for meter in meters:
            heard = Heard("meter.read", str(new_id()), data={"meter": meter})
            await deliver(session, served.stage.processes, heard)
    await served.relay.turn()


async def counted(served: Served, row: WorkflowInstance) -> Any:
    return int((await served.row(row.id)).answers["heard"])


async def test_a_thousand_turns_lose_no_event_that_comes_while_the_history_is_renewed(
    served: Served,
) -> None:
    await served.stage.publish(COUNTS)
    row = await began(served, "M-1")
    turns = TURNS[served.stage.station.database.is_sqlite]
    async with served.worker(), asyncio.timeout(PATIENCE * 5):
        await served.relay.turn()
        for burst in chunks(["M-1"] * turns, BURST):
            await read(served, *burst)
            await asyncio.sleep(0.05)
        while await counted(served, row) < turns:
            await asyncio.sleep(0.1)
        await served.settled(row)
    async with served.stage.station.database.read() as session:
        visits = await session.scalars(
            select(InstanceEvent.taken_by).where(InstanceEvent.instance_id == row.id)
        )
        taken = visits.all()
    found = (await served.handle(row).describe()).raw_description.workflow_execution_info

    assert len(set(taken) - {None}) == len(taken) == turns
    assert found.first_run_id != found.execution.run_id
    await served.replays(row)


async def test_of_many_that_wait_an_event_wakes_its_own_alone_after_a_restart(
    served: Served,
) -> None:
    await served.stage.publish(COUNTS)
    rows = [await began(served, f"W-{number}") for number in range(WAITING)]
    async with served.worker():
        async with asyncio.timeout(PATIENCE * 5):
            while await standing(served) < WAITING:
                await served.relay.turn()
        await served.settled(*rows)
    before = [await length(served, row) for row in rows]
    async with served.worker():
        await read(served, "W-77")
        async with asyncio.timeout(PATIENCE):
            while not await counted(served, rows[77]):
                await asyncio.sleep(0.05)
        await served.settled(rows[77])
    after = [await length(served, row) for row in rows]

    assert [number for number in range(WAITING) if after[number] != before[number]] == [77]
    assert [await counted(served, row) for row in rows] == [int(n == 77) for n in range(WAITING)]


async def standing(served: Served) -> int:
    async with served.stage.station.database.read() as session:
        waiting = select(func.count()).where(col(WorkflowInstance.state) == "waiting")
        return await session.scalar(waiting) or 0


async def length(served: Served, row: WorkflowInstance) -> int:
    return (await served.handle(row).describe()).history_length
