"""To-dos are raised once for each owner, and go when their cause goes."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from openccm.errors import InvalidError, NotFoundError
from openccm.platform.columns import new_id
from openccm.work import commands
from openccm.work.commands import Done
from openccm.work.queries import outstanding_of, todo_of
from openccm.work.raising import cancel_todos_of, raise_todo
from tests.work.office import Office


async def test_raising_twice_for_one_owner_gives_one_to_do(office: Office) -> None:
    owner = new_id()

    first = await office.raised(owner_id=owner)
    again = await office.raised(owner_id=owner)

    assert first == again
    assert len(await office.trail(first)) == 1


async def test_many_who_raise_one_at_once_get_the_same(office: Office) -> None:
    owner = new_id()

    ids = await asyncio.gather(*(office.raised(owner_id=owner) for _ in range(8)))

    assert len(set(ids)) == 1


async def test_a_step_that_comes_round_again_has_its_own(office: Office) -> None:
    owner = new_id()

    first = await office.raised(owner_id=owner, owner_step="collector/1")
    second = await office.raised(owner_id=owner, owner_step="collector/2")

    assert first != second


async def test_a_to_do_says_what_it_is_about(office: Office) -> None:
    todo = await office.todo(await office.raised(person_key="P-1001", account_key="A-5001"))

    assert todo.title == "Bill B-417: 186.40 overdue"
    assert (todo.state, todo.role, todo.priority, todo.sla) == ("open", "collections", 5, "ok")
    assert (todo.person_key, todo.account_key) == ("P-1001", "A-5001")
    assert todo.context["bill"]["due_date"] == "2026-03-02"


async def test_two_business_days_until_five_are_over_on_monday(office: Office) -> None:
    todo = await office.todo(await office.raised())

    assert todo.due_at == datetime(2026, 3, 23, 17, tzinfo=UTC)


async def test_whoever_raises_it_may_know_better_when_it_is_due(office: Office) -> None:
    due = datetime(2026, 3, 20, 9, tzinfo=UTC)

    assert (await office.todo(await office.raised(due_at=due))).due_at == due


@pytest.mark.parametrize(("amount", "priority"), [("1000", 2), ("250", 4), ("249.99", 5)])
async def test_the_first_rule_that_holds_gives_the_priority(
    office: Office, amount: str, priority: int
) -> None:
    todo = await office.raised(context={"bill.amount": amount})

    assert (await office.todo(todo)).priority == priority


async def test_a_rule_without_an_answer_does_not_hold(office: Office) -> None:
    assert (await office.todo(await office.raised(context={}))).priority == 5


async def test_of_two_roles_the_first_is_meant_unless_another_is_named(office: Office) -> None:
    usual = await office.todo(await office.approval())
    named = await office.todo(await office.approval(role="compensation-board"))

    assert (usual.role, named.role) == ("supervisor", "compensation-board")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"role": "printers"}, "role"),
        ({"priority": 0}, "priority"),
        ({"context": {"bill": {"amount": "a lot"}}}, "context.bill.amount"),
        ({"context": {"bill": {"colour": "red"}}}, "context.bill.colour"),
        ({"skills": {"french": 12}}, "skills.french"),
        ({"type": "COMP-APPROVAL-TASK", "context": {}}, "not_by"),
    ],
)
async def test_what_does_not_fit_the_type_is_refused_by_name(
    office: Office, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        await office.raised(**facts)

    assert refused.value.field == field


async def test_a_type_that_nobody_published_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError, match="to-do-type NO-SUCH"):
        await office.raised(type="NO-SUCH")


async def test_an_owner_is_woken_when_its_to_do_is_completed(office: Office) -> None:
    owner = new_id()
    todo = await office.raised(owner_id=owner)
    assert await office.owed(owner) == []

    await office.do(commands.complete, office.agent(), todo, Done("not-reached"))

    assert await office.owed(owner) == ["wake-instance"]


async def test_a_request_that_waits_is_woken_like_any_other_owner(office: Office) -> None:
    owner = new_id()
    todo = await office.raised(owner_id=owner, owner_kind="request")
    await office.do(commands.cancel, office.agent(supervises=True), todo, "paid")

    assert await office.owed(owner) == ["wake"]


async def test_one_that_nothing_waits_for_is_looked_after_from_the_start(office: Office) -> None:
    todo = await office.raised(owner_kind="system", owner_id=None, owner_step=f"B/{new_id()}")

    assert await office.owed(todo) == ["to-do"]


async def test_what_is_open_of_an_owner_goes_with_its_cause(office: Office) -> None:
    owner = new_id()
    ids = [await office.raised(owner_id=owner, owner_step=f"step/{turn}") for turn in range(3)]
    await office.do(commands.complete, office.agent(), ids[0], Done("not-reached"))
    await office.do(commands.claim, office.agent(), ids[1])
    other = await office.raised(owner_id=owner, owner_step="stepmother")

    async with office.database.begin() as session:
        gone = await cancel_todos_of(
            session, office.repository, "instance", owner, "debt_paid", office.clock(), step="step"
        )

    assert gone == ids[1:]
    assert [(await office.todo(each)).state for each in (*ids, other)] == [
        "completed",
        "cancelled",
        "cancelled",
        "open",
    ]
    last = (await office.trail(ids[1]))[-1]
    assert (last.actor, last.reason, last.from_state) == ("engine", "debt_paid", "assigned")
    assert await office.owed(owner) == ["wake-instance"], "the one who asks is not woken"


async def test_cancelling_twice_cancels_once(office: Office) -> None:
    owner = new_id()
    todo = await office.raised(owner_id=owner)

    for expected in ([todo], []):
        async with office.database.begin() as session:
            gone = await cancel_todos_of(
                session, office.repository, "instance", owner, "debt_paid", office.clock()
            )
        assert gone == expected


async def test_an_owner_finds_its_to_do_by_step(office: Office) -> None:
    owner = new_id()
    todo = await office.raised(owner_id=owner)

    async with office.database.read() as session:
        found = await todo_of(session, "instance", owner, "collector")
        nothing = await todo_of(session, "instance", owner, "other")

    assert found is not None
    assert (found.id, nothing) == (todo, None)


async def test_outstanding_work_about_a_person_is_counted(office: Office) -> None:
    person = f"P-{new_id()}"
    ids = [await office.raised(person_key=person) for _ in range(3)]
    await office.do(commands.complete, office.agent(), ids[0], Done("not-reached"))

    async with office.database.read() as session:
        assert await outstanding_of(session, person) == 2


async def test_a_pinned_owner_gets_the_version_it_began_with(office: Office) -> None:
    with pytest.raises(NotFoundError):
        await office.raised(version=7)

    async with office.database.begin() as session:
        new = office.new(version=1)
        todo = await raise_todo(session, office.repository, new, office.clock())
    assert todo.version == 1
