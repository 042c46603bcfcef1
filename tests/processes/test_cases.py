"""Cases that processes keep: closed when all is done, reopened, marked when late."""

from datetime import timedelta

import pytest

from openccm.access.caller import Caller
from openccm.cases import queries
from openccm.cases.case_file import chain_of, opened
from openccm.cases.opening import NewCase, advance, open_case
from openccm.cases.tables import Case, CaseParty
from openccm.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidError,
)
from openccm.platform import audit
from openccm.platform.columns import new_id
from openccm.work import commands as work
from tests.processes.claims import (
    answer,
    case_of,
    claim,
    one,
    open_office,
)
from tests.processes.stage import Stage


@pytest.fixture
async def office(stage: Stage) -> Stage:
    return await open_office(stage)


async def opened_bag(office: Stage) -> Case:
    station = office.station
    new = NewCase(type="BAG", raised_as=f"test/{new_id()}", system_code="DESK")
    async with station.database.begin() as session:
        return await open_case(
            session, station.desk.repository, new, actor="system:DESK", now=station.clock()
        )


async def bring(office: Stage, case: Case, status: str) -> Case:
    station = office.station
    async with station.database.begin() as session:
        return await advance(
            session,
            station.desk.repository,
            case.id,
            status,
            actor="system:DESK",
            now=station.clock(),
        )


async def test_a_case_with_an_open_mandatory_to_do_cannot_be_closed(office: Stage) -> None:
    case = await opened_bag(office)
    for status in ("searching", "found"):
        await bring(office, case, status)
    station = office.station
    async with station.database.read() as session:
        (todo,) = await queries.todos_of(session, case)
    with pytest.raises(ConflictError, match="Check the bag"):
        await bring(office, case, "closed")
    agent = Caller("AG1", frozenset({"todo:work"}), None, new_id(), roles=frozenset({"agents"}))
    hand = work.Hand(station.desk.repository, agent, station.clock())
    async with station.database.begin() as session:
        await work.complete(session, hand, todo.id, work.Done("done"))
    closed = await bring(office, case, "closed")

    assert todo.context == {"case": {"number": case.number}}
    assert (closed.state, closed.closed_at) == ("closed", station.clock())
    with pytest.raises(IllegalTransitionError):
        await bring(office, case, "searching")


async def test_a_resolved_case_is_reopened_within_its_days(office: Stage) -> None:
    early, late = await opened_bag(office), await opened_bag(office)
    for case in (early, late):
        await bring(office, case, "searching")
        await bring(office, case, "found")
    office.station.clock.now += timedelta(days=14)
    reopened = await bring(office, early, "searching")
    office.station.clock.now += timedelta(seconds=1)

    assert reopened.state == "in_progress"
    with pytest.raises(ConflictError, match="14 days"):
        await bring(office, late, "searching")


async def test_a_status_that_the_type_has_not_is_refused(office: Stage) -> None:
    case = await opened_bag(office)
    station = office.station

    with pytest.raises(InvalidError):
        await bring(office, case, "lost")
    with pytest.raises(IllegalTransitionError):
        await bring(office, case, "closed")
    with pytest.raises(InvalidError):
        async with (
            station.database.begin() as session,
            opened(
                session, station.desk.repository, case.id, actor="x", now=station.clock()
            ) as file,
        ):
            file.take_part(CaseParty(case_id=case.id, part="pilot", person_key="P"))


async def test_a_case_that_is_not_resolved_in_time_is_marked(office: Stage) -> None:
    play = await claim(office, one("A"))
    case, now = await case_of(play), office.station.clock()

    assert [queries.mark_of(case, now + timedelta(hours=hours)) for hours in (1, 40, 49)] == [
        "ok",
        "at_risk",
        "breached",
    ]


async def test_the_trail_of_a_case_is_whole(office: Stage) -> None:
    play = await claim(office, one("A"), one("B", 3))
    await answer(play, "A", work.Done("approved"))
    case = await case_of(play)
    async with office.station.database.read() as session:
        head = audit.Head(case.trail_sequence, case.trail_hash)
        fault = await audit.first_fault(session, chain_of(case.id), head)
        entries = await audit.entries(session, chain=chain_of(case.id))

    assert fault is None
    assert [each.action for each in entries if each.object_kind == "compensation offer"] == [
        "offer.proposed",
        "offer.awaiting_approval",
        "offer.proposed",
        "offer.auto_approved",
        "offer.approved",
        "offer.issued",
        "offer.issued",
    ]
