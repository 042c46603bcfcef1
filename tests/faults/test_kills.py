"""Kill -9 while requests run: nothing is lost, nothing is sent twice, the accounts balance."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from itertools import count, cycle
from pathlib import Path

import pytest

from tests.faults.ledger import Books, reckon, subscribe
from tests.support.databases import PostgresServer
from tests.support.stacks import WholeStack, whole_stack

VICTIMS = ("worker", "api", "temporal", "database")
PEOPLE = 12
ALERT = {"what": "sign-in", "when": "2026-11-20T08:00:00Z", "device": "Firefox"}


async def test_nothing_is_lost_or_doubled_when_any_part_is_killed_once(
    breakable: PostgresServer | None, tmp_path: Path
) -> None:
    async with whole_stack(tmp_path, postgres=breakable) as whole:
        await _populate(whole)
        async with _asking(whole, at_least=120):
            for victim in VICTIMS:
                await whole.system.more_taken(15)
                await whole.crash(victim)
                if victim in ("worker", "temporal"):
                    await whole.system.more_taken(5)  # requests are taken all the same
                else:
                    await whole.system.more_refused(5)
                await whole.mend()
        books = await reckon(whole)
        _tell(whole, books)

    assert len(books.taken) >= 120
    assert set(whole.system.refusals) <= {0, 503}


async def test_nothing_is_lost_or_doubled_in_a_long_time_of_random_kills(
    breakable: PostgresServer | None, tmp_path: Path, long: bool, seed: int
) -> None:
    if not long:
        pytest.skip("takes minutes: --long")
    chance = random.Random(seed)
    print(f"--seed {seed}")
    async with whole_stack(tmp_path, postgres=breakable, workers=2) as whole:
        await _populate(whole)
        end = time.monotonic() + 300
        async with _asking(whole, at_least=300, pause=0.25):
            while time.monotonic() < end:
                victims = chance.sample([*VICTIMS, "worker-2"], chance.choice((1, 1, 1, 2)))
                await asyncio.sleep(chance.uniform(0.5, 8))
                for victim in victims:
                    await whole.crash(victim)
                await asyncio.sleep(chance.choice((0, 1, 3, 20)))
                await whole.mend()
                assert (await whole.operator.call("GET", "/v1/accounting"))["balanced"], victims
        books = await reckon(whole)
        _tell(whole, books)

    assert len(books.taken) >= 300
    assert set(whole.system.refusals) <= {0, 503}


async def _populate(whole: WholeStack) -> None:
    await subscribe(whole)
    for number in range(PEOPLE):
        person = await whole.person(f"P-{number}")
        await whole.core.call("PUT", f"/v1/accounts/A-{number}", {"holder": person})


@asynccontextmanager
async def _asking(whole: WholeStack, *, at_least: int, pause: float = 0.12) -> AsyncGenerator[None]:
    """Requests come in during the block, none waits for another; at its end all are taken."""
    over = asyncio.Event()

    async def ask() -> None:
        async with asyncio.TaskGroup() as group:
            for number, somebody in zip(count(), cycle(range(PEOPLE)), strict=False):
                if over.is_set() and number >= at_least:
                    return
                group.create_task(_one(whole, number, somebody))
                await asyncio.sleep(pause)

    asking = asyncio.create_task(ask())
    try:
        yield
        over.set()
        await asking
    finally:
        asking.cancel()
        await asyncio.wait({asking})


async def _one(whole: WholeStack, number: int, somebody: int) -> str:
    if number % 3:
        return await whole.system.ask(
            "SECURITY-ALERT", f"alert-{number}", person=f"P-{somebody}", payload={"alert": ALERT}
        )
    bill = {"bill": {"number": f"B-9{number:05}"}}
    return await whole.system.ask(
        "BILL-READY", f"bill-{number}", account=f"A-{somebody}", payload=bill
    )


def _tell(whole: WholeStack, books: Books) -> None:
    print(
        f"{len(books.requests)} requests, {books.mail.total()} messages,"
        f" {books.accounts['ambiguous_attempts']} attempts ambiguous,"
        f" {len(books.calls)} calls for {len(books.owed)} callbacks,"
        f" refusals {dict(whole.system.refusals)}"
    )
