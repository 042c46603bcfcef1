"""Ends before the time: what is pending is cancelled, what was done is taken back."""

import pytest

from openccm.contracts import StepInput
from openccm.errors import ConflictError
from openccm.processes import commands
from openccm.processes.tables import MAX_KEY, WorkflowInstance
from openccm.processes.taking import take_step
from tests.processes.risk import risk_system
from tests.processes.stage import Play, Stage

TELLS = """
kind: process
code: TELLS
title: Tells, and takes it back
variables: {trace: {type: text, start: '"-"'}}
steps:
  tell: {do: send, communication: SPRING-OFFER, undo: untell}
undo:
  untell: {do: set, values: {trace: trace + "u"}}
"""

LOOKS = """
kind: process
code: LOOKS-FIRST
title: Looks something up first
data: {bill.amount: {type: money, from: billing}}
steps:
  rest: {do: wait, for: 1 day}
"""

CHILD = """
kind: process
code: CHILD
title: A child
steps:
  rest: {do: wait, for: 9 days}
"""

PARENT = """
kind: process
code: PARENT
title: A parent
steps:
  child: {do: start, process: CHILD, wait: true}
"""


async def cancelled(play: Play, *, undoing: bool = False) -> WorkflowInstance:
    await commands.cancel(play.stage.processes, play.id, "no need", actor="ops", undoing=undoing)
    await play.on()
    return await play.row()


async def test_one_that_never_got_its_data_can_be_cancelled(stage: Stage) -> None:
    stage.station.billing.amount = None
    play = await stage.play(LOOKS)
    assert (await play.row()).state == "error"

    assert (await cancelled(play)).state == "cancelled"


async def test_what_was_called_back_in_time_is_not_taken_back(stage: Stage) -> None:
    play = await stage.play(TELLS)
    row = await cancelled(play, undoing=True)

    assert (row.state, row.answers["trace"]) == ("cancelled", "-")


async def test_what_cannot_be_called_back_is_taken_back(stage: Stage) -> None:
    play = await stage.play(TELLS)
    (standing,) = await play.steps()
    assert standing.subject is not None
    await play.stage.settle(standing.subject, "gathering", "prepared", "completed")
    row = await cancelled(play, undoing=True)

    assert (row.state, row.answers["trace"]) == ("cancelled", "-u")


async def test_what_a_cancel_came_too_late_for_says_so(stage: Stage) -> None:
    play = await stage.play(TELLS)
    await play.settle("opted_out")
    with pytest.raises(ConflictError, match="completed"):
        await cancelled(play)


async def test_a_cancel_between_the_last_step_and_the_end_is_not_lost(stage: Stage) -> None:
    play = await stage.play(TELLS)
    (standing,) = await play.steps()
    assert standing.subject is not None
    await stage.settle(standing.subject, "gathering", "not_sent")
    look = StepInput(subject=play.id, step="tell", code="TELLS", version=1)
    assert (await take_step(stage.processes, look)).outcome == "next"
    row = await cancelled(play, undoing=True)

    assert (row.state, row.outcome, row.answers["trace"]) == ("cancelled", "cancelled", "-u")


async def test_a_process_that_is_waited_for_ends_with_who_waits(stage: Stage) -> None:
    await stage.publish(CHILD)
    play = await stage.play(PARENT)
    (standing,) = await play.steps()
    await cancelled(play)
    async with stage.station.database.read() as session:
        child = await session.get_one(WorkflowInstance, standing.subject)

    assert child.stopping == "cancelled"


async def test_a_long_key_leaves_room_for_those_of_children(stage: Stage) -> None:
    await stage.publish(CHILD)
    play = await stage.play(PARENT, key="K" * MAX_KEY)

    assert (await play.row()).state == "waiting"


MEETS = """
kind: process
code: MEETS
title: Hears of its account
events: {closed: {type: account.closed, match: {account: account}}}
steps:
  hear: {do: listen, events: {closed: end}, within: 30 days, silence: end}
"""


async def test_an_event_without_a_value_is_not_about_those_who_lack_it_too(stage: Stage) -> None:
    play = await stage.play(MEETS)
    await play.hear("account.closed")

    assert not play.run.over


WAITS = """
kind: process
code: WAITS-%s
title: Waits
data: {due: {type: date, from: payload}}
steps:
  rest: {do: wait, until: %s, after: 1 hour}
"""


@pytest.mark.parametrize(("code", "until"), [("NOW", "now"), ("TODAY", "today")])
async def test_a_moment_reckoned_from_now_comes(stage: Stage, code: str, until: str) -> None:
    play = await stage.play(WAITS % (code, until), payload={"due": "2026-12-24"})
    await play.later(minutes=61)

    assert play.run.over


@pytest.mark.parametrize("due", ["9999-12-31", "0001-01-01"])
async def test_a_moment_beyond_all_calendars_is_an_error_a_person_sees(
    stage: Stage, due: str
) -> None:
    code = f"FAR-{due[:4]}"
    text = (WAITS % (code, "due")).replace("after: 1 hour", "%s: 9 weeks").replace("WAITS-", "")
    play = await stage.play(
        text % ("after" if due.startswith("9") else "before"), payload={"due": due}
    )
    row = await play.row()

    assert (row.state, row.reason) == ("error", "rule_failed")


async def test_the_end_itself_cannot_be_skipped(stage: Stage) -> None:
    play = await stage.play(CHILD.replace("CHILD", "ENDS"))
    await play.later(days=9)

    with pytest.raises(ConflictError):
        await commands.skip(stage.processes, play.id, ":finish", "hurry", actor="ops")


HOOKED = """
kind: process
code: HOOKED
title: Takes back by a hook
steps:
  note: {do: wishes, consents: {offers: withdrawn}, undo: ask}
  rest: {do: wait, for: 9 days}
undo:
  ask: {do: call, hook: TAKE-BACK}
"""

TAKE_BACK = """
kind: hook
code: TAKE-BACK
title: Take it back
point: process.call
outputs: {risk: {type: text}}
outcomes: [fine]
http: {url: "%s", timeout: 2 seconds}
"""


async def test_a_hook_can_take_back_after_a_cancel(stage: Stage) -> None:
    async with risk_system() as risk:
        risk.be_well()
        (stage.folder / "take-back").mkdir(exist_ok=True)
        (stage.folder / "take-back" / "hook.yaml").write_text(TAKE_BACK % risk.url)
        await stage.make_live("TAKE-BACK")
        play = await stage.play(HOOKED)
        row = await cancelled(play, undoing=True)

        assert (row.state, len(risk.asked)) == ("cancelled", 1)
