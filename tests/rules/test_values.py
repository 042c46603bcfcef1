"""A value expression gives what its author reads: to the penny, in its kind, or a named error."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openccm.rules.expressions import compile_value
from openccm.rules.findings import ExpressionError, RuleError
from openccm.rules.shapes import BOOLEAN, NUMBER, TEXT, Kind, Shape

LINE = Shape("object", fields={"text": TEXT, "amount": NUMBER})
FIELDS = {
    "bill": Shape(
        "object",
        fields={
            "number": TEXT,
            "amount": Shape("number", currency="EUR"),
            "due_date": Shape("date"),
            "sent_at": Shape("datetime"),
            "paid": BOOLEAN,
            "lines": Shape("list", item=LINE),
        },
    ),
    "agent": TEXT,
    "fee": Shape("number", currency="GBP"),
    "today": Shape("date"),
}
BONN = timezone(timedelta(hours=1))
DATA: dict[str, Any] = {
    "bill": {
        "number": "B-417",
        "amount": Decimal("186.40"),
        "due_date": date(2026, 1, 31),
        "sent_at": datetime(2026, 1, 1, 9, tzinfo=BONN),
        "paid": False,
        "lines": [
            {"text": "Water", "amount": Decimal("86.40")},
            {"text": "Energy", "amount": Decimal("100.00")},
        ],
    },
    "agent": None,
    "today": date(2026, 2, 2),
}


def value(source: str, data: dict[str, Any] = DATA) -> Any:
    return compile_value(source, FIELDS).evaluate(data)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("bill.amount * 0.2", Decimal("37.28")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("bill.amount - 186.4", Decimal(0)),
        ("-bill.amount", Decimal("-186.4")),
        ("10 / 4", Decimal("2.5")),
        ("42", Decimal(42)),
        ("size(bill.lines)", Decimal(2)),
        ("bill.lines[1].amount", Decimal(100)),
        ("today", date(2026, 2, 2)),
        ('date("2026-03-01")', date(2026, 3, 1)),
        ('today + duration("14 days")', date(2026, 2, 16)),
        ("today - bill.due_date", timedelta(days=2)),
        ('duration("36h")', timedelta(hours=36)),
        ('timestamp("2026-01-31T09:00:00+01:00")', datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ('bill.sent_at + duration("1 hour")', datetime(2026, 1, 1, 9, tzinfo=UTC)),
        ("bill.number", "B-417"),
        ('"Bill " + bill.number + "!"', "Bill B-417!"),
        ('bill.paid ? "settled" : "open"', "open"),
        ("bill.amount > 100 ? bill.amount : 100", Decimal("186.4")),
        ("bill.amount > 100 && !bill.paid", True),
        ("bill.paid", False),
        ('agent != null ? agent : "nobody"', "nobody"),
        ("bill.lines.map(line, line.text)", ["Water", "Energy"]),
        (
            "bill.lines.filter(line, line.amount > 90)",
            [{"text": "Energy", "amount": Decimal(100)}],
        ),
        ('["a", bill.number]', ["a", "B-417"]),
        ("[]", []),
    ],
)
def test_a_value_is_what_was_written(source: str, expected: object) -> None:
    found = value(source)

    assert found == expected
    assert type(found) is type(expected)


def test_a_bare_field_is_handed_on_as_it_stands() -> None:
    assert str(value("bill.amount")) == "186.40"
    assert value("bill.sent_at").tzinfo is BONN
    assert value("bill") == DATA["bill"]
    assert value("bill.lines") == DATA["bill"]["lines"]
    assert value("bill.amount", {"bill": {"amount": 5}}) == Decimal(5)
    assert len(value("bill.lines", {"bill": {"lines": [{"text": "x"}] * 5_000}})) == 5_000


def test_what_is_handed_on_is_a_copy_of_what_is_declared() -> None:
    data: dict[str, Any] = {"bill": {"number": "B-1", "secret": "x", "lines": [{"text": "Water"}]}}

    found = value("bill", data)
    found["lines"][0]["text"] = "Wine"

    assert "secret" not in found
    assert data["bill"]["lines"] == [{"text": "Water"}]


def test_only_a_bare_field_may_have_no_value() -> None:
    assert value("agent") is None
    assert value("bill.number", {}) is None
    with pytest.raises(RuleError, match="There is no value for agent") as caught:
        value('"To " + agent')
    assert caught.value.missing == ("agent",)
    with pytest.raises(RuleError, match=r"no value for agent, bill\.number"):
        value("agent + bill.number", {})
    with pytest.raises(RuleError, match="divides by zero"):
        value("1 / (bill.amount - bill.amount)")


@pytest.mark.parametrize(
    ("source", "bill"),
    [
        ("bill.amount", {"amount": "186.40"}),
        ("bill.amount", {"amount": True}),
        ("bill.lines", {"lines": [{"text": 7}]}),
        ("bill.lines", {"lines": [{"text": "x"}] * 10_001}),
        ("bill", {"number": 7}),
        ("bill.due_date", {"due_date": datetime(2026, 1, 1, tzinfo=UTC)}),
    ],
)
def test_a_field_of_another_kind_is_not_handed_on(source: str, bill: dict[str, Any]) -> None:
    with pytest.raises(RuleError, match=r"^bill\."):
        value(source, {"bill": bill})


def test_a_value_knows_its_shape_and_what_it_reads() -> None:
    expression = compile_value("agent != null ? bill.amount * 2 : 0 - size(agent)", FIELDS)
    whole = compile_value("bill", FIELDS)

    assert expression.shape == Shape("number", currency="EUR")
    assert expression.reads == {"bill.amount", "agent"}
    assert expression.guards == {"agent"}
    assert whole.reads == {"bill"}
    assert whole.shape == FIELDS["bill"]
    assert whole.source == "bill"


@pytest.mark.parametrize(
    ("source", "kind", "message", "mend"),
    [
        ("bill.number", "number", "This is a text, and a number belongs here.", "186.40"),
        ("bill.amount", "text", "This is a number, and a text belongs here.", "quotes"),
        ("bill", "text", "This is a group of fields, and a text belongs here.", "quotes"),
        ('"2026-01-31"', "date", "a text, and a date belongs", 'date("2026-01-31")'),
        ("today", "datetime", "a date, and a date with time belongs", "timestamp"),
        ("bill.amount", "boolean", "a number, and true or false belongs", "Compare"),
        ("bill.amount", "duration", "a number, and a duration belongs", "3 days"),
        ("bill.number", "list", "a text, and a list belongs", "another field"),
        ("null", None, "null is no value", "Name a field"),
        ("bil.number", None, "There is no field bil", "Did you mean bill"),
        ("bill.paid ? 1 : 'x'", None, "two results", "same kind"),
        ("bill.paid ? bill.amount : fee", None, "EUR and GBP are different", "one currency"),
        ("bill == bill", None, "group", "bill.number"),
    ],
)
def test_a_value_of_the_wrong_kind_is_found_when_it_is_written(
    source: str, kind: Kind | None, message: str, mend: str
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_value(source, FIELDS, kind)

    assert message in caught.value.findings[0].message
    assert mend in caught.value.findings[0].mend


AMOUNTS = st.decimals(min_value=-(10**6), max_value=10**6, places=2)


@given(AMOUNTS, AMOUNTS)
def test_calculated_amounts_are_exact(left: Decimal, right: Decimal) -> None:
    found = value(f"bill.amount + {right}", {"bill": {"amount": left}})

    assert isinstance(found, Decimal)
    assert found == left + right
    assert not (found == 0 and found.is_signed())
