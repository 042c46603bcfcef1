"""From an ask to a run: once per key, also at the same moment, also while Temporal is away."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from openccm.access.caller import Caller
from openccm.communications.accept import Ask
from openccm.communications.intake import take_in
from openccm.communications.tables import CommunicationRequest
from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.platform.columns import new_id
from openccm.platform.outbox import OutboxEntry
from openccm.platform.temporal import Engine
from tests.core.making import NOW
from tests.core.station import Station


def ask(**changes: Any) -> Ask:
    facts: dict[str, Any] = {
        "definition": "BILL-READY",
        "idempotency_key": f"K-{new_id()}",
        "account": "A-5001",
        "payload": {"bill.number": "B-417"},
    }
    return Ask(**(facts | changes))


async def take(
    station: Station, what: Ask, system: str = "BILLING"
) -> tuple[CommunicationRequest, bool]:
    """Temporal is away: the outbox remembers."""
    engine = await Engine.connect("127.0.0.1:1", "default", lazy=True)
    caller = Caller(system, frozenset({"request:create"}), None, new_id())
    return await take_in(station.desk, engine, what, caller=caller)


async def owed(station: Station, request: CommunicationRequest) -> list[OutboxEntry]:
    mine = select(OutboxEntry).where(OutboxEntry.subject == request.id)
    async with station.database.read() as session:
        return list(await session.scalars(mine))


async def test_an_ask_is_accepted_though_nothing_can_run_it_yet(station: Station) -> None:
    request, known = await take(station, ask())

    assert (request.state, request.version, known) == ("accepted", 1, False)
    (start,) = await owed(station, request)
    assert start.deed == "start"
    assert start.due_at <= NOW + timedelta(seconds=10)


async def test_the_same_ask_again_is_the_same_request(station: Station) -> None:
    what = ask()
    first, _ = await take(station, what)
    again, known = await take(station, what)

    assert (again.id, known) == (first.id, True)
    assert len(await owed(station, first)) == 1


async def test_the_same_ask_at_the_same_moment_is_the_same_request(station: Station) -> None:
    what = ask()
    taken = await asyncio.gather(*(take(station, what) for _ in range(6)))

    assert len({request.id for request, _ in taken}) == 1
    assert sorted(known for _, known in taken) == [False, *[True] * 5]


async def test_of_two_asks_with_one_key_at_the_same_moment_one_is_refused(
    station: Station,
) -> None:
    key = f"K-{new_id()}"
    both = [ask(idempotency_key=key, account=account) for account in ("A-1", "A-2")]
    results = await asyncio.gather(*(take(station, what) for what in both), return_exceptions=True)

    kinds = sorted(type(result).__name__ for result in results)
    assert kinds == [ConflictError.__name__, "tuple"]


async def test_each_core_system_has_its_own_keys(station: Station) -> None:
    what = ask()
    first, _ = await take(station, what, "BILLING")
    second, known = await take(station, what, "CRM")

    assert (first.id != second.id, known) == (True, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"definition": "NOBODY"}, NotFoundError),
        ({"definition": "billing"}, NotFoundError),
        ({"payload": {}}, InvalidError),
    ],
)
async def test_what_cannot_be_sent_is_not_taken(
    station: Station, changes: dict[str, Any], error: type[Exception]
) -> None:
    what = ask(**changes)
    with pytest.raises(error):
        await take(station, what)

    mine = select(CommunicationRequest).where(
        CommunicationRequest.idempotency_key == what.idempotency_key
    )
    async with station.database.read() as session:
        assert (await session.scalars(mine)).all() == []
