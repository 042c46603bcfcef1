"""Kill -9 while requests run: nothing is lost, nothing is sent twice, the accounts balance."""

import asyncio
from pathlib import Path

import pytest

from tests.faults.ledger import reckon, subscribe
from tests.support.databases import PostgresServer
from tests.support.stacks import WholeStack, whole_stack

VICTIMS = ("worker", "api", "temporal", "database")
PEOPLE = 12
ALERT = {"what": "sign-in", "when": "2026-11-20T08:00:00Z", "device": "Firefox"}


async def test_nothing_is_lost_or_doubled_whatever_is_killed(
    breakable: PostgresServer | None, tmp_path: Path
) -> None:
    async with whole_stack(tmp_path, postgres=breakable) as whole:
        await subscribe(whole)
        await _populate(whole)
        asking = asyncio.create_task(_ask(whole, 120))
        for number, victim in enumerate(VICTIMS):
            await whole.system.until_taken(10 + 25 * number)
            await whole.crash(victim)
            if victim in ("worker", "temporal"):
                # Requests are taken all the same.
                await whole.system.until_taken(len(whole.system.taken) + 5)
            await whole.mend()
            accounts = await whole.operator.call("GET", "/v1/accounting")
            assert accounts["balanced"]
        await asking
        books = await reckon(whole)

    print(
        f"{len(books.taken)} requests, {books.accounts['ambiguous_attempts']} ambiguous, {books.mail.total()} mails, {len(books.calls)} calls for {len(books.owed)}, refusals {dict(whole.system.refusals)}"
    )
    assert len(books.taken) == 120
    assert set(whole.system.refusals) <= {0, 503}


async def _populate(whole: WholeStack) -> None:
    for number in range(PEOPLE):
        person = await whole.person(f"P-{number}")
        await whole.core.call("PUT", f"/v1/accounts/A-{number}", {"holder": person})


async def _ask(whole: WholeStack, requests: int) -> None:
    """Bills and alerts, one after the other without waiting for the one before."""
    async with asyncio.TaskGroup() as group:
        for number in range(requests):
            group.create_task(_one(whole, number))
            await asyncio.sleep(0.12)


async def _one(whole: WholeStack, number: int) -> str:
    somebody = number % PEOPLE
    if number % 3:
        return await whole.system.ask(
            "SECURITY-ALERT", f"alert-{number}", person=f"P-{somebody}", payload={"alert": ALERT}
        )
    bill = {"bill": {"number": f"B-9{number:05}"}}
    return await whole.system.ask(
        "BILL-READY", f"bill-{number}", account=f"A-{somebody}", payload=bill
    )
