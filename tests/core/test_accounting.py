"""The accounts: everything that came in is in exactly one named state, at every instant."""

import asyncio
import random
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from openccm.communications.accounting import accounts
from openccm.communications.dossier import opened
from openccm.communications.lifecycles import COMMUNICATION, RANK, REQUEST
from openccm.communications.status import Report, apply
from openccm.communications.tables import Communication, CommunicationRequest
from openccm.errors import IllegalTransitionError
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from tests.core.making import NOW, Given, attempted, given, request, rows

LATER = NOW + timedelta(hours=1)


async def test_an_empty_house_balances(database: Database) -> None:
    async with database.read() as session:
        counted = await accounts(session)

    assert counted.balanced
    assert (counted.requests.came_in, counted.communications.came_in) == (0, 0)
    assert counted.requests.states.keys() == REQUEST.states
    assert counted.communications.states.keys() == COMMUNICATION.states


async def test_endings_are_counted_apart(database: Database) -> None:
    for ending in ("suppressed", "opted_out", "not_sent", "error"):
        await given(database, ending)
    await given(database, "prepared", "failed", "error", "suppressed")
    async with database.read() as session:
        counted = await accounts(session)

    assert counted.balanced
    assert counted.requests.came_in == 5
    for state in ("suppressed", "opted_out", "not_sent", "error", "prepared"):
        assert counted.requests.states[state] == 1
    for state in ("failed", "error", "suppressed"):
        assert counted.communications.states[state] == 1


@pytest.mark.parametrize("seed", range(2))
async def test_the_accounts_balance_after_whatever_happened(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    cases = [await given(database, chance.choice(sorted(REQUEST.initial))) for _ in range(2)]
    cases += [await given(database, "prepared", "pending", "queued") for _ in range(2)]
    for _ in range(50):
        await _something(database, chance.choice(cases), chance)

    async with database.read() as session:
        counted = await accounts(session)
    assert counted.balanced
    assert counted.requests.came_in == 4
    assert counted.communications.came_in == len(await rows(database, Communication))


async def _something(database: Database, case: Given, chance: random.Random) -> None:
    """Any move, legal or not, or a report, or a new communication."""
    try:
        async with database.begin() as session:
            if case.communications and chance.random() < 0.3:
                report = Report(chance.choice(sorted(RANK)), "partner", str(new_id()), NOW)
                target = chance.choice(case.communications)
                await apply(session, target, report, actor="test", now=LATER)
                return
            async with opened(session, case.request_id, actor="test", now=LATER) as dossier:
                dossier.complete()
                if not dossier.communications or chance.random() < 0.2:
                    dossier.move_request(chance.choice(sorted(REQUEST.states)))
                    return
                row = chance.choice(list(dossier.communications.values()))
                if chance.random() < 0.1:
                    dossier.add(
                        Communication(**row.model_dump(exclude={"id", "state"}), id=new_id())
                    )
                dossier.move(row, *chance.choices(sorted(COMMUNICATION.states), k=2))
    except IllegalTransitionError:
        return


@pytest.mark.parametrize("table", [CommunicationRequest, Communication])
async def test_a_row_that_vanished_is_missed(
    database: Database, table: type[CommunicationRequest] | type[Communication]
) -> None:
    gone = await given(database, "accepted")
    await given(database, "prepared", "sent", "bounced")
    async with database.begin() as session:
        if table is CommunicationRequest:
            await session.execute(delete(table).where(col(table.id) == gone.request_id))
        else:
            await session.execute(delete(table).where(col(table.state) == "sent"))

    async with database.read() as session:
        counted = await accounts(session)
    assert not counted.balanced
    assert counted.requests.balanced is (table is Communication)


async def test_a_row_that_slipped_in_is_seen(database: Database) -> None:
    case = await given(database, "accepted")
    honest = await request(database, case.request_id)
    async with database.begin() as session:
        session.add(
            CommunicationRequest(
                **honest.model_dump(exclude={"id", "idempotency_key"}), idempotency_key="K-2"
            )
        )

    async with database.read() as session:
        assert not (await accounts(session)).balanced


async def test_a_state_that_nobody_declared_is_no_place_to_hide(database: Database) -> None:
    await given(database, "prepared", "sent")
    async with database.begin() as session:
        await session.execute(update(Communication).values(state="parked"))

    async with database.read() as session:
        assert not (await accounts(session)).balanced


async def test_attempts_that_nobody_can_tell_of_are_counted(database: Database) -> None:
    case = await given(database, "prepared", "error", "sent")
    await attempted(database, case.communications[0], "ambiguous", "interrupted", "refused")
    await attempted(database, case.communications[1], "accepted", None)
    async with database.read() as session:
        assert (await accounts(session)).ambiguous_attempts == 2


async def test_the_accounts_balance_while_requests_come_in(database: Database) -> None:
    """They are counted at one instant, however long the counting takes."""

    async def come_in() -> None:
        for _ in range(15):
            await given(database, "accepted", "pending")

    looks: list[bool] = []
    async with asyncio.TaskGroup() as visitors:
        coming = [visitors.create_task(come_in()) for _ in range(2)]
        while not all(task.done() for task in coming):
            async with database.snapshot() as session:
                looks.append((await accounts(session)).balanced)

    assert len(looks) > 5
    assert all(looks)
