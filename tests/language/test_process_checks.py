"""What the checker finds in a process: where, what, and how to mend it."""

import pytest

from openccm.language.bundle import Bundle, Library
from openccm.language.checker import check_bundle
from openccm.language.checks.inspecting import TemplateFindings
from openccm.language.folder import bundle_of
from openccm.language.problems import Problem

OFFER = """
kind: communication
code: OFFER
title: An offer
category: service
purpose: offers
recipient: person
languages: [en]
data:
  bill.number: {type: text, from: payload}
  bill.note: {type: text, from: payload, missing: hide}
channels: {letter: {}}
"""

GOOD = """
kind: process
code: CHAIN
title: A chain
data:
  bill.number: {type: text, from: payload}
  bill.amount: {type: money, from: payload}
  bill.due: {type: date, from: payload}
variables:
  rounds: {type: number, start: "0"}
events:
  paid: {type: payment.received, match: {bill: bill.number}, data: {amount: {type: money}}}
stops:
  settled: {event: paid, when: event.amount >= bill.amount}
steps:
  tell: {do: send, communication: OFFER, payload: {bill.number: bill.number}}
  count: {do: set, values: {rounds: rounds + 1}}
  a-week: {do: wait, until: bill.due, after: 7 days}
  hear: {do: listen, events: {paid: thanks}, within: 3 days, silence: again}
  thanks: {do: branch, cases: {big: {when: paid.amount > 100, next: side}}, otherwise: side}
  again: {do: repeat, from: tell, at-most: 3}
  give-up: {do: end, outcome: gave_up}
  side: {do: parallel, branches: {one: left, two: right}, join: last}
  left: {do: wait, for: 1 day, next: last}
  right: {do: wait, for: 2 days, next: last}
  last: {do: end, outcome: paid}
"""


def problems(old: str = "", new: str = "") -> list[Problem]:
    assert old in GOOD, old
    texts = {"communication.yaml": OFFER, "process.yaml": GOOD.replace(old, new, 1)}
    bundles: list[Bundle] = []
    for name, text in texts.items():
        bundle = bundle_of(name.removesuffix(".yaml"), {name: text.encode()})
        if not isinstance(bundle, Bundle):
            return bundle
        bundles.append(bundle)
    return check_bundle(
        bundles[1],
        Library(tuple(bundles)),
        channels=("letter",),
        inspect_template=lambda *_: TemplateFindings(),
    )


