"""What is reported of a communication: kept always, applied where it proves more."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from openccm.communications.dossier import chain_of, opened
from openccm.communications.lifecycles import RANK
from openccm.communications.status import Report, apply
from openccm.communications.tables import Communication
from openccm.errors import InvalidError, NotFoundError
from openccm.platform.audit import first_fault
from openccm.platform.columns import new_id
from openccm.platform.database import Database
from openccm.platform.outbox import OutboxEntry
from tests.core.making import NOW, Given, communication, contact, given, trail, updates

LATER = NOW + timedelta(hours=2)


def told(status: str, key: str = "", **more: Any) -> Report:
    facts: dict[str, Any] = {"source": "dsn", "occurred_at": NOW, "detail": "2.0.0 Ok"}
    return Report(status=status, event_key=key or str(new_id()), **(facts | more))


async def report(house: Database, case: Given, given_report: Report) -> Communication:
    async with house.begin() as session:
        return await apply(
            session, case.communication_id, given_report, actor="mail server", now=LATER
        )


@pytest.mark.parametrize(
    ("state", "reported", "shown"),
    [
        ("sent", "delivered", "delivered"),
        ("sent", "bounced", "bounced"),
        ("sent", "undelivered", "undelivered"),
        ("sent", "read", "read"),
        ("sent", "sent", "sent"),
        ("delivered", "sent", "delivered"),
        ("delivered", "bounced", "delivered"),
        ("delivered", "failed", "delivered"),
        ("delivered", "read", "read"),
        ("read", "delivered", "read"),
        ("handed_over", "sent", "sent"),
        ("handed_over", "delivered", "delivered"),
        ("extracted", "printed", "printed"),
        ("extracted", "dispatched", "dispatched"),
        ("printed", "extracted", "printed"),
        ("printed", "dispatched", "dispatched"),
        ("dispatched", "printed", "dispatched"),
        ("dispatched", "returned", "returned"),
        ("dispatched", "delivered", "delivered"),
        ("returned", "dispatched", "returned"),
        ("bounced", "sent", "bounced"),
        ("error", "sent", "sent"),
        ("error", "delivered", "delivered"),
        ("sending", "sent", "sending"),
        ("sending", "bounced", "sending"),
        ("sending", "delivered", "sending"),
        ("cancelled", "delivered", "cancelled"),
    ],
)
async def test_only_what_proves_more_is_shown_and_the_rest_is_kept(
    house: Database, state: str, reported: str, shown: str
) -> None:
    case = await given(house, "prepared", state)
    await report(house, case, told(reported))

    assert (await communication(house, case.communication_id)).state == shown
    (kept,) = await updates(house, case)
    assert (kept.status, kept.applied) == (reported, state != shown)
    assert (kept.occurred_at, kept.received_at, kept.source) == (NOW, LATER, "dsn")
    moves = [entry for entry in await trail(house, case) if entry.from_state]
    assert [(entry.from_state, entry.to_state) for entry in moves] == (
        [(state, shown)] if state != shown else []
    )
    async with house.read() as session:
        wakes = select(OutboxEntry.deed).where(OutboxEntry.subject == case.request_id)
        assert (await session.scalars(wakes)).all() == (["wake"] if state != shown else [])


@pytest.mark.parametrize(
    ("state", "reported", "evidence", "final"),
    [
        ("sent", "delivered", "proved", True),
        ("sent", "read", "proved", True),
        ("extracted", "dispatched", "assumed", True),
        ("extracted", "printed", "unknown", False),
        ("sent", "bounced", "unknown", True),
        ("dispatched", "returned", "unknown", True),
    ],
)
async def test_a_report_is_evidence_of_what_it_proves(
    house: Database, state: str, reported: str, evidence: str, final: bool
) -> None:
    case = await given(house, "prepared", state)
    await report(house, case, told(reported))

    row = await communication(house, case.communication_id)
    assert (row.evidence, row.final) == (evidence, final)


async def test_the_same_event_twice_changes_nothing(house: Database) -> None:
    case, key = await given(house, "prepared", "sent"), str(new_id())
    await report(house, case, told("delivered", key))
    before = len(await trail(house, case))
    again = await report(house, case, told("bounced", key))

    assert again.state == "delivered"
    assert len(await updates(house, case)) == 1
    assert len(await trail(house, case)) == before


async def test_two_sources_may_use_the_same_key(house: Database) -> None:
    case, key = await given(house, "prepared", "sent"), str(new_id())
    await report(house, case, told("delivered", key))
    await report(house, case, told("read", key, source="partner"))

    assert (await communication(house, case.communication_id)).state == "read"


@pytest.mark.parametrize("status", ["opened", "cancelled", "suppressed", "pending", "error", ""])
async def test_a_status_that_nobody_can_report_is_refused(house: Database, status: str) -> None:
    case = await given(house, "prepared", "sent")
    with pytest.raises(InvalidError) as refused:
        await report(house, case, told(status))

    assert refused.value.field == "status"
    assert all(word in str(refused.value) for word in RANK)
    assert len(await updates(house, case)) == 0


async def test_a_report_about_nothing_is_not_found(house: Database) -> None:
    with pytest.raises(NotFoundError, match="communication"):
        async with house.begin() as session:
            await apply(session, new_id(), told("sent"), actor="mail server", now=LATER)


@pytest.mark.parametrize(("hard", "state"), [(True, "invalid"), (False, "active")])
async def test_a_hard_bounce_closes_the_contact_point(
    house: Database, hard: bool, state: str
) -> None:
    case = await given(house, "prepared", "sent")
    await report(house, case, told("bounced", bad_contact_point=hard))

    point = await contact(house, case)
    assert point.state == state
    assert (point.reason, point.updated_at == LATER) == (
        ("bounced", True) if hard else (None, False)
    )


async def test_a_communication_that_is_settled_as_sent_says_when(house: Database) -> None:
    """Whoever follows it counts its patience from there."""
    case = await given(house, "prepared", "error")
    await report(house, case, told("sent", source="agent"))

    row = await communication(house, case.communication_id)
    assert row.state == "sent"
    assert row.sent_at == LATER


async def test_of_reports_that_come_at_once_each_finds_what_the_other_left(
    house: Database,
) -> None:
    case = await given(house, "prepared", "sent")
    await asyncio.gather(
        *(report(house, case, told(status)) for status in ("delivered", "bounced", "failed"))
    )

    assert len(await updates(house, case)) == 3
    applied = [update for update in await updates(house, case) if update.applied]
    shown = (await communication(house, case.communication_id)).state
    assert [update.status for update in applied] == [shown]
    async with house.read() as session:
        assert await first_fault(session, chain_of(case.request_id)) is None


async def test_one_event_that_comes_twice_at_once_is_one(house: Database) -> None:
    case, key = await given(house, "prepared", "sent"), str(new_id())
    await asyncio.gather(*(report(house, case, told("delivered", key)) for _ in range(3)))

    assert len(await updates(house, case)) == 1


async def test_a_report_that_waited_for_the_hand_over_is_applied(house: Database) -> None:
    """It came in while the hand-over was being written down, and looked before that was done."""
    case = await given(house, "prepared", "sending")

    async def hand_over() -> None:
        async with (
            house.begin() as session,
            opened(session, case.request_id, actor="engine", now=LATER) as dossier,
        ):
            await asyncio.sleep(0.1)
            dossier.move(dossier.communications[case.communication_id], "sent")

    async def receipt() -> None:
        await asyncio.sleep(0.03)
        await report(house, case, told("delivered"))

    await asyncio.gather(hand_over(), receipt())

    assert (await communication(house, case.communication_id)).state == "delivered"
