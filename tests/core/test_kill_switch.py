"""The kill switch of a definition: nothing leaves while it is on, and nothing is stuck after it."""

import pytest

from openccm.communications.commands import release_definition
from openccm.communications.gather import gather
from openccm.communications.hand_over import hand_over
from openccm.contracts import WAIT
from openccm.errors import ConflictError, NotFoundError
from openccm.platform import outbox
from openccm.platform.audit import entries
from openccm.platform.temporal import Engine
from openccm.repository import holds
from openccm.repository.tables import DefinitionHold
from tests.core.making import NOW, communication
from tests.core.station import Station, state, step

BILL = "BILL-READY"


async def hold(station: Station, code: str = BILL) -> DefinitionHold:
    async with station.database.begin() as session:
        return await holds.hold(session, code, "wrong logo", actor="lab", now=station.clock())


async def release(station: Station, code: str = BILL) -> int:
    engine = await Engine.connect("127.0.0.1:1", "default", lazy=True)
    return await release_definition(station.desk, engine, code, "mended", actor="lab")


async def test_a_held_definition_holds_its_requests_until_it_is_released(alone: Station) -> None:
    await hold(alone)
    asked = await alone.ask(await alone.person("email"))
    result = await gather(alone.desk, step(asked))

    assert (result.outcome, result.until) == (WAIT, None)
    assert await state(alone, asked) == ("held", "definition_held")
    assert await release(alone) == 1
    assert await state(alone, asked) == ("accepted", "mended")
    async with alone.database.read() as session:
        due = await outbox.due(session, NOW, 10)
    assert ("wake", asked.id) in [(entry.deed, entry.subject) for entry in due]
    assert (await gather(alone.desk, step(asked))).outcome == "prepared"


async def test_what_was_prepared_before_waits_at_the_door(alone: Station) -> None:
    asked, child = await alone.ready()
    await hold(alone)
    result = await hand_over(alone.desk, step(asked, child))

    assert (result.outcome, result.until) == (WAIT, None)
    row = await communication(alone.database, child)
    assert (row.state, row.reason) == ("scheduled", "definition_held")
    assert alone.post.taken == []
    assert await release(alone) == 1
    assert (await hand_over(alone.desk, step(asked, child))).outcome == "ended"
    assert len(alone.post.taken) == 1


async def test_a_hold_that_ends_while_it_is_looked_at_keeps_nobody_waiting(
    alone: Station,
) -> None:
    """Nobody would wake it any more."""
    await hold(alone)
    asked = await alone.ask(await alone.person("email"))
    alone.billing.meanwhile = lambda: release(alone)
    result = await gather(alone.desk, step(asked))

    assert (await state(alone, asked))[0] != "held" or result.until is not None


async def test_other_definitions_go_on(alone: Station) -> None:
    await hold(alone, "SPRING-OFFER")
    asked = await alone.ask(await alone.person("email"))

    assert (await gather(alone.desk, step(asked))).outcome == "prepared"


async def test_a_request_that_a_person_holds_is_not_released_with_the_definition(
    alone: Station,
) -> None:
    asked = await alone.ask(await alone.person("email"))
    async with alone.database.begin() as session:
        row = await session.merge(asked)
        row.state, row.reason = "held", "wait for legal"
    await hold(alone)

    assert await release(alone) == 0
    assert await state(alone, asked) == ("held", "wait for legal")


async def test_holding_and_releasing_are_done_once_and_are_on_the_trail(alone: Station) -> None:
    await hold(alone)
    with pytest.raises(ConflictError, match="held already, by lab"):
        await hold(alone)
    await release(alone)
    with pytest.raises(ConflictError, match="not held"):
        await release(alone)
    await hold(alone)

    async with alone.database.read() as session:
        trail = await entries(session, chain=f"definition:{BILL}")
    assert [(entry.action, entry.reason) for entry in trail] == [
        ("definition.published", None),
        ("definition.held", "wrong logo"),
        ("definition.released", "mended"),
        ("definition.held", "wrong logo"),
    ]


async def test_what_is_not_published_cannot_be_held(alone: Station) -> None:
    with pytest.raises(NotFoundError, match="NOBODY"):
        await hold(alone, "NOBODY")
    with pytest.raises(NotFoundError, match="NOBODY"):
        await release(alone, "NOBODY")
