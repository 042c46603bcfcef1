"""References that lead nowhere, channels never used, rules and templates that cannot work."""

import pytest

from tests.language.desk import Desk


def test_a_sound_library_has_no_problems(desk: Desk) -> None:
    assert desk.told() == []


EMAIL = "  email:\n"
LETTER = "  letter:\n    after: [failed, bounced, no_contact_point]"

CASES = [
    # channels
    ("  letter:\n", "  leter:\n", "27:3", "no channel leter", "Did you mean letter?"),
    (EMAIL, "  email:\n    after: [failed]\n", "24:5", "comes after nothing", "Take after"),
    ("[failed, bounced, no_contact_point]", "[]", "27:3", "never used", "bounced"),
    (LETTER, "  letter: {}", "27:3", "never used", "no_contact_point"),
    ("[failed, bounced", "[returned, bounced", "28:13", "email never ends as returned", "failed"),
    (LETTER, f"{LETTER}\n  letter:\n    after: [failed]", "29:3", "stands twice", "Keep one"),
    ("attach: [letter]", "attach: [leter]", "26:14", "leter is not among", "mean letter?"),
    ("attach: [letter]", "attach: [email]", "26:14", "leads back to email", "attach nothing"),
    ("attach: [letter]", "attach: [letter, letter]", "26:22", "twice", "Keep one"),
    (LETTER, f"{LETTER}\n    attach: [email]", "29:14", "carries no attachments", "Take attach"),
    (LETTER, f"{LETTER}\n    subject: {{en: x}}", "29:5", "letter has no subject", "Take it out"),
    (', de: "Ihre Rechnung {{ bill.number }} ist da"', "", "24:5", "missing in de", 'de: "'),
    ('de: "Ihre', 'fr: "Ma", de: "Ihre', "24:59", "fr is not among", "en, de"),
    # languages and templates
    ("[en, de]", "[en, fr]", "23:3", "email has no template in fr", "templates/email.fr.html"),
    # data
    (
        "{type: money, from: billing}",
        "{type: money, from: bilin}",
        "13:38",
        "no data service bilin",
        "billing?",
    ),
    (
        "  bill.due_date: ",
        "  bill.duedate: ",
        "14:37",
        "billing has no bill.duedate",
        "bill.due_date?",
    ),
    (
        "{type: money, from: billing}",
        "{type: number, from: billing}",
        "13:25",
        "gives money",
        "type: money",
    ),
    (
        "{type: money, from: billing}",
        "{type: money, from: billing, currency: EUR}",
        "13:57",
        "no fixed currency",
        "currency of the service",
    ),
    ("amount: {type: money}}", "amount: {type: number}}", "18:49", "gives money", "type: money"),
    ("amount: {type: money}}", "amont: {type: money}}", "18:34", "gives no amont", "mean amount?"),
    (
        "  bill.number: ",
        "  bill: {type: text, from: payload}\n  bill.number: ",
        "12:3",
        "a group",
        "Rename",
    ),
    (
        "  agent_name: ",
        "  today: {type: date, from: payload}\n  agent_name: ",
        "19:3",
        "always there",
        "another",
    ),
    ("missing: hide", "missing: {default: 7}", "19:65", "not a text", "quotes"),
    ("[bill.number]", "[bill.nummer]", "9:8", "no field bill.nummer", "mean bill.number?"),
    ("[bill.number]", "[bill.amount]", "9:8", "not known yet", "payload"),
    # rules
    ("bill.amount > 0", "bill.amout > 0", "21:33", "no field bill.amout", "mean bill.amount?"),
    ("bill.amount > 0", "bill.amount > ", "21:41", "Found the end", "Complete"),
    ("bill.amount > 0", "bill.amount > bill.number", "21:40", "a number with a text", "quotes"),
    ("bill.amount > 0", "bill.amount", "21:33", "a number", "Compare"),
    # subjects
    (
        "Your bill {{ bill.number }}",
        "Your bill {{ bill.nr }}",
        "24:33",
        "no bill.nr",
        "bill.number?",
    ),
    ("Your bill {{ bill.number }}", "Your bill {{ bill.number", "24:19", "", "subject"),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), CASES)
