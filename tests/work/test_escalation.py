"""What time does to a to-do: marks, escalations, each once, however often anybody looks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from openccm.work import commands
from openccm.work.commands import Done
from openccm.work.escalation import escalate_due
from tests.work.office import NOW, Office

DUE = datetime(2026, 3, 23, 17, tzinfo=UTC)
AT_RISK = NOW + (DUE - NOW) * 0.75


async def look(office: Office, todo: UUID) -> datetime | None:
    async with office.database.begin() as session:
        return await escalate_due(session, office.repository, todo, office.clock())


async def test_every_look_says_when_to_look_again(office: Office) -> None:
    todo = await office.raised()

    assert await look(office, todo) == AT_RISK
    office.clock.now = AT_RISK
    assert await look(office, todo) == DUE
    office.clock.now = DUE
    assert await look(office, todo) is None


async def test_what_is_late_is_marked_and_escalated_once(office: Office) -> None:
    todo = await office.raised()
    office.clock.now = AT_RISK
    await look(office, todo)
    assert (await office.todo(todo)).sla == "at_risk"
    office.clock.now = DUE

    for _ in range(3):
        await look(office, todo)

    row = await office.todo(todo)
    assert (row.sla, row.escalation_level, row.role) == ("breached", 1, "collections-lead")
    assert row.priority == 1
    assert [each.action for each in await office.trail(todo)] == [
        "to-do.raised",
        "to-do.at_risk",
        "to-do.breached",
        "to-do.escalated",
        "to-do.priority_calculated",
    ]
    assert await office.whole(todo)


async def test_a_look_that_comes_late_does_everything_in_order(office: Office) -> None:
    todo = await office.approval()
    office.clock.go(days=3)

    assert await look(office, todo) is None

    row = await office.todo(todo)
    assert (row.escalation_level, row.role, row.priority) == (2, "compensation-board", 1)


async def test_what_was_done_in_time_is_left_alone(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.complete, office.agent(), todo, Done("not-reached"))
    office.clock.now = DUE + timedelta(days=1)

    assert await look(office, todo) is None
    assert (await office.todo(todo)).sla == "ok"


async def test_what_was_done_late_is_marked_although_nobody_looked(office: Office) -> None:
    todo = await office.raised()
    office.clock.now = DUE
    await office.do(commands.complete, office.agent(), todo, Done("not-reached"))

    assert (await office.todo(todo)).sla == "breached"


async def test_whoever_has_it_may_finish_what_was_escalated_meanwhile(office: Office) -> None:
    todo = await office.raised()
    office.clock.now = DUE - timedelta(minutes=5)
    await office.do(commands.claim, office.agent(), todo)
    office.clock.now = DUE
    await look(office, todo)
    assert (await office.todo(todo)).role == "collections-lead"

    await office.do(commands.complete, office.agent(), todo, Done("not-reached"))

    assert (await office.todo(todo)).state == "completed"


async def test_after_an_escalation_it_is_for_the_other_role(office: Office) -> None:
    todo = await office.raised()
    office.clock.now = DUE
    await look(office, todo)

    lead = office.agent("LEAD", "collections-lead")
    await office.do(commands.claim, lead, todo)

    assert (await office.todo(todo)).assigned_to == "system:LEAD"
