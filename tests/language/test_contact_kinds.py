"""Contact classes, contact types and alerts: each mistake is found at its place, with its mend."""

from pathlib import Path

import pytest

from tests.language.desk import Desk

CLASS = "kind: contact-class\ncode: COLLECT\ntitle: Collection\n"
TO_DO = """\
kind: to-do-type
code: CALL-BACK
title: Call back
roles: [collections]
context:
  bill: {type: text}
outcomes: {done: {label: Done}}
"""
PROCESS = """\
kind: process
code: FOLLOW-UP
title: Follow up
recipient: person
data:
  bill: {type: text, from: payload}
steps:
  rest: {do: wait, for: 1 day}
"""
TYPE = """\
kind: contact-type
code: COLLECT-REMINDED
title: Reminded of a bill
class: COLLECT
about: [person]
direction: outbound
methods: [letter, phone]
opens: open
log: "Reminded of bill {bill.number}"
characteristics:
  bill.number: {type: text, required: true}
  bill.lines: {type: list, fields: {text: {type: text}}}
  level: {type: text, values: [L1, L2]}
communication:
  communication: BILL-READY
  when: level != null && level == "L2"
  payload: {bill.number: bill.number}
to-do:
  type: CALL-BACK
  role: collections
  context: {bill: bill.number}
reminder:
  after: 7 days
  to-do: CALL-BACK
  context: {bill: bill.number}
process:
  process: FOLLOW-UP
  when: level != null
  payload: {bill: bill.number}
"""
ALERT = """\
kind: alert
code: OFTEN-REMINDED
title: Often reminded
severity: danger
contacts: {class: COLLECT, at-least: 3, within: 365 days}
"""
TEXTS = {
    "collect/contact-class.yaml": CLASS,
    "call-back/todo.yaml": TO_DO,
    "follow-up/process.yaml": PROCESS,
    "collect-reminded/contact-type.yaml": TYPE,
    "often-reminded/alert.yaml": ALERT,
}


def told(desk: Desk, file: str = "", old: str = "", new: str = "") -> list[str]:
    for name, text in TEXTS.items():
        path: Path = desk.root / name
        path.parent.mkdir()
        if name == file:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text)
    return desk.told()


def test_sound_ones_have_no_problems(desk: Desk) -> None:
    assert told(desk) == []


TYPES = [
    ("class: COLLECT", "class: COLECT", "4:8", "no contact-class COLECT", "Did you mean COLLECT?"),
    ("code: COLLECT-R", "code: R", "2:7", "begins with its class, COLLECT", "Write COLLECT-…"),
    ("[person]", "[]", "5:8", "At least one entry", "Add one"),
    ("[person]", "[house]", "5:9", "house", "person, account, premise"),
    ("[person]", "[premise]", "14:1", "A communication needs a person", "Add person or account"),
    ("outbound", "sideways", "6:12", "sideways", "inbound, outbound"),
    ("[letter, phone]", "[pigeon]", "7:11", "pigeon", "phone"),
    ("{bill.number}", "{bill.nr}", "9:6", "no field bill.nr in characteristics", "bill.number"),
    ("{bill.number}", "{bill.lines}", "9:6", "bill.lines is a list", "single values"),
    ("  level:", "  contact.level:", "13:3", "contact is always there", "another name"),
    ("  level:", "  bill:", "13:3", "a group in bill.number", "Rename"),
    ("{type: text, values: [L1, L2]}", "{type: date, values: [L1]}", "13:3", "A date", "values:"),
    ("BILL-READY", "BILL-REDY", "15:18", "no communication BILL-REDY", "BILL-READY?"),
    ('level == "L2"', "bill.number", "16:31", "This is a text", "Compare it"),
    ("level != null && ", "", "16:9", "level may have no value", "level != null"),
    ("{bill.number: bill.number}", "{}", "14:1", "bill.number is missing", "Add bill.number"),
    (
        "  payload: {bill.number: bill",
        "  channel: fax\n  payload: {bill.number: bill",
        "17:12",
        "not sent by fax",
        "email",
    ),
    ("type: CALL-BACK", "type: CALL-BAK", "19:9", "no to-do-type CALL-BAK", "CALL-BACK?"),
    ("role: collections", "role: legal", "20:9", "A CALL-BACK is not for legal", "collections"),
    ("{bill: bill.number}", "{bil: bill.number}", "21:13", "bil is not in the context", ""),
    ("after: 7 days", "after: 2 business days", "23:10", "Nobody says when", "Add calendar:"),
    ("after: 7 days", "calendar: UK\n  after: 7 days", "23:13", "no calendar UK", ""),
    ("FOLLOW-UP", "FOLLOW-UPS", "27:12", "no process FOLLOW-UPS", "Did you mean FOLLOW-UP?"),
    ("  when: level != null\n", "  when: bill.nr\n", "28:14", "no field bill.nr", "bill.number?"),
    ("payload: {bill: bill.number}", "payload: {}", "26:1", "bill is missing", "Add bill"),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), TYPES)
def test_a_mistake_in_a_contact_type_is_told_where_it_stands(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    expect(told(desk, "collect-reminded/contact-type.yaml", old, new), place, message, mend)


ALERTS = [
    ("class: COLLECT", "class: COLECT", "5:19", "no contact-class COLECT", "COLLECT?"),
    ("class: COLLECT", "type: COLLECT-X", "5:18", "no contact-type COLLECT-X", "COLLECT-REMINDED"),
    ("class: COLLECT, ", "", "5:1", "counted by one thing", "class: or type:"),
    ("at-least: 3", "at-least: 0", "5:38", "greater than or equal to 1", ""),
    ("severity: danger", "severity: panic", "4:11", "panic", "info, warning, danger"),
    ("severity: danger", "mark: vip", "1:1", "about one thing", "contacts:, mark:, need:"),
    (
        "contacts: {class: COLLECT, at-least: 3, within: 365 days}",
        "mark: grumpy",
        "5:7",
        "grumpy",
        "open-to-dos",
    ),
    (
        "contacts: {class: COLLECT, at-least: 3, within: 365 days}",
        "roles: [fraud]",
        "1:1",
        "about one thing",
        "contacts:, mark:, need:",
    ),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), ALERTS)
def test_a_mistake_in_an_alert_is_told_where_it_stands(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    expect(told(desk, "often-reminded/alert.yaml", old, new), place, message, mend)


CLASSES = [
    ("code: COLLECT", "code: collect", "2:7", "not written as it should be", ""),
    ("title: Collection", "titel: Collection", "3:1", "titel", "title"),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), CLASSES)
def test_a_mistake_in_a_contact_class_is_told_where_it_stands(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    expect(told(desk, "collect/contact-class.yaml", old, new), place, message, mend)


def expect(problems: list[str], place: str, message: str, mend: str) -> None:
    found = [each for each in problems if f":{place}:" in each]
    assert found, problems
    assert message in found[0], found
    assert mend in found[0], found
