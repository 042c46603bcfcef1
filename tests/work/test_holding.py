"""Having a to-do: leases, skills, putting off, passing on, and who decides how urgent it is."""

import asyncio
from datetime import timedelta

import pytest

from openccm.errors import ConflictError, DeniedError, InvalidError, OpenCCMError
from openccm.work import commands
from openccm.work.commands import Claimed, Done
from openccm.work.escalation import escalate_due
from openccm.work.queries import Filter, notes_of, state_at, todos
from tests.work.office import Office

HOUR = timedelta(hours=1)


async def test_of_many_who_claim_one_to_do_one_gets_it(office: Office) -> None:
    todo = await office.raised()
    hands = [office.agent(f"AG{number}") for number in range(8)]

    async def outcome(number: int) -> str:
        try:
            await office.do(commands.claim, hands[number], todo)
        except ConflictError:
            return "told"
        return "has it"

    outcomes = await asyncio.gather(*(outcome(number) for number in range(8)))

    assert sorted(outcomes) == ["has it", *["told"] * 7]


async def test_when_the_lease_has_run_out_another_may_have_it(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG1"), todo)
    await office.do(commands.start, office.agent("AG1"), todo)
    office.clock.go(minutes=30)

    assert state_at(await office.todo(todo), office.clock()) == "open"
    await office.do(commands.claim, office.agent("AG2"), todo)

    assert (await office.todo(todo)).assigned_to == "system:AG2"
    assert [each.action for each in await office.trail(todo)] == [
        "to-do.raised",
        "to-do.assigned",
        "to-do.in_progress",
        "to-do.released",
        "to-do.assigned",
    ]
    released = (await office.trail(todo))[3]
    assert (released.actor, released.reason) == ("engine", "lease_ran_out")


async def test_who_lost_the_lease_cannot_finish_what_another_has(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG1"), todo)
    office.clock.go(minutes=31)
    await office.do(commands.claim, office.agent("AG2"), todo)

    with pytest.raises(ConflictError, match="system:AG2 has"):
        await office.do(commands.complete, office.agent("AG1"), todo, Done("not-reached"))


async def test_who_lost_the_lease_to_nobody_may_still_finish(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG1"), todo)
    office.clock.go(minutes=31)
    await office.do(commands.complete, office.agent("AG1"), todo, Done("not-reached"))

    assert (await office.todo(todo)).state == "completed"


async def test_a_skill_that_is_a_must_keeps_others_from_taking_it(office: Office) -> None:
    todo = await office.raised(type="FRENCH-LETTER", context={})
    await office.skilled("system:AG1", french=1, law=1)

    with pytest.raises(DeniedError, match="french at level 2"):
        await office.do(commands.claim, office.agent("AG1", "letters"), todo)


async def test_a_skill_that_is_a_wish_is_missed_on_the_trail(office: Office) -> None:
    todo = await office.raised(type="FRENCH-LETTER", context={})
    await office.skilled("system:AG2", french=3)

    claimed = await office.do(commands.claim, office.agent("AG2", "letters"), todo)

    assert isinstance(claimed, Claimed)
    assert [each.skill for each in claimed.short_of] == ["law"]
    assert (await office.trail(todo))[-1].detail == {"short_of": {"law": 1}}


async def test_a_to_do_may_need_more_than_its_type(office: Office) -> None:
    todo = await office.raised(type="FRENCH-LETTER", context={}, skills={"french": 4})
    await office.skilled("system:AG3", french=3, law=1)

    with pytest.raises(DeniedError, match="french at level 4"):
        await office.do(commands.claim, office.agent("AG3", "letters"), todo)


async def test_what_is_put_off_is_open_again_on_its_day(office: Office) -> None:
    todo = await office.raised()
    until = office.clock() + HOUR
    await office.do(commands.defer, office.agent(), todo, until, "asked to call later")

    with pytest.raises(ConflictError):
        await office.do(commands.claim, office.agent(), todo)
    office.clock.go(hours=1)
    await office.do(commands.claim, office.agent(), todo)

    row = await office.todo(todo)
    assert (row.state, row.follow_up_at) == ("assigned", None)


async def test_nobody_puts_off_into_the_past_or_beyond_the_due_time(office: Office) -> None:
    todo = await office.raised()
    due = (await office.todo(todo)).due_at
    assert due is not None

    for until in (office.clock(), due + HOUR):
        with pytest.raises(InvalidError) as refused:
            await office.do(commands.defer, office.agent(), todo, until, None)
        assert refused.value.field == "follow_up_at"

    await office.do(commands.defer, office.agent(supervises=True), todo, due + HOUR, None)
    assert (await office.todo(todo)).follow_up_at == due + HOUR


async def test_what_somebody_has_only_a_supervisor_takes_from_them(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG2"), todo)

    with pytest.raises(ConflictError, match="system:AG2 has"):
        await office.do(commands.release, office.agent("AG1"), todo, None)
    await office.do(commands.release, office.agent("SU1", supervises=True), todo, "ill")

    row = await office.todo(todo)
    assert (row.state, row.assigned_to) == ("open", None)


async def test_a_to_do_is_passed_on_to_another_role(office: Office) -> None:
    todo = await office.approval()
    await office.do(commands.claim, office.agent("SU1", "supervisor"), todo)

    su = office.agent("SU1", "supervisor")
    await office.do(commands.forward, su, todo, role="compensation-board", reason="above me")

    row = await office.todo(todo)
    assert (row.state, row.role, row.assigned_to) == ("open", "compensation-board", None)


async def test_a_to_do_is_passed_into_the_hands_of_an_agent(office: Office) -> None:
    todo = await office.raised()
    su = office.agent("SU1", supervises=True)
    await office.do(commands.forward, su, todo, agent="system:AG7", reason="balance")

    row = await office.todo(todo)
    assert (row.state, row.assigned_to) == ("assigned", "system:AG7")
    assert row.lease_until == office.clock() + timedelta(minutes=30)


@pytest.mark.parametrize("words", [{}, {"role": "printers"}])
async def test_nobody_passes_on_to_whom_it_is_not_for(
    office: Office, words: dict[str, str]
) -> None:
    todo = await office.raised()

    with pytest.raises(InvalidError):
        await office.do(commands.forward, office.agent(), todo, **words)


async def test_who_has_no_part_in_it_touches_nothing(office: Office) -> None:
    todo = await office.raised()
    stranger = office.agent("AG1", "printers")
    attempts = [
        (commands.claim, ()),
        (commands.start, ()),
        (commands.release, (None,)),
        (commands.defer, (office.clock() + HOUR, None)),
        (commands.set_priority, (1, "mine")),
        (commands.cancel, ("mine",)),
    ]

    for command, words in attempts:
        with pytest.raises(DeniedError):
            await office.do(command, stranger, todo, *words)

    assert len(await office.trail(todo)) == 1


async def test_a_priority_set_by_hand_is_never_calculated_again(office: Office) -> None:
    todo = await office.raised()
    su = office.agent("SU1", supervises=True)
    await office.do(commands.set_priority, su, todo, 7, "can wait")
    office.clock.go(days=30)

    async with office.database.begin() as session:
        await escalate_due(session, office.repository, todo, office.clock())

    row = await office.todo(todo)
    assert (row.priority, row.priority_by, row.escalation_level) == (7, "system:SU1", 1)


async def test_there_is_no_priority_ten(office: Office) -> None:
    todo = await office.raised()

    with pytest.raises(InvalidError):
        await office.do(commands.set_priority, office.agent(supervises=True), todo, 10, "no hurry")


async def test_lists_show_what_is_true_now(alone: Office) -> None:
    held, late, off = [await alone.raised() for _ in range(3)]
    agent = alone.agent()
    await alone.do(commands.claim, agent, late)
    await alone.do(commands.defer, agent, off, alone.clock() + 24 * HOUR, None)
    alone.clock.go(minutes=20)
    await alone.do(commands.claim, alone.agent(), held)
    alone.clock.go(minutes=20)

    async def listed(*states: str) -> set[object]:
        async with alone.database.read() as session:
            found = await todos(session, Filter(states=states), now=alone.clock())
            return {each.id for each in found}

    assert await listed("open") == {late}
    assert await listed("assigned") == {held}
    assert await listed("deferred") == {off}
    assert await listed("open", "assigned") == {late, held}
    assert await listed() == {held, late, off}


async def test_a_list_in_the_order_of_urgency_goes_on_where_a_page_ended(alone: Office) -> None:
    soon = alone.clock() + 4 * HOUR
    usual = await alone.raised(due_at=soon)
    later = await alone.raised(due_at=soon + HOUR)
    at_once = await alone.raised(due_at=soon)
    never = await alone.raised(type="FRENCH-LETTER", context={})
    urgent = await alone.raised(priority=1, due_at=soon + 9 * HOUR)
    whole: list[object] = []
    last = None

    async with alone.database.read() as session:
        while page := await todos(
            session, Filter(), now=alone.clock(), after=last, limit=2, urgent_first=True
        ):
            whole += [each.id for each in page]
            last = page[-1].id

    assert whole == [urgent, usual, at_once, later, never]


async def test_a_note_stays_with_its_to_do_and_out_of_the_trail(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.add_note, office.agent(), todo, "Calls back on Monday")
    with pytest.raises(DeniedError, match="another role"):
        await office.do(commands.add_note, office.agent("AG9", "letters"), todo, "Not mine")

    async with office.database.read() as session:
        notes = await notes_of(session, todo)
    trail = await office.trail(todo)
    assert [(each.text, each.by) for each in notes] == [("Calls back on Monday", "system:AG1")]
    assert trail[-1].action == "to-do.noted"
    assert "Monday" not in str([each.detail for each in trail])
    assert await office.whole(todo)


async def test_no_refusal_names_what_the_to_do_is_about(office: Office) -> None:
    todo = await office.raised()
    await office.do(commands.claim, office.agent("AG2"), todo)

    with pytest.raises(OpenCCMError) as refused:
        await office.do(commands.claim, office.agent(), todo)

    assert "B-417" not in str(refused.value)
