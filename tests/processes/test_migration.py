"""Instances move to another version where that is safe, and say why not where it is not."""

import pytest

from openccm.errors import ConflictError
from openccm.processes import commands, queries
from openccm.processes.migration import migrate, migrate_all
from tests.processes.stage import Play, Stage

FIRST = """
kind: process
code: MOVES
title: Moves on
data: {bill: {type: text, from: payload}}
variables: {word: {type: text, start: '"first"'}}
events: {paid: {type: bill.paid, match: {bill: bill}}}
steps:
  note: {do: set, values: {word: word + "!"}, undo: unnote}
  hear: {do: listen, events: {paid: end}, within: 30 days, silence: end}
undo:
  unnote: {do: set, values: {word: '"undone"'}}
"""

SECOND = """
kind: process
code: MOVES
title: Moves on otherwise
data: {bill: {type: text, from: payload}, gone: {type: text, from: payload, missing: hide}}
variables: {word: {type: text, start: '"first"'}, more: {type: text, start: '"second"'}}
events: {disputed: {type: bill.disputed, match: {bill: bill}}}
steps:
  note: {do: set, values: {word: word + "?"}, undo: unnote}
  hear: {do: listen, events: {disputed: say}, within: 10 days, silence: end}
  say: {do: set, values: {word: word + more}}
undo:
  unnote: {do: set, values: {word: '"undone"'}}
"""


async def begun(stage: Stage, code: str, text: str = FIRST, **payload: object) -> Play:
    written = text.replace("MOVES", code)
    return await stage.play(written, payload={"bill": f"B-{code}", **payload})


async def published(stage: Stage, code: str, text: str) -> None:
    await stage.publish(text.replace("MOVES", code))


async def test_an_instance_goes_on_by_the_other_version_with_all_that_is_new(stage: Stage) -> None:
    play = await begun(stage, "MOVES-WELL")
    await published(stage, "MOVES-WELL", SECOND)
    await migrate(stage.processes, play.id, 2, "new law", actor="ops")
    await play.hear("bill.paid", bill="B-MOVES-WELL")
    assert not play.run.over
    await play.hear("bill.disputed", bill="B-MOVES-WELL")
    row = await play.row()

    assert (row.version, row.outcome, row.answers["word"]) == (2, "done", "first!second")


@pytest.mark.parametrize(
    ("code", "old", "new", "obstacle"),
    [
        ("STEP-GONE", "hear:", "listen:", "It stands at hear, which version 2 has not."),
        ("OTHER-KIND", "hear: {do: listen, events: {disputed: say}, within: 10 days, silence: end}",
         "hear: {do: wait, for: 10 days}", "hear is another kind of step in version 2."),
        ("NEEDS-MORE", "missing: hide", "label: Gone", "needs gone from the payload"),
        ("NO-WAY-BACK", ", undo: unnote", "", "cannot take back note, which was done"),
        ("OTHER-TYPE", "word: {type: text, start: '\"first\"'}", "word: {type: number, start: '1'}",
         "word is a number in version 2, and was a text"),
    ],
)  # fmt: skip
async def test_what_stands_in_the_way_is_named(
    stage: Stage, code: str, old: str, new: str, obstacle: str
) -> None:
    play = await begun(stage, code)
    assert old in SECOND
    text = SECOND.replace(old, new)
    if code == "OTHER-TYPE":
        text = text.replace('word + "?"', "word + 1").replace("word + more", "word + 2")
        text = text.replace("'\"undone\"'", "'3'")
    if code == "OTHER-KIND":
        text = text.replace("events: {disputed", "#")
    if code == "NO-WAY-BACK":
        text = text.partition("undo:\n")[0]
    await published(stage, code, text)
    with pytest.raises(ConflictError, match=obstacle):
        await migrate(stage.processes, play.id, 2, "new law", actor="ops")
    await play.hear("bill.paid", bill=f"B-{code}")

    assert ((await play.row()).version, (await play.row()).outcome) == (1, "done")


BRANCHES = """
kind: process
code: FORKED
title: Forked
steps:
  both: {do: parallel, branches: {one: left, two: right}, join: last}
  left: {do: wait, for: 1 day, next: after-left}
  after-left: {do: wait, for: 1 day, next: last}
  right: {do: wait, for: 9 days, next: last}
  last: {do: end, outcome: done}
"""


async def test_in_a_branch_others_may_be_on_their_way(stage: Stage) -> None:
    play = await stage.play(BRANCHES)
    shorter = BRANCHES.replace("after-left", "last", 1).replace("  after-left: ", "  # ")
    await stage.publish(shorter)

    with pytest.raises(ConflictError, match="It stands at after-left, which version 2 has not"):
        await migrate(stage.processes, play.id, 2, "shorter", actor="ops")


TABLED = """
kind: process
code: TABLED
title: Keeps an answer
data: {amount: {type: money, from: payload}}
steps:
  rest: {do: wait, for: 1 day}
"""


async def test_what_was_never_given_is_an_obstacle(stage: Stage) -> None:
    play = await stage.play(TABLED, payload={"amount": "1.00"})
    (stage.folder / "fees").mkdir(exist_ok=True)
    (stage.folder / "fees" / "table.yaml").write_text(
        "{kind: decision-table, code: FEES, title: Fees, policy: first,"
        " inputs: {amount: {type: money}}, outputs: {fee: {type: money}},"
        " rows: {all: {then: {fee: 1}}}}"
    )
    await stage.make_live("FEES")
    await stage.publish(
        TABLED.replace("steps:\n", "variables: {sum: {type: money}}\nsteps:\n"
        "  fees: {do: decide, table: FEES, inputs: {amount: amount}, into: fees}\n")
        + "  add: {do: set, values: {sum: amount + fees.fee}}\n"
    )  # fmt: skip

    with pytest.raises(ConflictError, match="add of version 2 reads fees, which nothing gave it"):
        await migrate(stage.processes, play.id, 2, "fees", actor="ops")


async def test_many_are_moved_each_by_itself(stage: Stage) -> None:
    plays = [await begun(stage, "MOVES-ALL") for _ in range(4)]
    await commands.cancel(stage.processes, plays[1].id, "moved away", actor="ops")
    await published(stage, "MOVES-ALL", SECOND)
    trial = await migrate_all(stage.processes, "MOVES-ALL", (1, 2), "law", actor="ops", trial=True)
    assert {(await play.row()).version for play in plays} == {1}
    told = await migrate_all(stage.processes, "MOVES-ALL", (1, 2), "law", actor="ops")
    async with stage.station.database.read() as session:
        counts = await queries.states(session, "MOVES-ALL")
        standing = await queries.standing(session, "MOVES-ALL")

    assert told == trial
    assert told.moved == [plays[0].id, plays[2].id, plays[3].id]
    assert told.refused == {plays[1].id: ["It is ending already, as cancelled."]}
    assert counts == [(1, "waiting", 1), (2, "waiting", 3)]
    assert [row[:4] for row in standing] == [
        (1, "hear", "waiting", 1),
        (2, "hear", "waiting", 3),
    ]
