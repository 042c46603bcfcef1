"""Values become what was declared, or say where they do not fit."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openccm.language.fields import FieldShape
from openccm.language.values import nested, read_values

LINE = {"text": {"type": "text"}, "amount": {"type": "money"}}
FIELDS = {
    name: FieldShape.model_validate(shape)
    for name, shape in {
        "bill.number": {"type": "text"},
        "bill.amount": {"type": "money"},
        "bill.due_date": {"type": "date"},
        "bill.sent_at": {"type": "datetime"},
        "bill.paid": {"type": "boolean"},
        "bill.lines": {"type": "list", "fields": LINE},
        "contact": {"type": "object", "fields": {"name": {"type": "text"}}},
        "count": {"type": "number"},
    }.items()
}


def test_dotted_and_nested_names_mean_the_same() -> None:
    flat = {"bill.number": "B-1", "bill.amount": "186.40"}

    assert read_values(FIELDS, flat) == read_values(FIELDS, nested(flat))
    assert read_values(FIELDS, flat).values == {
        "bill.number": "B-1",
        "bill.amount": Decimal("186.40"),
    }


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("bill.amount", 186.4, Decimal("186.4")),
        ("bill.amount", 0.1 + 0.2, Decimal("0.3")),
        ("bill.amount", "-186.40", Decimal("-186.40")),
        ("count", 42, Decimal(42)),
        ("bill.due_date", "2026-01-31", date(2026, 1, 31)),
        ("bill.due_date", date(2026, 1, 31), date(2026, 1, 31)),
        ("bill.sent_at", "2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("bill.paid", False, False),
        ("bill.lines", [{"text": "a", "amount": 1}], [{"text": "a", "amount": Decimal(1)}]),
        ("bill.lines", [], []),
        ("contact", {"name": "Ada"}, {"name": "Ada"}),
    ],
)
def test_a_fitting_value_is_made_typed(name: str, raw: Any, value: Any) -> None:
    read = read_values(FIELDS, {name: raw})

    assert read.misfits == []
    assert read.values == {name: value}


@pytest.mark.parametrize(
    ("given_values", "path", "message"),
    [
        ({"bill.number": 417}, ("bill.number",), "not a text"),
        ({"bill.number": "a\0b"}, ("bill.number",), "not a text"),
        ({"bill.amount": True}, ("bill.amount",), "not an amount"),
        ({"bill.amount": "1e3"}, ("bill.amount",), "not an amount"),
        ({"bill.amount": float("nan")}, ("bill.amount",), "not an amount"),
        ({"bill.amount": "12345678901234.56"}, ("bill.amount",), "not an amount"),
        ({"bill.amount": 10**400}, ("bill.amount",), "not an amount"),
        ({"bill.due_date": "31.1.2026"}, ("bill.due_date",), "not a date"),
        ({"bill.due_date": "2026-02-30"}, ("bill.due_date",), "not a date"),
        ({"bill.sent_at": "2026-01-31T08:00:00"}, ("bill.sent_at",), "not a datetime"),
        ({"bill.paid": "yes"}, ("bill.paid",), "not true or false"),
        ({"bill.lines": {"text": "a"}}, ("bill.lines",), "not a list"),
        ({"bill.lines": ["a"]}, ("bill.lines", 0), "no named parts"),
        ({"bill.lines": [{"text": "a"}]}, ("bill.lines", 0), "amount is missing"),
        ({"bill": {"lines": [{"txt": "a"}]}}, ("bill", "lines", 0, "txt"), "not declared"),
        ({"contact": "Ada"}, ("contact",), "no named parts"),
        ({"bill": {"nummer": "B"}}, ("bill", "nummer"), "bill.nummer is not declared"),
        ({"bill": "B"}, ("bill",), "bill is not declared"),
        ({"bill.number": "B", "bill": {"number": "B"}}, ("bill", "number"), "given twice"),
    ],
)
def test_a_misfit_names_its_place(given_values: dict[str, Any], path: Any, message: str) -> None:
    misfits = read_values(FIELDS, given_values).misfits

    assert (path, True) in [(found.path, message in found.message) for found in misfits]


def test_what_is_null_or_absent_is_left_to_the_policy_of_the_field() -> None:
    read = read_values(FIELDS, {"bill.number": None})

    assert read.values == {}
    assert read.misfits == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("text", "amount", "name", "number", "x")), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from((*FIELDS, "bill", "x")), JSON))
def test_no_value_causes_anything_but_misfits(raw: dict[str, Any]) -> None:
    read = read_values(FIELDS, raw)

    assert read.values.keys() <= FIELDS.keys()
    assert all(found.mend for found in read.misfits)
