"""Event bindings: each mistake is found at its place, with how to mend it."""

import pytest

from tests.language.desk import Desk

BINDING = """\
kind: event-binding
code: BILL-ISSUED
title: A bill was issued
source: BILLING
type: bill.issued
data:
  level: {type: text}
  note: {type: text, missing: hide}
  bill.number: {type: text}
  bill.amount: {type: money}
  bill.lines: {type: list, fields: {text: {type: text}}}
when: level == "L1"
effective: {from: 2026-01-01, until: 2026-12-31}
sequence: 10
once: {by: [bill.number], within: 30 days}
create: now
request:
  communication: BILL-READY
  payload: {bill.number: bill.number}
  priority: 1
enabled: true
"""


def told(desk: Desk, old: str = "", new: str = "") -> list[str]:
    folder = desk.root / "bill-issued"
    folder.mkdir()
    assert old in BINDING
    (folder / "binding.yaml").write_text(BINDING.replace(old, new, 1))
    return desk.told()


def test_a_sound_binding_has_no_problems(desk: Desk) -> None:
    assert told(desk) == []


CASES = [
    ("sequence: 10", "sequence: -1", "14:11", "greater than or equal to 0", ""),
    ("source: BILLING", "source: billing", "4:9", "not written as it should be", ""),
    ("type: bill.issued", "type: bill issued", "5:7", "not written as it should be", ""),
    ("2026-01-01", "2026-02-30", "13:19", "There is no such day", "2026-01-31"),
    ("2026-12-31", "2025-12-31", "13:1", "It ends before it begins", "later day"),
    ("{from: 2026-01-01, until: 2026-12-31}", "{}", "13:1", "No day is named", "from:, until:"),
    ("missing: hide", "missing: wait", "8:31", "wait is not possible", "fail, hide"),
    ("{type: money}", "{type: money, missing: {default: x}}", "10:49", "not an amount", "186.40"),
    ("  level:", "  event.level:", "7:3", "event is always there", "another name"),
    ("  level:", "  bill:", "7:3", "a group in bill.number", "Rename"),
    ('level == "L1"', 'levl == "L1"', "12:7", "no field levl", "Did you mean level?"),
    ('level == "L1"', "bill.amount", "12:12", "This is a number", "Compare it"),
    ('level == "L1"', 'note == "L1"', "12:7", "note may have no value", "note != null"),
    ("by: [bill.number]", "by: [bill.nummer]", "15:13", "no field bill.nummer", "bill.number?"),
    ("by: [bill.number]", "by: [bill.lines]", "15:13", "cannot be compared", "single values"),
    ("BILL-READY", "BILL-REDY", "18:18", "no communication BILL-REDY", "BILL-READY?"),
    ("priority: 1", "channel: pigeon", "20:12", "not sent by pigeon", "email, letter"),
    ("{bill.number: bill.number}", "{}", "17:1", "bill.number is missing", "Add bill.number"),
    (
        "{bill.number: bill.number}",
        "{bill.number: bill.number, bill.amount: bill.amount}",
        "19:39",
        "bill.amount is not taken from a payload",
        "",
    ),
    ("bill.number: bill.number}", "bill.number: bill.nr}", "19:31", "no field bill.nr", ""),
    ("bill.number: bill.number}", "bill.number: bill.amount}", "19:26", "a text is wanted", ""),
    ("bill.number: bill.number}", "bill.number: note}", "19:26", "note may have no value", "fail"),
    ("request:", "process: {process: NONE}\nrequest:", "17:20", "no process NONE", ""),
    (
        "request:",
        "process: {process: NONE, key: bill.lines}\nrequest:",
        "17:31",
        "this is a list",
        "with a text",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), CASES)
def test_a_mistake_is_told_where_it_stands(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    problems = told(desk, old, new)
    found = [each for each in problems if f":{place}:" in each]

    assert found, problems
    assert message in found[0]
    assert mend in found[0]


def test_a_binding_does_something(desk: Desk) -> None:
    request = BINDING[BINDING.index("request:") : BINDING.index("enabled:")]
    (found,) = told(desk, request, "")

    mend = "Write one of request:, process:, offers:, contact:, to-do:."
    assert f"Nothing is done with the event. {mend}" in found


def test_what_the_event_is_itself_can_be_used(desk: Desk) -> None:
    assert told(desk, "number: bill.number}", "number: event.id}") == []
