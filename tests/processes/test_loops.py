"""A counted loop counts anew whenever it is entered, and still always comes to its end."""

import pytest

from tests.processes.stage import Stage

NESTED = """
kind: process
code: NESTED
title: Nested
variables: {inner: {type: number, start: "0"}, outer: {type: number, start: "0"}}
steps:
  outside: {do: set, values: {outer: outer + 1}}
  inside: {do: set, values: {inner: inner + 1}}
  again: {do: repeat, from: inside, at-most: 2}
  around: {do: repeat, from: outside, at-most: 3}
"""

SAME_START = """
kind: process
code: SAME-START
title: Two loops that begin with one step
variables: {count: {type: number, start: "0"}}
steps:
  count: {do: set, values: {count: count + 1}}
  first: {do: repeat, from: count, at-most: 2}
  second: {do: repeat, from: count, at-most: 3}
"""

ITSELF = """
kind: process
code: ITSELF
title: A loop of one step
variables: {count: {type: number, start: "0"}}
steps:
  again: {do: repeat, from: again, at-most: 3}
  over: {do: set, values: {count: count + 1}}
"""

CROSSED = """
kind: process
code: CROSSED
title: Two loops that cross
variables: {one: {type: number, start: "0"}, two: {type: number, start: "0"}}
steps:
  one: {do: set, values: {one: one + 1}}
  two: {do: set, values: {two: two + 1}}
  back-to-one: {do: repeat, from: one, at-most: 2}
  back-to-two: {do: repeat, from: two, at-most: 2}
"""


async def test_a_loop_inside_a_loop_counts_anew_in_each_round(stage: Stage) -> None:
    row = await (await stage.play(NESTED)).row()

    assert row.state == "completed"
    assert row.answers == {"outer": "4", "inner": "12"}


@pytest.mark.parametrize(
    ("text", "answers"),
    [(SAME_START, {"count": "6"}), (CROSSED, {"one": "3", "two": "5"}), (ITSELF, {"count": "1"})],
)
async def test_loops_that_share_steps_come_to_an_end(
    stage: Stage, text: str, answers: dict[str, str]
) -> None:
    row = await (await stage.play(text)).row()

    assert row.state == "completed"
    assert row.answers == answers
