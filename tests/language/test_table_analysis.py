"""What the analysis says of a table is what trying every value says."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from openccm.language.tables import table_of
from openccm.rules.decision_tables import DecisionTable
from openccm.rules.findings import RuleError
from openccm.rules.table_analysis import Analysis, analyse
from tests.language.tables import defined

HALVES = [Decimal(step) / 2 for step in range(-1, 10)]
WHOLES = [Decimal(step) for step in range(-1, 6)]
GRID: Mapping[str, Sequence[Any]] = {
    "amount": HALVES,
    "days": WHOLES,
    "segment": ["RES", "COM", "IND", None],
    "paid": [True, False],
}
INPUTS = {
    "amount": {"type": "money"},
    "days": {"type": "number", "whole": True, "values": ">= 0"},
    "segment": {"type": "text", "optional": True},
    "paid": {"type": "boolean"},
}


class Cell(NamedTuple):
    """How a cell is written, and what that means without our code."""

    written: Any
    fits: Callable[[Any], bool]


def number_cells() -> st.SearchStrategy[Cell]:
    values = st.integers(0, 4)
    ends = st.tuples(values, values).filter(lambda pair: pair[0] < pair[1])
    single = st.one_of(
        values.map(lambda v: Cell(v, lambda x: x == v)),
        values.map(lambda v: Cell(f"< {v}", lambda x: x < v)),
        values.map(lambda v: Cell(f"<={v}", lambda x: x <= v)),
        values.map(lambda v: Cell(f"> {v}", lambda x: x > v)),
        values.map(lambda v: Cell(f">= {v}", lambda x: x >= v)),
        values.map(lambda v: Cell(f"!= {v}", lambda x: x != v)),
        ends.map(lambda e: Cell(f"[{e[0]}..{e[1]}]", lambda x: e[0] <= x <= e[1])),
        ends.map(lambda e: Cell(f"({e[0]}..{e[1]}]", lambda x: e[0] < x <= e[1])),
        ends.map(lambda e: Cell(f"[{e[0]} .. {e[1]})", lambda x: e[0] <= x < e[1])),
    )
    return composed(single)


def text_cells() -> st.SearchStrategy[Cell]:
    single = st.one_of(
        st.sampled_from(["RES", "COM"]).map(lambda v: Cell(v, lambda x: x == v)),
        st.sampled_from(["RES", "COM"]).map(
            lambda v: Cell(f"not {v}", lambda x: x not in (v, None))
        ),
    )
    return composed(single) | st.just(Cell("missing", lambda x: x is None))


def composed(single: st.SearchStrategy[Cell]) -> st.SearchStrategy[Cell]:
    several = st.lists(single, min_size=1, max_size=3)
    return st.one_of(
        single,
        several.map(
            lambda all_: Cell([c.written for c in all_], lambda x: any(c.fits(x) for c in all_))
        ),
        several.map(
            lambda all_: Cell(
                {"not": [c.written for c in all_]},
                lambda x: x is not None and not any(c.fits(x) for c in all_),
            )
        ),
    )


BOOLEANS = st.booleans().map(lambda v: Cell(v, lambda x: x == v))
ROW = st.fixed_dictionaries(
    {},
    optional={
        "amount": number_cells(),
        "days": number_cells(),
        "segment": text_cells(),
        "paid": BOOLEANS,
    },
)
ROWS = st.lists(ROW, min_size=1, max_size=6)


def built(policy: str, rows: list[dict[str, Cell]], **more: Any) -> DecisionTable:
    written = {
        f"r{index}": {
            "when": {name: cell.written for name, cell in row.items()},
            "then": {"answer": f"a{index % 2}"},
        }
        | ({"priority": index % 3 + 1} if policy == "priority" else {})
        for index, row in enumerate(rows)
    }
    return table_of(defined(policy=policy, inputs=INPUTS, rows=written, **more))


def points() -> list[dict[str, Any]]:
    allowed = {**GRID, "days": [day for day in WHOLES if day >= 0]}
    return [dict(zip(allowed, values, strict=True)) for values in product(*allowed.values())]


POINTS = points()


def matches(rows: list[dict[str, Cell]], point: Mapping[str, Any]) -> list[int]:
    return [
        index
        for index, row in enumerate(rows)
        if all(cell.fits(point[name]) for name, cell in row.items() if point[name] is not None)
        and all(point[name] is not None or row[name].written == "missing" for name in row)
    ]


def looked_at(policy: str, rows: list[dict[str, Cell]], **more: Any) -> Analysis:
    found = analyse(built(policy, rows, **more))
    assert found.complete
    return found


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_an_overlap_is_found_exactly_where_two_rows_match(rows: list[dict[str, Cell]]) -> None:
    pairs = {
        (f"r{one}", f"r{other}")
        for found in (matches(rows, point) for point in POINTS)
        for one in found
        for other in found
        if one < other
    }
    clashes = looked_at("unique", rows).clashes

    assert {clash.rows for clash in clashes} == pairs
    for clash in clashes:
        assert {int(name[1:]) for name in clash.rows} <= set(matches(rows, clash.sample))


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_a_gap_is_found_exactly_where_no_row_matches(rows: list[dict[str, Cell]]) -> None:
    open_points = [point for point in POINTS if not matches(rows, point)]
    gaps = looked_at("first", rows).gaps

    assert bool(gaps) == bool(open_points)
    assert all(not matches(rows, gap) for gap in gaps)
    spare = looked_at("first", rows, otherwise={"answer": "x"})
    assert spare.spare_otherwise == (not open_points)
    assert spare.gaps == ()


@settings(max_examples=120, deadline=None)
@given(ROWS)
def test_a_row_is_unreachable_exactly_where_it_never_comes_first(
    rows: list[dict[str, Cell]],
) -> None:
    found = [matches(rows, point) for point in POINTS]
    somewhere = {index for each in found for index in each}
    first = {each[0] for each in found if each}
    foremost = {
        index for each in found for index in each if index % 3 == min(other % 3 for other in each)
    }

    unreachable = looked_at("first", rows).unreachable
    assert {each.row for each in unreachable} == {f"r{index}" for index in somewhere - first}
    beaten = looked_at("priority", rows).unreachable
    assert {each.row for each in beaten} == {f"r{index}" for index in somewhere - foremost}


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_an_evaluation_names_the_rows_that_match(
    rows: list[dict[str, Cell]], data: st.DataObject
) -> None:
    tables = {policy: built(policy, rows) for policy in ("first", "collect", "unique", "any")}
    for point in data.draw(st.lists(st.sampled_from(POINTS), min_size=5, max_size=20)):
        found = [f"r{index}" for index in matches(rows, point)]

        assert list(tables["collect"].evaluate(point).rows) == found
        assert answer_of(tables["first"], point) == (found[:1] or None)
        assert answer_of(tables["unique"], point) == (found if len(found) == 1 else None)
        agree = len({int(name[1:]) % 2 for name in found}) == 1
        assert answer_of(tables["any"], point) == (found if agree else None)


def answer_of(table: DecisionTable, point: Mapping[str, Any]) -> list[str] | None:
    try:
        return list(table.evaluate(point).rows)
    except RuleError:
        return None


def test_the_work_is_bounded_and_says_so() -> None:
    rows = {
        f"r{index}": {
            "when": {
                f"n{(index + k) % 6}": f"[{index * 7 % 50 + k}..{index * 7 % 50 + 60}]"
                for k in range(3)
            },
            "then": {"answer": "x"},
        }
        for index in range(200)
    }
    inputs = {f"n{index}": {"type": "number", "values": "[0..100]"} for index in range(6)}
    table = table_of(defined(inputs=inputs, rows=rows))

    assert not analyse(table, max_steps=50).complete
