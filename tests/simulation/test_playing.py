"""A play goes as production would: waits, stops, silence, errors, undoing, branches, people."""

from typing import Any

import pytest

from openccm.errors import InvalidError, NotFoundError
from openccm.simulation.scenario import House
from openccm.simulation.world import EndlessError
from tests.simulation.plays import local, play

CHASE = """
events:
  paid: {type: payment.received, match: {bill: bill}, data: {amount: {type: money}}}
stops:
  settled: {event: paid, when: event.amount >= balance}
steps:
  tell: {do: send, communication: NOTE, payload: {text: bill}}
  hear: {do: listen, events: {paid: end}, within: 3 days, silence: again}
  again: {do: repeat, from: tell, at-most: 1}
  last: {do: end, outcome: gave_up}
"""


async def test_silence_skips_the_time_that_it_takes(house: House) -> None:
    told = await play(house, CHASE)

    assert (told.outcome, told.state) == ("gave_up", "completed")
    assert local(told) == [
        ("tell", "01 08:00"), ("hear", "04 08:00"), ("again", "04 08:00"),
        ("tell", "04 08:00"), ("hear", "07 08:00"), ("again", "07 08:00"), ("last", "07 08:00"),
    ]  # fmt: skip


async def test_a_stop_ends_it_wherever_it_stands(house: House) -> None:
    paid = {"event": "paid", "at": "2026-05-02 10:30", "data": {"amount": "12.50"}}
    told = await play(house, CHASE, events=[paid])
    (event,) = told.events

    assert (told.outcome, told.reason) == ("settled", "paid")
    assert local(told) == [("tell", "01 08:00"), ("hear", "02 09:30")]
    assert event.heard_by == ["paid"]


async def test_an_event_that_is_no_cause_to_stop_is_heard_by_the_step(house: House) -> None:
    paid = {"event": "paid", "after": "1 day", "data": {"amount": "1"}}
    told = await play(house, CHASE, events=[paid])

    assert (told.outcome, told.events[0].heard_by) == ("done", ["hear"])
    assert told.path[-1].detail["event"]


async def test_it_says_what_would_be_sent(house: House) -> None:
    told = await play(house, CHASE, sample={
        "language": "de", "person": {"name": "Zoë"}, "data": {"bill": "B-7", "balance": "3"},
    })  # fmt: skip
    sent = told.sends[0]
    texts = {part.name: part.text for part in sent.parts}

    assert (sent.step, sent.outcome, sent.channel, sent.language) == (
        "tell",
        "reached",
        "email",
        "de",
    )
    assert (sent.subject, texts["text"]) == ("Notiz über 3", "Guten Tag Zoë, B-7")
    assert told.path[0].used == {"bill": "B-7"}


async def test_quiet_hours_hold_here_too(house: House) -> None:
    told = await play(house, CHASE, start="2026-05-01 22:15")

    assert f"{told.sends[0].left_at:%d %H:%M}" == "02 07:00"
    assert local(told)[0] == ("tell", "02 07:00")


@pytest.mark.parametrize(
    ("word", "channels", "outcome"),
    [("reached", ["email"], "reached"), ("bounced", ["email", "letter"], "bounced"),
     ("failed", ["email", "letter"], "failed"), ("unwell", ["email", "letter"], "failed")],
)  # fmt: skip
async def test_providers_answer_as_told(
    house: House, word: str, channels: list[str], outcome: str
) -> None:
    told = await play(house, CHASE, answers={"tell": [{"outcome": word}]})
    sent = told.sends[0]
    chosen = [each for each in sent.verdicts if each.startswith("The channel is")]

    assert [line.split()[3].rstrip(".") for line in chosen] == channels
    assert sent.outcome == outcome
    assert told.path[0].outcome == ("reached" if word == "reached" else "failed")


@pytest.mark.parametrize("state", ["opted_out", "suppressed", "not_sent", "cancelled"])
async def test_a_request_ends_as_told(house: House, state: str) -> None:
    steps = """
steps:
  tell: {do: send, communication: NOTE, payload: {text: bill}, outcomes: {%s: odd}}
  fine: {do: end, outcome: fine}
  odd: {do: end, outcome: odd}
"""
    told = await play(
        house, steps % state, answers={"tell": [{"outcome": state, "after": "1 day"}]}
    )

    assert (told.outcome, told.sends[0].outcome) == ("odd", state)
    assert local(told)[0] == ("tell", "02 08:00")


WORK = """
steps:
  check: {do: task, to-do: REVIEW, role: clerks, context: {balance: balance}, into: checked,
          outcomes: {wrong: redo}}
  good: {do: end, outcome: good}
  redo: {do: repeat, from: check, at-most: 1}
  bad: {do: end, outcome: bad}
"""


async def test_people_answer_one_after_the_other(house: House) -> None:
    wrong = {"outcome": "wrong", "values": {"remark": "no"}, "after": "3 hours"}
    told = await play(house, WORK, answers={"check": [wrong, {"outcome": "fine"}]})

    assert told.outcome == "good"
    assert local(told)[:3] == [("check", "01 11:00"), ("redo", "01 11:00"), ("check", "01 11:00")]
    assert [task.role for task in told.tasks] == ["chiefs", "clerks"]


