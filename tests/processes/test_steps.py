"""Steps, each as its author wrote it: what they do, which way they lead, what they wait for."""

import pytest

from openccm.processes import commands
from tests.core.making import NOW, request
from tests.processes.stage import Stage

BRANCH = """
kind: process
code: BRANCHES
title: Branches
data:
  size: {type: number, from: payload}
steps:
  choose:
    do: branch
    cases:
      big: {when: size > 10, next: big}
      small: {when: size < 5, next: small}
  middling: {do: end, outcome: middling}
  big: {do: end, outcome: big}
  small: {do: end, outcome: small}
"""


@pytest.mark.parametrize(("size", "outcome"), [(11, "big"), (4, "small"), (5, "middling")])
async def test_a_branch_goes_on_by_the_first_case_that_holds(
    stage: Stage, size: int, outcome: str
) -> None:
    play = await stage.play(BRANCH, payload={"size": size})
    row = await play.row()

    assert (row.state, row.outcome) == ("completed", outcome)
    assert play.run.over


async def test_a_wait_lasts_as_long_as_written(stage: Stage) -> None:
    play = await stage.play("""
kind: process
code: A-WEEK
title: A week
steps:
  a-week: {do: wait, for: 7 days}
""")
    (standing,) = await play.steps()
    assert (await play.row()).state == "waiting"
    assert standing.waiting_for == "7 days to pass"
    await play.later(days=6)
    assert not play.run.over
    await play.later(days=1)

    assert (await play.row()).outcome == "done"


async def test_a_wait_moves_with_its_date(stage: Stage) -> None:
    play = await stage.play(
        """
kind: process
code: BEFORE-DUE
title: Before it is due
data: {due: {type: date, from: payload}}
steps:
  before-due: {do: wait, until: due, before: 3 days, at: "09:00"}
""",
        payload={"due": "2026-12-24"},
    )

    assert str(play.run.until) == "2026-12-21 09:00:00+00:00"


LISTEN = """
kind: process
code: LISTENS
title: Listens
data: {bill: {type: text, from: payload}}
events:
  paid: {type: payment.received, match: {bill: bill}, data: {amount: {type: money}}}
  disputed: {type: bill.disputed, match: {bill: bill}}
steps:
  listen: {do: listen, events: {paid: thanks, disputed: clerk}, within: 10 days, silence: remind}
  thanks:
    do: branch
    cases: {full: {when: paid.amount >= 100, next: full}}
  part: {do: end, outcome: part}
  full: {do: end, outcome: full}
  clerk: {do: end, outcome: clerk}
  remind: {do: end, outcome: remind}
"""


async def test_the_first_event_leads_on(stage: Stage) -> None:
    play = await stage.play(LISTEN, payload={"bill": "B-1"})
    await play.hear("payment.received", bill="B-2", amount="186.40")
    assert not play.run.over
    await play.hear("payment.received", bill="B-1", amount="186.40")

    assert (await play.row()).outcome == "full"


async def test_silence_leads_on_when_time_is_over(stage: Stage) -> None:
    play = await stage.play(LISTEN, payload={"bill": "B-3"})
    await play.later(days=10)

    assert (await play.row()).outcome == "remind"


async def test_the_same_event_twice_is_heard_once(stage: Stage) -> None:
    play = await stage.play(
        """
kind: process
code: HEARS-TWO
title: Hears two
data: {bill: {type: text, from: payload}}
events: {paid: {type: part.paid, match: {bill: bill}}}
steps:
  first: {do: listen, events: {paid: second}}
  second: {do: listen, events: {paid: end}}
""",
        payload={"bill": "B-4"},
    )
    await play.hear("part.paid", key="E-1", bill="B-4")
    await play.hear("part.paid", key="E-1", bill="B-4")
    assert await play.path() == ["first"]
    await play.hear("part.paid", key="E-2", bill="B-4")

    assert play.run.over