def test_what_cannot_work_is_told_where_it_stands(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    desk.replace(old, new)

    problems = desk.problems()

    told = [found for found in problems if f"{found.line}:{found.column}" == place]
    assert told, "\n".join(map(str, problems))
    assert any(message in found.message and mend in found.mend for found in told), told
    assert all(found.severity == "error" for found in told)


def test_attachments_that_lead_in_a_circle_are_told(desk: Desk) -> None:
    desk.replace("attach: [letter]", "attach: [copy]")
    desk.replace(LETTER, f"{LETTER}\n  copy:\n    after: [failed]\n    attach: [email]")

    told = " ".join(desk.told())

    assert "copy leads back to email" in told


def test_a_missing_data_service_is_told_and_harms_nobody_else(desk: Desk) -> None:
    desk.service.write_text("kind: data-service\n")

    told = desk.told()

    assert any("billing/service.yaml:1:1: code is missing" in line for line in told)
    assert any("There is no data service billing" in line for line in told)


def test_a_template_that_reads_what_nobody_declares_is_told(desk: Desk) -> None:
    template = desk.root / "bill-ready" / "templates" / "email.en.html"
    template.write_text("<p>\n{{ person.nickname }} {{ bill.lines }} {{ bil.amount }}</p>")

    problems = [found for found in desk.problems() if found.severity == "error"]

    assert [(found.file, found.line, found.column, found.message) for found in problems] == [
        ("bill-ready/templates/email.en.html", 2, 4, "There is no person.nickname."),
        ("bill-ready/templates/email.en.html", 2, 43, "There is no bil.amount."),
    ]
    assert problems[1].mend == "Did you mean bill.amount?"


def test_an_entry_of_a_list_has_only_its_declared_parts(desk: Desk) -> None:
    template = desk.root / "bill-ready" / "templates" / "letter.en.html"
    template.write_text("{% for line in bill.lines %}{{ line.text }}{{ line.price }}{% endfor %}")

    told = desk.told()

    assert len(told) == 1
    assert "letter.en.html:1:52: There is no bill.lines[].price." in told[0]


def test_a_template_that_is_no_template_is_told(desk: Desk) -> None:
    template = desk.root / "bill-ready" / "templates" / "email.en.html"
    template.write_text("<p>\n{% if %}")

    told = desk.told()

    assert "bill-ready/templates/email.en.html:2:1: " in told[0]


def test_marketing_needs_a_way_out_in_what_can_be_clicked(desk: Desk) -> None:
    desk.replace("category: service", "category: marketing")

    told = [str(found) for found in desk.problems() if found.severity == "error"]

    assert [line.split(":")[0] for line in told] == [
        "bill-ready/templates/email.de.html",
        "bill-ready/templates/email.en.html",
    ]
    assert "unsubscribe_url" in told[0]


def test_a_template_nobody_uses_is_a_warning(desk: Desk) -> None:
    (desk.root / "bill-ready" / "templates" / "sms.en.txt").write_text("x")

    problems = desk.problems()

    assert [(found.file, found.severity) for found in problems] == [
        ("bill-ready/templates/sms.en.txt", "warning")
    ]


def test_a_field_that_is_fetched_and_never_read_is_a_warning(desk: Desk) -> None:
    for language in ("en", "de"):
        (desk.root / "bill-ready" / "templates" / f"letter.{language}.html").write_text("x")

    problems = desk.problems()

    assert [(found.path, found.severity) for found in problems] == [
        ("$.data['bill.lines']", "warning")
    ]


def test_a_rule_over_a_value_that_may_be_hidden_is_a_warning(desk: Desk) -> None:
    desk.replace("bill.amount > 0", "agent_name == 'Ada'")
    assert [found.severity for found in desk.problems()] == ["warning"]

    desk.replace("agent_name == 'Ada'", "agent_name != null && agent_name == 'Ada'")
    assert desk.problems() == []


SAMPLES = [
    ("bill.number: B-417", "bill.number: 417", "5:16", "not a text", "quotes"),
    ("amount: 186.40", "amount: a lot", "7:13", "not an amount", "186.40"),
    ("2026-01-31", "31.1.2026", "8:15", "not a date", "2026-01-31"),
    ("due_date: 2026", "duedate: 2026", "8:5", "bill.duedate is not declared", "bill.due_date"),
    ("  bill.number: B-417\n", "", "4:1", "no example of bill.number", "bill.number:"),
    ("amount: 100}", "amont: 100}", "10:23", "amont is not declared", "amount"),
    ("{text: Water, amount: 100}", "{text: Water}", "10:9", "amount is missing", "amount"),
    ("language: de", "language: fr", "2:11", "not among", "en, de"),
    ("language: de", "langage: de", "2:1", "not known", "language"),
    ("title: An ordinary bill", "title: [", "3:7", "not closed", ""),
]


@pytest.mark.parametrize(("old", "new", "place", "message", "mend"), SAMPLES)
def test_a_sample_that_does_not_fit_the_data_is_told(
    desk: Desk, old: str, new: str, place: str, message: str, mend: str
) -> None:
    sample = desk.root / "bill-ready" / "samples" / "ordinary.yaml"
    desk.replace(old, new, sample)

    problems = desk.problems()

    assert problems[0].file == "bill-ready/samples/ordinary.yaml"
    told = {f"{found.line}:{found.column}": found for found in problems}
    assert place in told, "\n".join(map(str, problems))
    assert message in told[place].message
    assert mend in told[place].mend