async def test_without_an_answer_it_waits_and_says_for_what(house: House) -> None:
    told = await play(house, WORK)
    (standing,) = told.standing

    assert (told.state, told.outcome, told.unanswered) == ("waiting", None, ["check"])
    assert standing.waiting_for == "chiefs to do REVIEW"
    assert told.tasks[0].outcomes == ["fine", "wrong", "cancelled"]


async def test_an_answer_that_does_not_fit_is_refused_by_name(house: House) -> None:
    with pytest.raises(InvalidError, match="remark") as caught:
        await play(house, WORK, answers={"check": [{"outcome": "wrong"}]})

    assert caught.value.field == "answers.check.form.remark"


HOOKED = """
steps:
  ask: {do: call, hook: JUDGE, values: {balance: balance}, into: verdict, outcomes: {bad: weep},
        error: fault}
  laugh: {do: branch, cases: {much: {when: verdict.score > 5, next: roar}}}
  smile: {do: end, outcome: smiled}
  roar: {do: end, outcome: roared}
  weep: {do: end, outcome: wept}
  fault: {do: end, outcome: failed}
"""


@pytest.mark.parametrize(
    ("said", "outcome"),
    [([{"outcome": "good", "values": {"score": 9}}], "roared"),
     ([{"outcome": "good", "values": {"score": 1}}], "smiled"),
     ([{"outcome": "bad", "values": {"score": 1}}], "wept"),
     ([{"outcome": "unavailable"}], "failed"), ([], "failed")],
)  # fmt: skip
async def test_hooks_answer_as_told(house: House, said: list[dict[str, Any]], outcome: str) -> None:
    told = await play(house, HOOKED, answers={"ask": said} if said else {})

    assert told.outcome == outcome
    assert told.unanswered == ([] if said else ["JUDGE"])


async def test_an_error_without_a_way_waits_for_a_person(house: House) -> None:
    told = await play(house, HOOKED.replace(",\n        error: fault", ""))

    assert (told.state, told.standing[0].waiting_for) == ("error", "a person to retry or skip it")
    assert "JUDGE" in (told.standing[0].reason or "")


async def test_what_was_done_is_taken_back_in_reverse(house: House) -> None:
    told = await play(
        house,
        """
variables: {a: {type: number, start: "0"}, b: {type: number, start: "0"}}
steps:
  one: {do: set, values: {a: a + 1}, undo: back-one}
  two: {do: set, values: {b: b + 1}, undo: back-two}
  over: {do: end, outcome: undone, undoing: true}
undo:
  back-one: {do: set, values: {a: a - 1}}
  back-two: {do: set, values: {b: b - 1}}
""",
    )

    assert told.steps() == ["one", "two", "over", "back-two", "back-one"]
    assert told.path[-1].used == {"a": "1"}


async def test_branches_go_side_by_side_and_meet(house: House) -> None:
    told = await play(
        house,
        """
steps:
  side: {do: parallel, branches: {one: left, two: right}, join: last}
  left: {do: wait, for: 2 days, next: last}
  right: {do: wait, for: 1 day}
  more: {do: wait, for: 3 hours, next: last}
  last: {do: end, outcome: met}
""",
    )

    assert local(told) == [
        ("right", "02 08:00"), ("more", "02 11:00"), ("left", "03 08:00"), ("last", "03 08:00"),
    ]  # fmt: skip


async def test_another_process_is_played_with_it(house: House) -> None:
    told = await play(
        house,
        """
steps:
  go: {do: start, process: CHILD, payload: {size: "20"}, wait: true, outcomes: {grown: yes-it-is}}
  no: {do: end, outcome: small}
  yes-it-is: {do: end, outcome: grown}
""",
    )

    assert (told.outcome, told.steps(), told.steps("CHILD")) == (
        "grown", ["go", "yes-it-is"], ["sleep", "choose", "grown"],
    )  # fmt: skip


async def test_an_event_leads_through_its_binding(house: House) -> None:
    made = {"event": "complaint.made", "data": {"size": "30"}}
    told = await play(house, code="ON-COMPLAINT", events=[made])

    assert told.events[0].heard_by == ["ON-COMPLAINT"]
    assert (told.steps("CHILD"), told.outcome) == (["sleep", "choose", "grown"], "grown")


async def test_an_event_that_a_binding_does_not_take_leads_to_nothing(house: House) -> None:
    made = {"event": "complaint.made", "data": {"size": "1"}}
    told = await play(house, code="ON-COMPLAINT", events=[made])

    assert (told.state, told.events[0].heard_by) == ("nothing", [])


async def test_a_communication_is_played_by_itself(house: House) -> None:
    sample = {"person": {"name": "Ada"}, "data": {"text": "hello", "balance": "1"}, "reach": {}}
    told = await play(house, code="NOTE", sample=sample)

    assert told.sends[0].verdicts[-1].startswith("No channel can be used")
    assert told.outcome == told.sends[0].outcome == "not_sent"


async def test_what_goes_round_without_rest_is_cut_off(house: House) -> None:
    with pytest.raises(EndlessError, match="does not come to rest"):
        await play(
            house,
            """
variables: {n: {type: number, start: "0"}}
steps:
  again: {do: wait, for: 1 second}
  count: {do: set, values: {n: n + 1}, next: again}
""",
        )


async def test_nobody_is_found_who_is_not_there(house: House) -> None:
    with pytest.raises(InvalidError, match="Nobody is known here"):
        await play(house, CHASE, person="P-1")
    with pytest.raises(NotFoundError):
        await play(house, code="NOWHERE")