STOPS = """
kind: process
code: STOPS
title: Stops
data: {bill: {type: text, from: payload}, owed: {type: money, from: payload}}
events: {paid: {type: debt.paid, match: {bill: bill}, data: {amount: {type: money}}}}
stops: {debt-paid: {event: paid, when: event.amount >= owed}}
steps:
  tell: {do: send, communication: SPRING-OFFER}
  cut: {do: end, outcome: cut}
""".replace("debt-paid", "debt_paid")


async def test_when_the_cause_has_gone_what_is_pending_is_cancelled(stage: Stage) -> None:
    play = await stage.play(STOPS, payload={"bill": "B-5", "owed": "186.40"})
    await play.hear("debt.paid", bill="B-5", amount="100.00")
    assert not play.run.over
    await play.hear("debt.paid", bill="B-5", amount="186.40")
    row = await play.row()
    (sent, *_) = await play.steps()

    assert (row.state, row.outcome) == ("completed", "debt_paid")
    assert sent.subject is not None
    assert (await request(stage.station.database, sent.subject)).state == "cancelled"


SENDS = """
kind: process
code: SENDS
title: Sends
steps:
  tell:
    do: send
    communication: SPRING-OFFER
    outcomes: {opted_out: call, not_sent: call}
  done: {do: end, outcome: told}
  call: {do: end, outcome: call}
"""


@pytest.mark.parametrize(
    ("state", "outcome"), [("opted_out", "call"), ("not_sent", "call"), ("cancelled", "told")]
)
async def test_what_becomes_of_a_communication_leads_on(
    stage: Stage, state: str, outcome: str
) -> None:
    play = await stage.play(SENDS)
    assert (await play.row()).state == "waiting"
    await play.settle(state)

    assert (await play.row()).outcome == outcome


TABLE = """
kind: decision-table
code: LIMIT
title: Limit
policy: first
inputs: {amount: {type: money}}
outputs: {role: {type: text}, fee: {type: money}}
rows:
  small: {when: {amount: "<= 250"}, then: {role: agent, fee: 0}}
  large: {then: {role: supervisor, fee: "12.50"}}
"""

DECIDES = """
kind: process
code: DECIDES
title: Decides
data: {amount: {type: money, from: payload}}
variables: {total: {type: money}}
steps:
  limit: {do: decide, table: LIMIT, inputs: {amount: amount}, into: limit}
  sum: {do: set, values: {total: amount + limit.fee}}
  who:
    do: branch
    cases: {supervisor: {when: limit.role == "supervisor", next: supervisor}}
  agent: {do: end, outcome: agent}
  supervisor: {do: end, outcome: supervisor}
"""


@pytest.mark.parametrize(
    ("amount", "outcome", "total"),
    [("250.00", "agent", "250"), ("250.01", "supervisor", "262.51")],
)
async def test_a_table_decides_and_says_which_row_did(
    stage: Stage, amount: str, outcome: str, total: str
) -> None:
    (stage.folder / "limit").mkdir(exist_ok=True)
    (stage.folder / "limit" / "table.yaml").write_text(TABLE)
    await stage.make_live("LIMIT")
    play = await stage.play(DECIDES, payload={"amount": amount})
    row, (asked, *_) = await play.row(), await play.steps()

    assert (row.outcome, row.answers["total"]) == (outcome, total)
    assert asked.outcome == ("small" if outcome == "agent" else "large")
    assert row.pins == {"LIMIT": 1}


async def test_a_repeat_goes_back_so_many_times(stage: Stage) -> None:
    play = await stage.play("""
kind: process
code: REPEATS
title: Repeats
variables: {rounds: {type: number, start: "0"}}
steps:
  count: {do: set, values: {rounds: rounds + 1}}
  again: {do: repeat, from: count, at-most: 3}
""")

    assert (await play.row()).answers == {"rounds": "4"}
    assert await play.path() == ["count", "again"] * 4


PARALLEL = """
kind: process
code: SIDE-BY-SIDE
title: Side by side
data: {bill: {type: text, from: payload}}
events: {signed: {type: form.signed, match: {bill: bill}}}
steps:
  both: {do: parallel, branches: {paper: wait-for-form, time: a-day}, join: done}
  wait-for-form: {do: listen, events: {signed: done}}
  a-day: {do: wait, for: 1 day, next: done}
  done: {do: end, outcome: both}
"""


