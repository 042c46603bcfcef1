"""Dispositions: outcomes by names that stay, tried again so often, with what they lead to."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from openccm.errors import InvalidError
from openccm.language.checks.dispositions import check_dispositions
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.parties.tables import Person
from openccm.platform.audit import AuditEntry
from openccm.privacy.tables import Suppression
from openccm.work import commands
from openccm.work.commands import Done
from tests.work.office import DEFINITIONS, NOW, Office

CALL = (DEFINITIONS / "brightwater/work/overdue-call/todo.yaml").read_text()
KNOWN = ("FOLLOW-UP", "NO-ANSWER", "CALL-BACK", "DO-NOT-CALL")


async def a_call(office: Office, **facts: Any) -> UUID:
    return await office.raised(type="OVERDUE-CALL", context={"bill": {"number": "B-417"}}, **facts)


async def ends(office: Office, todo: UUID, outcome: str, **more: Any) -> None:
    """Somebody takes it and says how it came out."""
    await office.do(commands.claim, office.agent(), todo)
    await office.do(commands.complete, office.agent(), todo, Done(outcome, **more))


async def test_the_third_time_that_nobody_answers_is_the_last(office: Office) -> None:
    todo = await a_call(office)
    states = list[tuple[str, Any]]()
    for _ in range(3):
        await ends(office, todo, "no-answer")
        row = await office.todo(todo)
        states.append((row.state, row.follow_up_at))
        office.clock.go(days=1)

    assert states == [
        ("deferred", NOW + timedelta(days=1)),
        ("deferred", NOW + timedelta(days=2)),
        ("completed", None),
    ]
    assert (row.outcome, row.disposition, row.tries) == ("no-answer", "NO-ANSWER", {"no-answer": 3})


async def test_each_try_is_on_the_trail(office: Office) -> None:
    todo = await a_call(office)
    await ends(office, todo, "no-answer", reason="voice mail")
    (tried,) = [each for each in await office.trail(todo) if each.action == "to-do.deferred"]

    assert (tried.reason, tried.detail["disposition"], tried.detail["try"]) == (
        "voice mail",
        "NO-ANSWER",
        1,
    )


async def test_the_day_that_a_customer_names_is_when_it_is_tried_again(office: Office) -> None:
    todo = await a_call(office)
    await ends(office, todo, "call-back", on=date(2026, 3, 25))
    row = await office.todo(todo)

    assert row.state == "deferred"
    assert row.follow_up_at is not None
    assert row.follow_up_at.date() == row.outcome_on == date(2026, 3, 25)


@pytest.mark.parametrize(("outcome", "on"), [("call-back", None), ("no-answer", date(2026, 3, 25))])
async def test_a_day_is_named_where_the_disposition_wants_one_and_nowhere_else(
    office: Office, outcome: str, on: date | None
) -> None:
    todo = await a_call(office)

    with pytest.raises(InvalidError) as refused:
        await ends(office, todo, outcome, on=on)

    assert refused.value.field == "on"
    assert (await office.todo(todo)).state == "assigned"


async def test_who_wants_no_calls_is_not_called(office: Office) -> None:
    async with office.database.begin() as session:
        person = Person(key=f"P-{UUID(int=NOW.day)}", name="Ana", created_at=NOW, updated_at=NOW)
        session.add(person)
    todo = await a_call(office, person_id=person.id, person_key=person.key)
    await ends(office, todo, "do-not-call")

    async with office.database.read() as session:
        (stop,) = await session.scalars(
            select(Suppression).where(col(Suppression.person_id) == person.id)
        )
        told = await session.scalars(
            select(AuditEntry.action).where(AuditEntry.chain == f"person:{person.id}")
        )
        actions = list(told)
    assert (stop.channel, stop.reason, stop.source) == (
        "phone", "do_not_contact", "to-do OVERDUE-CALL",
    )  # fmt: skip
    assert actions == ["suppression.set"]


def problems(text: str) -> list[str]:
    document = read_document(text.encode(), "overdue-call/todo.yaml")
    found = validated(ToDoTypeDefinition, document)
    if isinstance(found, list):
        return [str(each) for each in found]
    return [str(each) for each in check_dispositions(found, document, KNOWN)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("disposition: NO-ANSWER", "disposition: NO-ANSWERS",
         "overdue-call/todo.yaml:11:"),
        ("disposition: NO-ANSWER", "disposition: NO-ANSWERS",
         "There is no disposition NO-ANSWERS. Did you mean NO-ANSWER?"),
        ("disposition: CALL-BACK", "disposition: NO-ANSWER",
         "no-answer is counted as NO-ANSWER already."),
        ("at-most: 3", "at-most: 1", "at-most"),
        ("do_not_contact", "never", "suppressions"),
        ("{suppressions: {phone: do_not_contact}}", "{}", "Nothing is written down."),
        ("outcomes:", "form: {outcome_date: {type: date}}\noutcomes:",
         "outcome_date is the day that belongs to a disposition."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_where_it_stands(old: str, new: str, told: str) -> None:
    assert problems(CALL) == []

    assert [each for each in problems(CALL.replace(old, new, 1)) if told in each]
