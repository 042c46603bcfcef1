"""A rule that cannot work is refused when it is written, with the column and the mend."""

import pytest

from openccm.errors import DefinitionError
from openccm.rules.expressions import check_expression, compile_expression
from openccm.rules.shapes import BOOLEAN, NUMBER, TEXT, Shape

FIELDS = {
    "bill": Shape(
        "object",
        fields={
            "number": TEXT,
            "amount": Shape("number", currency="EUR"),
            "dollars": Shape("number", currency="USD"),
            "due_date": Shape("date"),
            "sent_at": Shape("datetime"),
            "paid": BOOLEAN,
            "lines": Shape("list", item=Shape("object", fields={"amount": NUMBER})),
        },
    ),
    "agent": TEXT,
}


@pytest.mark.parametrize(
    ("source", "column", "message", "mend"),
    [
        ("", 1, "empty", "condition"),
        ("bill.amount >", 14, "Found the end", "Complete"),
        ("bill.amount = 1", 13, "'='", "=="),
        ("bill.paid & true", 11, "'&'", "&&"),
        ("bill.paid and true", 11, "'and'", "&&"),
        ("not bill.paid", 5, "'bill'", ""),
        ("'open", 1, "no meaning", "Close"),
        ("bill.number == 'a\\qb'", 18, "no meaning", "\\\\"),
        ("bill.number == '\\ud800'", 17, "no character", ""),
        ("bill.number == '\ud800'", 17, "no character", ""),
        ("{'a': 1}", 1, "'{'", "declared field"),
        ("bill.amount > 12345678901234567", 15, "digits", "15"),
        ("bill.amout > 0", 6, "no field bill.amout", "bill.amount"),
        ("bil.amount > 0", 1, "no field bil", "bill"),
        ("bill.amount.cents > 0", 13, "no parts", "out"),
        ("bill > 0", 1, "group", "bill.number"),
        ("bill.amount", 6, "a number", "Compare"),
        ("bill.amount > 'x'", 13, "a number with a text", "quotes"),
        ("bill.due_date > '2026-01-31'", 15, "a date with a text", 'date("2026-01-31")'),
        ("bill.due_date > bill.sent_at", 15, "a date with time", "same kind"),
        ("bill.due_date > date('31.1.2026')", 17, "date cannot read", 'date("2026-01-31")'),
        ("bill.sent_at > timestamp('2026-01-31T08:00:00')", 16, "cannot read", "Z"),
        ("duration('soon') > duration('1h')", 1, "cannot read", "3 days"),
        ("bill.amount > bill.dollars", 13, "EUR and USD", "one currency"),
        ("bill.amount + bill.number == 1", 13, "no meaning between", "two numbers"),
        ("1 < 2 < 3", 7, "cannot compare", "same kind"),
        ("bill.paid > true", 11, "cannot compare", ""),
        ("bill.number in bill.number", 13, "looks into a list", "["),
        ("bill.number in [1, 2]", 13, "cannot compare", ""),
        ("bill.number in [1, 'a']", 16, "one kind", "Split"),
        ("bill.lines == bill.lines", 12, "cannot compare", ""),
        ("bill.lines['a'] == 1", 11, "whole number", "list[0]"),
        ("bill.lines.all(line, line.amount)", 27, "condition", "Compare"),
        ("bill.lines.all(line, line.amnt > 0)", 27, "no field amnt", "amount"),
        ("bill.lines.all(line.amount > 0)", 12, "name for its entries", "line"),
        ("bill.amount.all(x, true)", 13, "goes through a list", ""),
        ("bill.number.startWith('B')", 13, "no function startWith", "startsWith"),
        ("bill.number.startsWith(1)", 13, "cannot be used so", "a text"),
        ("bill.number.matches('[')", 21, "no regular expression", "pattern"),
        ("bill.number.matches(agent)", 13, "quoted pattern", "matches"),
        ("lenght(agent) > 0", 1, "no function lenght", ""),
        ("size(bill.amount) > 0", 1, "takes a text or a list", ""),
        ("has(agent)", 1, "part of a group", "!= null"),
        ("has(1)", 1, "part of a group", ""),
        ("1 == null", 1, "Only a field", "field"),
        ("bill.paid ? 1 : 'x'", 11, "two results", "same kind"),
        ("(" * 30 + "true" + ")" * 30, 25, "nested too deeply", "Split"),
        ("!" * 1_000 + "true", 24, "nested too deeply", "Split"),
        ("bill.amount" + " + 1" * 100 + " > 0", 1, "nested too deeply", "Split"),
        ("true && " * 400 + "true", 2_001, "longer than", "Split"),
    ],
)
def test_a_finding_names_column_and_mend(source: str, column: int, message: str, mend: str) -> None:
    finding = check_expression(source, FIELDS)[0]

    assert finding.column == column
    assert message in finding.message
    assert mend in finding.mend


def test_everything_is_found_at_once() -> None:
    findings = check_expression("bill.amout > 0 && bill.paid == 1 || agnt == 'x'", FIELDS)

    assert [finding.column for finding in findings] == [6, 29, 37]


def test_long_chains_are_not_deep() -> None:
    source = " && ".join(["bill.amount > 0"] * 100)

    assert compile_expression(source, FIELDS).evaluate({"bill": {"amount": 1}})


def test_the_error_is_one_about_definitions() -> None:
    with pytest.raises(DefinitionError, match=r"Column 6: There is no field bill\.x"):
        compile_expression("bill.x == 1", FIELDS)
