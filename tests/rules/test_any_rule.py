"""Whatever is written and whatever the data: an answer or a finding, and sums to the penny."""

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.rules.expressions import compile_expression
from openccm.rules.findings import ExpressionError, RuleError
from openccm.rules.shapes import BOOLEAN, NUMBER, TEXT, Shape

FIELDS = {
    "bill": Shape(
        "object",
        fields={
            "number": TEXT,
            "amount": NUMBER,
            "paid": BOOLEAN,
            "due_date": Shape("date"),
            "lines": Shape("list", item=Shape("object", fields={"amount": NUMBER})),
        },
    ),
    "agent": TEXT,
}
WORDS = (
    *("bill.amount", "bill.number", "bill.paid", "bill.lines", "bill.due_date", "agent"),
    *("l", "l.amount", "1", "0.5", "'x'", "true", "null", "(", ")", "[", "]", ".", ",", "?", ":"),
    *("+", "-", "*", "/", "%", "<", "<=", "==", "!=", "&&", "||", "!", "in", "size(", "has("),
    *(".all(l,", ".map(l,", ".filter(l,", ".startsWith(", ".matches(", "date('2026-01-01')", "//"),
)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**5)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "bill": st.fixed_dictionaries(
            {},
            optional={
                "amount": AMOUNTS | st.decimals() | st.integers() | st.none() | st.text(),
                "number": st.text() | st.none(),
                "paid": st.booleans(),
                "due_date": st.dates(),
                "lines": st.lists(st.dictionaries(st.just("amount"), st.integers())),
            },
        ),
        "agent": st.text() | st.none(),
    },
)


def outcome(source: str, data: Mapping[str, object]) -> bool | str:
    try:
        return compile_expression(source, FIELDS).evaluate(data)
    except (ExpressionError, RuleError) as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join), DATA)
def test_no_text_and_no_data_cause_a_stray_exception(source: str, data: dict[str, object]) -> None:
    assert outcome(source, data) in (True, False) or outcome(source, data)


NUMBERS = st.recursive(
    AMOUNTS.map(str) | st.just("bill.amount") | st.just("size(bill.number)"),
    lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(
        lambda parts: f"({' '.join(parts)})"
    ),
    max_leaves=8,
)
CONDITIONS = st.recursive(
    st.tuples(NUMBERS, st.sampled_from(("<", "<=", "==", "!=", ">")), NUMBERS).map(" ".join)
    | st.sampled_from(("bill.paid", "agent == null", "bill.lines.all(l, l.amount > 0)")),
    lambda inner: st.one_of(
        inner.map(lambda part: f"!({part})"),
        st.tuples(inner, st.sampled_from(("&&", "||")), inner).map(" ".join),
        st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts)),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(CONDITIONS, DATA)
def test_every_well_typed_rule_compiles(source: str, data: dict[str, object]) -> None:
    try:
        expression = compile_expression(source, FIELDS)
    except ExpressionError as error:
        assert "nested too deeply" in str(error) or "longer than" in str(error)  # noqa: PT017
        return
    try:
        assert expression.evaluate(data) in (True, False)
    except RuleError as error:
        assert str(error)  # noqa: PT017


@settings(max_examples=200, deadline=None)
@given(AMOUNTS, AMOUNTS)
def test_calculations_agree_with_decimals(left: Decimal, right: Decimal) -> None:
    data = {"bill": {"amount": left}}

    assert outcome(f"bill.amount + {right} == {left + right}", data) is True
    assert outcome(f"bill.amount - {right} == {left - right}", data) is True
    assert outcome(f"bill.amount * {right} == {left * right}", data) is True
    assert outcome(f"bill.amount < {right}", data) is (left < right)
