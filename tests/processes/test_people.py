"""Steps that wait for people: what they do leads on, and who may do it."""

from datetime import timedelta
from pathlib import Path

import pytest

from openccm.access.caller import Caller
from openccm.errors import ConflictError, DeniedError, InvalidError
from openccm.platform.columns import new_id
from openccm.processes import commands
from openccm.work import commands as work
from openccm.work.tables import ToDo
from tests.processes.stage import Play, Stage

CALL = """
kind: to-do-type
code: CALL-THEM
title: Call them
roles: [collections, collections-lead]
context: {amount: {type: money}}
form: {promised_on: {type: date}}
outcomes:
  promised: {label: Promised to pay, requires: [promised_on]}
  not-reached: {label: Could not be reached}
sla: {within: 1 hour}
escalate: [{after: 100 %, to: collections-lead}]
"""

CHAIN = """
kind: process
code: CALLS
title: Calls
data: {amount: {type: money, from: payload}}
steps:
  call:
    do: task
    to-do: CALL-THEM
    context: {amount: amount}
    into: answer
    outcomes: {promised: patience}
  letter: {do: end, outcome: letter}
  patience: {do: wait, until: answer.promised_on}
"""

APPROVAL = """
kind: to-do-type
code: APPROVE-IT
title: Approve it
roles: [supervisor]
context: {amount: {type: money}}
outcomes: {approved: {label: Approve}, rejected: {label: Reject, reason: required}}
four-eyes: true
"""

PAYS = """
kind: process
code: PAYS
title: Pays
data: {amount: {type: money, from: payload}}
steps:
  limit:
    do: approve
    to-do: APPROVE-IT
    role: 'amount > 250 ? "supervisor" : ""'
    context: {amount: amount}
    rejected: apology
  pay: {do: end, outcome: paid}
  apology: {do: end, outcome: rejected}
"""


def write(folder: Path, text: str) -> None:
    code = next(line[6:] for line in text.splitlines() if line.startswith("code: "))
    (folder / code.lower()).mkdir(exist_ok=True)
    (folder / code.lower() / "todo.yaml").write_text(text)


@pytest.fixture
async def office(stage: Stage) -> Stage:
    for text in (CALL, APPROVAL):
        write(stage.folder, text)
    for code in ("CALL-THEM", "APPROVE-IT"):
        await stage.make_live(code)
    return stage


def somebody(*roles: str, code: str = "DESK") -> Caller:
    scopes = frozenset({"todo:work", "todo:manage"})
    return Caller(code, scopes, None, new_id(), roles=frozenset(roles))


async def finish(play: Play, caller: Caller, done: work.Done) -> ToDo:
    (standing,) = [step for step in await play.steps() if step.left_at is None]
    assert standing.subject is not None
    station = play.stage.station
    hand = work.Hand(station.desk.repository, caller, station.clock())
    async with station.database.begin() as session:
        row = await work.complete(session, hand, standing.subject, done)
    await play.on()
    return row


async def test_what_a_person_declares_leads_on(office: Stage) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    (standing,) = await play.steps()
    assert standing.waiting_for == "collections to do CALL-THEM"
    today = office.station.clock().date()
    form = {"promised_on": str(today + timedelta(days=5))}
    await finish(play, somebody("collections"), work.Done("promised", form))
    await play.later(days=4)
    assert not play.run.over
    await play.later(days=1)

    assert (await play.row()).outcome == "done"


async def test_an_outcome_that_is_not_named_goes_on_with_the_next_step(office: Stage) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    await finish(play, somebody("collections"), work.Done("not-reached"))

    assert (await play.row()).outcome == "letter"


@pytest.mark.parametrize(
    ("caller", "done", "refusal"),
    [
        (somebody("sales"), work.Done("not-reached"), DeniedError),
        (somebody("collections"), work.Done("vanished"), InvalidError),
        (somebody("collections"), work.Done("promised"), InvalidError),
    ],
)
async def test_who_may_not_or_says_nonsense_is_refused(
    office: Stage, caller: Caller, done: work.Done, refusal: type[Exception]
) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    with pytest.raises(refusal):
        await finish(play, caller, done)

    assert not play.run.over


async def test_nobody_does_it_twice(office: Stage) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    (standing,) = await play.steps()
    assert standing.subject is not None
    await finish(play, somebody("collections"), work.Done("not-reached"))
    station = office.station
    hand = work.Hand(station.desk.repository, somebody("collections"), station.clock())

    with pytest.raises(ConflictError):
        async with station.database.begin() as session:
            await work.complete(session, hand, standing.subject, work.Done("not-reached"))


async def test_what_nobody_does_in_time_is_escalated(office: Stage) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    await play.later(minutes=61)
    (standing,) = await play.steps()
    async with office.station.database.read() as session:
        todo = await session.get_one(ToDo, standing.subject)

    assert (todo.role, todo.escalation_level) == ("collections-lead", 1)


@pytest.mark.parametrize(("amount", "outcome"), [("250.00", "paid"), ("250.01", None)])
async def test_below_the_limit_nobody_is_asked(
    office: Stage, amount: str, outcome: str | None
) -> None:
    play = await office.play(PAYS, payload={"amount": amount})

    assert (await play.row()).outcome == outcome


async def test_who_asked_may_not_approve(office: Stage) -> None:
    play = await office.play(PAYS, payload={"amount": "400"})
    with pytest.raises(DeniedError):
        await finish(play, somebody("supervisor", code="BILLING"), work.Done("approved"))
    await finish(play, somebody("supervisor"), work.Done("approved"))

    assert (await play.row()).outcome == "paid"


async def test_a_rejection_leads_its_own_way(office: Stage) -> None:
    play = await office.play(PAYS, payload={"amount": "400"})
    await finish(play, somebody("supervisor"), work.Done("rejected", reason="too much"))
    (asked, *_) = await play.steps()

    assert ((await play.row()).outcome, asked.reason) == ("rejected", "too much")


async def test_skipping_a_task_takes_the_to_do_away(office: Stage) -> None:
    play = await office.play(CHAIN, payload={"amount": "186.40"})
    (standing,) = await play.steps()
    await commands.skip(office.processes, play.id, "call", "no need", actor="ops")
    await play.on()
    async with office.station.database.read() as session:
        todo = await session.get_one(ToDo, standing.subject)

    assert (todo.state, (await play.row()).outcome) == ("cancelled", "letter")
