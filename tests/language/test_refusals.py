"""A definition that is wrong in itself is refused with file, line, column, path and a mend."""

import pytest

from openccm.language.loader import load_folder
from tests.language.desk import Desk

CASES = [
    # what is replaced, by what, where it is told, what is told
    ("code: BILL-READY", "code: bill-ready", "2:7", "$.code", "'bill-ready' is not", "BILL-READY"),
    ("code: BILL-READY", "code: 42", "2:7", "$.code", "A text belongs", "quotes"),
    ("code: BILL-READY\n", "", "1:1", "$", "code is missing", "Add code:"),
    ("code: BILL-READY", "code:", "2:6", "$.code", "A text belongs", "Write a text"),
    ("title: Your", "titel: Your", "3:1", "$.titel", "titel is not known", "Did you mean title?"),
    (
        "category: service",
        "category: marketting",
        "4:11",
        "$.category",
        "'marketting' is not possible",
        "Did you mean marketing?",
    ),
    ("[en, de]", "[en, Deutsch]", "7:17", "$.languages[1]", "'Deutsch' is not", "en-GB"),
    ("[en, de]", "[en, en]", "7:12", "$.languages", "stands twice", "once"),
    ("[en, de]", "[]", "7:12", "$.languages", "At least one", "Add one"),
    ("[en, de]", "en", "7:12", "$.languages", "A list belongs", "[one, two]"),
    ("30 days", "30 dayz", "10:11", "$.duplicate.within", "no duration", "30 days"),
    ("30 days", "0 days", "10:11", "$.duplicate.within", "no duration", "30 days"),
    ("30 days", "999999 weeks", "10:11", "$.duplicate.within", "ten years", "shorter"),
    ("type: text,", "type: txt,", "12:25", "$.data['bill.number'].type", "'txt'", "mean text?"),
    (
        "from: payload}",
        "form: payload}",
        "12:32",
        "$.data['bill.number'].form",
        "form",
        "mean from?",
    ),
    (
        "bill.amount: ",
        "bill.Amount: ",
        "13:3",
        "$.data['bill.Amount']",
        "'bill.Amount'",
        "due_date",
    ),
    ("bill.amount: ", "bill.in: ", "13:3", "$.data['bill.in']", "language", "another name"),
    (
        "fields: {text: {type: text}, amount: {type: money}}",
        "label: Lines",
        "15:3",
        "$.data['bill.lines']",
        "names its parts",
        "fields:",
    ),
    (
        "amount: {type: money}}",
        "amount: {typ: money}}",
        "18:43",
        "$.data['bill.lines'].fields.amount.typ",
        "typ is not known",
        "Did you mean type?",
    ),
    (
        "{type: money, from: billing}",
        "{type: text, from: billing, currency: EUR}",
        "13:3",
        "$.data['bill.amount']",
        "Only money",
        "type: money",
    ),
    ("missing: hide", "missing: hidden", "19:55", "$.data.agent_name.missing", "'hidden'", "hide"),
    ("missing: hide", "missing: wait", "19:3", "$.data.agent_name", "waited for", "fail or hide"),
    (
        "missing: hide",
        "missing: {defalt: x}",
        "19:56",
        "$.data.agent_name.missing.defalt",
        "defalt is not known",
        "Did you mean default?",
    ),
    (
        "reason: nothing_to_pay",
        "reason: Nothing to pay",
        "21:53",
        "$.eligibility['something-to-pay'].reason",
        "'Nothing to pay'",
        "",
    ),
    (
        "{name: Brightwater Energy, ",
        "{",
        "25:5",
        "$.channels.email.from",
        "name is missing",
        "name:",
    ),
    (
        "service@brightwater.example",
        "brightwater",
        "25:47",
        "$.channels.email.from.address",
        "'brightwater'",
        "service@example.org",
    ),
    ("bounced,", "bouncd,", "28:21", "$.channels.letter.after[1]", "'bouncd'", "mean bounced?"),
    (
        "  letter:\n",
        "  letter: yes\n  other:\n",
        "27:11",
        "$.channels.letter",
        "Named values",
        "{}",
    ),
    ('"21:00"', '"25:00"', "29:21", "$['quiet-hours'].from", "no time of day", '"21:00"'),
    ("until: 08:00", "until: 21:00", "29:1", "$['quiet-hours']", "same time", "two times"),
    (
        'quiet-hours: {from: "21:00", until: 08:00}',
        "quiet-hours: never",
        "29:14",
        "$['quiet-hours']",
        "'never' is not possible",
        "none",
    ),
    ("quiet-hours:", "quiet_hours:", "29:1", "$.quiet_hours", "not known", "mean quiet-hours?"),
    ("1 hour]", "1 hour, 3]", "30:50", "$.retry[4]", "no duration", "15 minutes"),
    ("ambiguous: resend", "ambiguous: sometimes", "31:12", "$.ambiguous", "'sometimes'", "resend"),
    ("kind: communication", "kind: campaign", "1:7", "$.kind", "defines a communication", "kind:"),
    ("kind: communication\n", "", "1:1", "$", "kind is missing", "Add kind:"),
    ("title: Your bill is ready", f"title: {'x' * 500}", "3:8", "$.title", "too long", "Shorten"),
]


@pytest.mark.parametrize(("old", "new", "place", "path", "message", "mend"), CASES)
def test_a_mistake_is_told_where_it_was_made(
    desk: Desk, old: str, new: str, place: str, path: str, message: str, mend: str
) -> None:
    desk.replace(old, new)

    loaded = load_folder(desk.communication.parent)

    assert isinstance(loaded, list)
    told = {(f"{found.line}:{found.column}", found.path): found for found in loaded}
    assert (place, path) in told, "\n".join(map(str, loaded))
    assert message in told[place, path].message
    assert mend in told[place, path].mend
    assert told[place, path].file == "bill-ready/communication.yaml"


SERVICE_CASES = [
    ("http: {", "https: {", "4:1", "$.https", "not known", "http"),
    ("http: {", "python: brightwater\nhttp: {", "1:1", "$", "one way", "either"),
    ('"env:OPENCCM_DEMO_BILLING_SECRET"', "hunter2", "4:73", "$.http.secret", "'hunter2'", "env:"),
    ('"env:OPENCCM_DEMO_BILLING_URL"', "ftp://x", "4:13", "$.http.url", "'ftp://x'", "https://"),
    ("personal", "secret", "6:62", "$.fields['bill.amount'].sensitivity", "'secret'", "personal"),
    ("kind: data-service", "kind: service", "1:7", "$.kind", "defines a data-service", "kind:"),
]


@pytest.mark.parametrize(("old", "new", "place", "path", "message", "mend"), SERVICE_CASES)
def test_a_mistake_in_a_data_service_is_told_too(
    desk: Desk, old: str, new: str, place: str, path: str, message: str, mend: str
) -> None:
    desk.replace(old, new, desk.service)

    loaded = load_folder(desk.service.parent)

    assert isinstance(loaded, list)
    told = {(f"{found.line}:{found.column}", found.path): found for found in loaded}
    assert (place, path) in told, "\n".join(map(str, loaded))
    assert message in told[place, path].message
    assert mend in told[place, path].mend


def test_all_mistakes_are_told_at_once_in_reading_order(desk: Desk) -> None:
    desk.replace("title: Your", "titel: Your")
    desk.replace("category: service", "category: other\ncategory: service")
    desk.replace("30 days", "30 dayz")
    desk.replace("bounced,", "bouncd,")

    told = desk.told()

    assert len(told) == 5
    assert [line.split(":")[1] for line in told] == ["1", "3", "5", "11", "29"]