def test_a_good_process_has_no_problems() -> None:
    assert [str(found) for found in problems()] == []


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("{paid: thanks}", "{paid: thank}", "$.steps.hear.events.paid", "There is no step thank"),
        ("silence: again", "silence: agian", "$.steps.hear.silence", "no step agian"),
        ("next: last}\n  right", "next: hear}\n  right", "$.steps.left", "leads out of the branch"),
        ("one: left", "one: last", "$.steps.side.branches.one", "has no step"),
        ("two: right", "two: left", "$.steps.side.branches.two", "in the branches one and two"),
        ("  left: {do: wait, for: 1 day, next: last}", "  left: {do: end, outcome: x}",
         "$.steps.left", "cannot end the process"),
        ("otherwise: side}", "otherwise: left}",
         "$.steps.side.branches.one", "can be reached without side"),
        ("  again: {do: repeat, from: tell, at-most: 3}",
         "  again: {do: set, values: {rounds: rounds + 1}, next: count2}\n"
         "  count2: {do: set, values: {rounds: rounds - 1}, next: again}",
         "$.steps.again", "goes round for ever"),
        ("  again: {do: repeat, from: tell, at-most: 3}",
         "  again: {do: set, values: {rounds: rounds + 1}, next: tell2}\n"
         "  tell2: {do: send, communication: OFFER, payload: {bill.number: bill.number},"
         " outcomes: {failed: again}}",
         "$.steps.again", "goes round for ever"),
        ("  again: {do: repeat, from: tell, at-most: 3}",
         "  again: {do: wait, until: bill.due, next: due2}\n"
         "  due2: {do: branch, cases: {more: {when: rounds < 3, next: again}}}",
         "$.steps.again", "goes round for ever"),
        ("  again: {do: repeat, from: tell, at-most: 3}",
         "  again: {do: set, values: {rounds: rounds + 1}}\n"
         "  more: {do: repeat, from: again, at-most: 3, next: again}",
         "$.steps.again", "goes round for ever"),
        ("{do: end, outcome: paid}", "{do: end, outcome: paid, error: side}", "$.steps.last.error",
         "error means nothing"),
        ("  tell: {do: send, communication: OFFER, payload: {bill.number: bill.number}}",
         "  tell: {do: start, process: CHAIN, payload: {bill.number: bill.number,"
         " bill.amount: bill.amount, bill.due: bill.due}}",
         "$.steps.tell.process", "starts the process again for ever"),
        ("communication: OFFER,", "communication: OFER,", "$.steps.tell.communication",
         "There is no communication OFER. Did you mean OFFER?"),
        ("{bill.number: bill.number}}\n  count", "{bill.nummer: bill.number}}\n  count",
         "$.steps.tell.payload['bill.nummer']", "OFFER takes no bill.nummer"),
        (", payload: {bill.number: bill.number}}\n  count", "}\n  count",
         "$.steps.tell.payload", "OFFER needs bill.number"),
        ("{bill.number: bill.number}}\n  count", "{bill.number: bill.amount}}\n  count",
         "$.steps.tell.payload['bill.number']", "gives a number, and a text is wanted"),
        ("until: bill.due", "until: bill.amount", "$.steps['a-week'].until",
         "gives a number, and a date or a date with time is wanted"),
        ("when: paid.amount > 100", "when: paid.amout > 100", "$.steps.thanks.cases.big.when",
         "There is no field paid.amout"),
        ("  tell: {do: send",
         "  first: {do: branch, cases: {a: {when: paid.amount > 1, next: tell}}}\n"
         "  tell: {do: send", "$.steps.first.cases.a.when", "paid has no value here"),
        ("rounds: rounds + 1", "round: rounds + 1", "$.steps.count.values.round",
         "There is no variable round"),
        ("rounds: rounds + 1", "rounds: bill.number", "$.steps.count.values.rounds",
         "gives a text, and a number is wanted"),
        ("start: \"0\"", "start: \"'x'\"", "$.variables.rounds.start", "gives a text"),
        ("settled: {event: paid", "settled: {event: payed", "$.stops.settled.event",
         "There is no event payed"),
        ("when: event.amount >= bill.amount", "when: 1 < 2", "$.stops.settled.when",
         "always the same"),
        ("match: {bill: bill.number}", "match: {bill: bill.numbr}", "$.events.paid.match.bill",
         "not known when the process begins"),
        ("after: 7 days", "after: 7 business days", "$.steps['a-week'].after",
         "Business days are those of a calendar"),
        ("  rounds: {type: number, start: \"0\"}",
         "  rounds: {type: number, start: \"0\"}\n  paid: {type: text}",
         "$.events.paid", "paid is one of the variables already"),
        ("  rounds: {type: number, start: \"0\"}",
         "  rounds: {type: number, start: \"0\"}\n  today: {type: text}",
         "$.variables.today", "today is always there"),
        ("  last: {do: end, outcome: paid}",
         "  last: {do: end, outcome: paid}\n  lost: {do: end, outcome: lost}",
         "$.steps.lost", "Nothing leads to lost"),
        ("payload: {bill.number: bill.number}}\n  count",
         "payload: {bill.number: bill.number}, outcomes: {bounced: end}}\n  count",
         "$.steps.tell.outcomes.bounced", "bounced is no outcome of this step"),
        ("payload: {bill.number: bill.number}}\n  count",
         "payload: {bill.number: bill.number}, outcomes: {error: end}}\n  count",
         "$.steps.tell.outcomes.error", "has a meaning of its own"),
        ("payload: {bill.number: bill.number}}\n  count",
         "payload: {bill.number: bill.number}, undo: back}\n  count",
         "$.steps.tell.undo", "no step back below undo"),
        ("{do: repeat,", "{do: repeat, for: 1 day,", "$.steps.again.for", "for is not known here"),
        ("{do: repeat,", "{do: rpeat,", "$.steps.again", "rpeat"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_place(old: str, new: str, path: str, message: str) -> None:
    found = [problem for problem in problems(old, new) if problem.severity == "error"]

    told = {problem.path: f"{problem.message} {problem.mend}" for problem in found}
    assert message in told[path], told
    assert len(found) <= 2, "one mistake and what follows from it"
    assert all(problem.line > 1 for problem in found)


def test_an_event_nobody_listens_to_is_a_warning() -> None:
    (found,) = problems("stops:", "  lost: {type: form.lost, match: {bill: bill.number}}\nstops:")

    assert (found.severity, found.message) == ("warning", "Nothing listens to lost.")


def test_a_process_may_start_itself_after_a_wait() -> None:
    again = (
        "  again: {do: start, process: CHAIN, payload: {bill.number: bill.number,"
        " bill.amount: bill.amount, bill.due: bill.due}}"
    )

    assert problems("  again: {do: repeat, from: tell, at-most: 3}", again) == []


WAITS = """
kind: process
code: WAITS
title: It waits
events:
  paid: {type: payment.received, match: {person: person}}
steps:
  hear: {do: listen, events: {paid: work}}
  work: {do: task, to-do: CALL}
"""
CALL = """
kind: to-do-type
code: CALL
title: Call them
roles: [agents]
outcomes: {done: {label: Done}}
"""


def waiting(process: str = WAITS, todo: str = CALL) -> list[tuple[str, str, str]]:
    bundles = [
        bundle_of(folder, {name: text.encode()})
        for folder, name, text in (("call", "todo.yaml", todo), ("waits", "process.yaml", process))
    ]
    library = Library(tuple(each for each in bundles if isinstance(each, Bundle)))
    found = check_bundle(
        library.bundle("WAITS"),
        library,
        channels=(),
        inspect_template=lambda *_: TemplateFindings(),
    )
    assert all(each.message == "This may wait for ever." for each in found)
    return [(each.path, each.severity, each.mend) for each in found]


def test_what_may_wait_for_ever_is_told() -> None:
    assert waiting() == [
        ("$.steps.hear", "warning", "Say within: how long, and silence: what then."),
        ("$.steps.work", "warning",
         "Give CALL an sla: or escalate:, so that somebody is reminded."),
    ]  # fmt: skip


def test_what_has_an_end_does_not_wait_for_ever() -> None:
    limited = WAITS.replace("{paid: work}}", "{paid: work}, within: 1 day, silence: work}")

    assert waiting(limited, CALL + "sla: {within: 1 day}\n") == []


def test_a_stop_ends_the_waiting_for_events_alone() -> None:
    stopped = WAITS.replace("steps:", "stops: {settled: {event: paid}}\nsteps:")

    assert [path for path, _, _ in waiting(stopped)] == ["$.steps.work"]