async def test_branches_meet_when_all_have_arrived(stage: Stage) -> None:
    play = await stage.play(PARALLEL, payload={"bill": "B-6"})
    assert len(play.run.waiting) == 2
    await play.later(days=1)
    assert not play.run.over
    await play.hear("form.signed", bill="B-6")

    assert (await play.row()).outcome == "both"


UNDO = """
kind: process
code: TAKES-BACK
title: Takes back
data: {go: {type: boolean, from: payload}}
variables: {trace: {type: text, start: '""'}}
steps:
  first: {do: set, values: {trace: trace + "1"}, undo: back-first}
  second: {do: set, values: {trace: trace + "2"}, undo: back-second}
  check: {do: branch, cases: {good: {when: go, next: good}}}
  bad: {do: end, outcome: failed, undoing: true}
  good: {do: end, outcome: good}
undo:
  back-first: {do: set, values: {trace: trace + "a"}}
  back-second: {do: set, values: {trace: trace + "b"}}
"""


@pytest.mark.parametrize(
    ("go", "trace", "outcome"), [(True, "12", "good"), (False, "12ba", "failed")]
)
async def test_what_was_done_is_taken_back_the_latest_first(
    stage: Stage, go: bool, trace: str, outcome: str
) -> None:
    play = await stage.play(UNDO, payload={"go": go})
    row = await play.row()

    assert (row.answers["trace"], row.outcome, row.state) == (trace, outcome, "completed")
    assert play.run.over


LOOKS = """
kind: process
code: LOOKS-UP
title: Looks up
data: {bill.amount: {type: money, from: billing}}
steps:
  wait: {do: wait, for: 1 day}
  again: {do: look-up}
  choose: {do: branch, cases: {open: {when: bill.amount > 0, next: open}}}
  paid: {do: end, outcome: paid}
  open: {do: end, outcome: open}
"""


async def test_a_look_up_sees_values_as_they_are_now(stage: Stage) -> None:
    play = await stage.play(LOOKS)
    assert (await play.row()).data == {"bill.amount": "186.40"}
    stage.station.billing.amount = "0.00"
    await play.later(days=1)

    assert (await play.row()).outcome == "paid"


async def test_who_is_away_is_waited_for(stage: Stage) -> None:
    stage.station.billing.status = 503
    play = await stage.play(LOOKS)
    assert play.run.until is not None
    stage.station.billing.status = 200
    await play.later(minutes=1)

    assert (await play.row()).data == {"bill.amount": "186.40"}


async def test_a_step_that_fails_stands_until_a_person_mends_it(stage: Stage) -> None:
    stage.station.billing.amount = None
    play = await stage.play(LOOKS)
    row = await play.row()
    assert (row.state, row.reason) == ("error", "data_missing")
    stage.station.billing.amount = "1.00"
    await commands.retry(stage.processes, play.id, ":begin", "mended", actor="ops")
    await play.on()

    assert (await play.row()).state == "waiting"


async def test_a_step_can_be_skipped_with_a_reason(stage: Stage) -> None:
    play = await stage.play(LISTEN, payload={"bill": "B-7"})
    await commands.skip(
        stage.processes, play.id, "listen", "he called", actor="ops", outcome="disputed"
    )
    await play.on()
    (listened, *_) = await play.steps()

    assert (await play.row()).outcome == "clerk"
    assert (listened.state, listened.reason) == ("skipped", "he called")


async def test_an_instance_can_be_cancelled(stage: Stage) -> None:
    play = await stage.play(LISTEN, payload={"bill": "B-8"})
    await commands.cancel(stage.processes, play.id, "moved away", actor="ops")
    await play.on()
    row = await play.row()

    assert (row.state, row.outcome, row.reason) == ("cancelled", "cancelled", "moved away")
    assert row.ended_at == NOW
