"""A decision table reads as it is written, answers by its policy, and is refused if it cannot."""

import time
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.loader import load_definitions
from openccm.language.table_cases import cases_failing, results_of
from openccm.language.tables import InvalidTable, table_of
from openccm.rules.decision_tables import Answer
from openccm.rules.findings import RuleError
from openccm.rules.table_analysis import analyse
from tests.language.tables import compiled, defined, problems_of

DEFINITIONS = Path(__file__).parents[2] / "definitions"


def fits(kind: dict[str, Any], cell: Any, value: Any) -> bool:
    """Whether a row with this one cell matches the value."""
    rows = {"row": {"when": {"x": cell}, "then": {"answer": "yes"}}}
    table = compiled(inputs={"x": kind}, rows=rows, otherwise={"answer": "no"})
    return table.evaluate({"x": value}).outputs == {"answer": "yes"}


@pytest.mark.parametrize(
    ("kind", "cell", "inside", "outside"),
    [
        ("number", 180, Decimal("180.0"), Decimal("180.1")),
        ("number", "180", 180, 181),
        ("number", "< 180", Decimal("179.99"), 180),
        ("number", "<=180", 180, Decimal("180.01")),
        ("number", "> -5", Decimal("-4.99"), -5),
        ("number", ">= 0.1", Decimal("0.1"), Decimal("0.09")),
        ("number", "!= 7", 8, 7),
        ("number", "[10..20]", 20, Decimal("20.01")),
        ("number", "(10..20]", Decimal("10.01"), 10),
        ("number", "[10 .. 20)", 10, 20),
        ("number", "not [10..20]", 9, 10),
        ("number", ["< 5", "> 10", 7], 7, 6),
        ("number", {"not": ["< 5", "> 10"]}, 10, 11),
        ("money", 186.4, Decimal("186.40"), Decimal("186.41")),
        ("text", "RES", "RES", "res"),
        ("text", ["RES", "COM"], "COM", "IND"),
        ("text", "not RES", "COM", "RES"),
        ("text", {"not": ["RES", "COM"]}, "IND", "COM"),
        ("text", '"not RES"', "not RES", "COM"),
        ("text", '"< 5"', "< 5", "5"),
        ("text", "missing", None, "missing"),
        ("text", '"missing"', "missing", None),
        ("text", ["missing", "RES"], None, "COM"),
        ("text", "not missing", "RES", None),
        ("text", "not RES", "COM", None),
        ("number", "< 5", 4, None),
        ("boolean", True, True, False),
        ("boolean", "not true", False, True),
        ("boolean", [True, False], False, None),
        ("date", "2026-03-01", date(2026, 3, 1), date(2026, 3, 2)),
        ("date", "< 2026-03-01", date(2026, 2, 28), date(2026, 3, 1)),
        ("date", "[2026-01-01..2026-02-01)", date(2026, 1, 31), date(2026, 2, 1)),
        (
            "datetime",
            ">= 2026-03-01T10:00:00+01:00",
            datetime(2026, 3, 1, 9, tzinfo=UTC),
            datetime(2026, 3, 1, 8, 59, tzinfo=UTC),
        ),
    ],
)
def test_a_cell_means_what_it_says(kind: str, cell: Any, inside: Any, outside: Any) -> None:
    field = {"type": kind, "optional": True}

    assert fits(field, cell, inside)
    assert not fits(field, cell, outside)


@pytest.mark.parametrize(
    ("field", "cell", "message", "mend"),
    [
        ({"type": "number"}, "soon", "not a number", "42"),
        ({"type": "number"}, True, "not a number", "42"),
        ({"type": "number"}, "< today", "not a number", "42"),
        ({"type": "number"}, "[20..10]", "ends before it begins", "smaller value first"),
        ({"type": "number"}, "(5..5]", "holds nothing", "smaller value first"),
        ({"type": "number"}, "= 5", "without =", "Write 5."),
        ({"type": "number"}, [], "list is empty", "take the cell out"),
        ({"type": "number"}, None, "cell is empty", "missing"),
        ({"type": "number"}, {"or": 5}, "nothing a cell can say", "{not:"),
        ({"type": "number"}, "missing", "always has a value", "optional: true"),
        ({"type": "number", "whole": True}, "> 2.5", "whole numbers", "whole number"),
        ({"type": "number"}, [[[[[1]]]]], "too deeply", "Split"),
        ({"type": "text"}, 42, "not a text", "quotes"),
        ({"type": "text"}, "> A", "no order", "double quotes"),
        ({"type": "text"}, "[A..B]", "no order", "double quotes"),
        ({"type": "text", "values": ["RES", "COM"]}, ["RES", "RSE"], "RSE is not among", "RES"),
        ({"type": "boolean"}, "yes", "not true or false", "true or false"),
        ({"type": "date"}, "1.5.2026", "not a date", "2026-01-31"),
    ],
)
def test_a_cell_that_cannot_be_read_says_why(
    field: dict[str, Any], cell: Any, message: str, mend: str
) -> None:
    rows = {"row": {"when": {"x": cell}, "then": {"answer": "yes"}}}

    with pytest.raises(InvalidTable) as caught:
        compiled(inputs={"x": field}, rows=rows)

    assert caught.value.misfits[0].path[:4] == ("rows", "row", "when", "x")
    assert message in caught.value.misfits[0].message
    assert mend in caught.value.misfits[0].mend


DAYS = {"days": {"type": "number"}}
ROWS = {
    "ten": {"when": {"days": "[0..10]"}, "then": {"fee": 10}},
    "twenty": {"when": {"days": "[10..20]"}, "then": {"fee": 2.5}},
    "odd": {"when": {"days": 10}, "then": {"fee": 10}},
}
FEE = {"fee": {"type": "money", "currency": "EUR"}}


def answered(policy: str, days: int, **more: Any) -> Answer:
    parts = {"inputs": DAYS, "outputs": FEE, "rows": ROWS, **more}
    return compiled(policy=policy, **parts).evaluate({"days": days})


def ranked(*priorities: int) -> dict[str, Any]:
    pairs = zip(ROWS.items(), priorities, strict=True)
    return {name: {**row, "priority": priority} for (name, row), priority in pairs}


def test_each_policy_answers_in_its_own_way() -> None:
    assert answered("unique", 5) == Answer({"fee": Decimal(10)}, ("ten",))
    assert answered("first", 10) == Answer({"fee": Decimal(10)}, ("ten",))
    assert answered("any", 5).rows == ("ten",)
    assert answered("any", 10, rows={**ROWS, "twenty": ROWS["ten"]}).rows == (*ROWS,)
    assert answered("rule-order", 10).outputs == {"fee": [Decimal(10), Decimal("2.5"), Decimal(10)]}
    assert answered("collect", 10).rows == ("ten", "twenty", "odd")
    assert answered("collect", 99) == Answer({"fee": []}, ())
    assert answered("priority", 10, rows=ranked(2, 1, 3)).rows == ("twenty",)
    assert answered("priority", 10, rows=ranked(1, 2, 1)).rows == ("ten", "odd")
    by_value = {"fee": {**FEE["fee"], "values": [2.5, 10]}}
    assert answered("priority", 10, outputs=by_value).rows == ("twenty",)


def test_collected_answers_are_aggregated_exactly() -> None:
    assert answered("collect", 10, aggregate="sum").outputs == {"fee": Decimal("22.5")}
    assert answered("collect", 10, aggregate="min").outputs == {"fee": Decimal("2.5")}
    assert answered("collect", 10, aggregate="max").outputs == {"fee": Decimal(10)}
    assert answered("collect", 99, aggregate="sum") == Answer({"fee": Decimal(0)}, ())
    rows = {name: {"when": row["when"]} for name, row in ROWS.items()}
    counted: dict[str, Any] = {"rows": rows, "outputs": {"n": {"type": "number"}}}
    assert answered("collect", 10, aggregate="count", **counted).outputs == {"n": 3}
    with pytest.raises(RuleError, match="No row of T matches"):
        answered("collect", 99, aggregate="max")


def test_contradicting_rows_are_named_and_none_is_picked() -> None:
    with pytest.raises(RuleError, match=r"The rows ten, twenty and odd of T match at once"):
        answered("unique", 10)
    with pytest.raises(RuleError, match=r"The rows ten and twenty of T .* answer differently"):
        answered("any", 10)
    with pytest.raises(RuleError, match=r"The rows ten and twenty of T .* answer differently"):
        answered("priority", 10, rows=ranked(1, 1, 2))


def test_what_no_row_is_for_is_told_or_answered_otherwise() -> None:
    with pytest.raises(RuleError, match=r"No row of T matches\."):
        answered("first", 99)
    otherwise = {"otherwise": {"fee": 0}}
    assert answered("unique", 99, **otherwise) == Answer({"fee": Decimal(0)}, ("otherwise",))
    assert answered("collect", 99, **otherwise).outputs == {"fee": [Decimal(0)]}
    assert answered("collect", 99, aggregate="sum", **otherwise).outputs == {"fee": Decimal(0)}


def test_inputs_must_be_what_the_table_asks_for() -> None:
    inputs = {
        "bill.days": {"type": "number", "whole": True, "values": ">= 0"},
        "segment": {"type": "text", "values": ["RES", "COM"]},
    }
    rows = {"row": {"when": {"bill.days": "> 1"}, "then": {"answer": "late"}}}
    table = compiled(inputs=inputs, rows=rows)
    given = {"bill": {"days": 2, "other": 1}, "segment": "RES", "unknown": object()}

    assert table.evaluate(given).rows == ("row",)
    assert table.evaluate({"bill.days": 2, "segment": "COM"}).rows == ("row",)
    with pytest.raises(RuleError, match=r"T has no value for bill\.days, segment") as caught:
        table.evaluate({})
    assert caught.value.missing == ("bill.days", "segment")
    for bad in (-1, Decimal("2.5"), "2", True, Decimal("NaN"), 10**400):
        with pytest.raises(RuleError, match=r"^bill\.days (does not hold|has a value)") as error:
            table.evaluate({**given, "bill.days": bad})
        assert str(bad) not in str(error.value)
    with pytest.raises(RuleError, match="segment has a value that T does not allow"):
        table.evaluate({**given, "segment": "IND"})


def test_a_table_holds_while_it_is_in_effect() -> None:
    parts: dict[str, Any] = {"inputs": DAYS, "outputs": FEE, "rows": ROWS}
    definition = defined(**parts, effective={"from": "2026-04-01", "until": "2027-04-01"})

    assert not definition.in_effect(date(2026, 3, 31))
    assert definition.in_effect(date(2026, 4, 1))
    assert definition.in_effect(date(2027, 3, 31))
    assert not definition.in_effect(date(2027, 4, 1))
    assert defined(**parts).in_effect(date.min)


TABLE = """\
kind: decision-table
code: OVERDUE-LETTER
title: Which letter an overdue customer gets
policy: unique
inputs:
  segment: {type: text, values: [RES, COM]}
  days: {type: number, whole: true, values: ">= 0"}
outputs:
  letter: {type: text, values: [NONE, OVERDUE-L1, OVERDUE-L2]}
rows:
  early: {when: {days: "< 10"}, then: {letter: NONE}}
  late: {when: {segment: RES, days: "[10..19]"}, then: {letter: OVERDUE-L1}}
  later: {when: {segment: RES, days: ">= 20"}, then: {letter: OVERDUE-L2}}
  business: {when: {segment: COM, days: ">= 10"}, then: {letter: OVERDUE-L2}}
cases:
  fifteen-days: {given: {segment: RES, days: 15}, expect: {letter: OVERDUE-L1}, row: late}
"""


def test_whole_numbers_leave_no_gap_between_them() -> None:
    assert problems_of(TABLE) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[10..19]",
            "[9..19]",
            "t/table.yaml:12:3: early and late both match segment RES, days 9, and one row may."
            " Narrow one of them, or use policy: first. ($.rows.late)",
        ),
        (
            "[10..19]",
            "[10..18]",
            "t/table.yaml:10:1: No row is for segment RES, days 19. Add a row or otherwise:, or say"
            " with values: what an input can be. ($.rows)",
        ),
        ("[10..19]", "[10..9]", "t/table.yaml:12:37: The interval ends before it begins"),
        ("segment: RES, days: \"[10", "segment: RSE, days: \"[10", "12:26: RSE is not among"),
        ("segment: RES, days: \"[10", "segmnt: RES, days: \"[10", "12:17: There is no input"),
        ("OVERDUE-L1}}\n  later", "OVERDUE-L9}}\n  later", "is not among the values"),
        ("then: {letter: NONE}", "then: {}", "letter is missing. Add letter: here."),
        ("then: {letter: NONE}", "then: {letter: NONE, fee: 1}", "There is no output fee"),
        ('days: "< 10"', 'days: "< 0"', "11:24: No value that days can have fits here."),
        ("expect: {letter: OVERDUE-L1}", "expect: {letter: NONE}",
         "16:68: letter is OVERDUE-L1 by late, not NONE. Mend the case, or the row that answers."),
        ("row: late}", "row: early}", "late answers, not early."),
        ("row: late}", "row: lte}", "There is no row lte. Did you mean late?"),
        ("days: 15}", "days: 15.5}", "days has a value that OVERDUE-LETTER does not allow."),
        ("days: 15}", "days: soon}", "This is not a number."),
        ("days: 15}", "hours: 15}", "hours is not declared."),
        (", expect: {letter: OVERDUE-L1}, row: late", "", "The case expects nothing."),
        ("policy: unique", "policy: rule-order\naggregate: sum", "nothing to aggregate"),
        ("policy: unique", "policy: collect\naggregate: sum", "sum needs a value of letter"),
        ("policy: unique", "policy: foremost", "'foremost' is not possible here."),
        ("late: {when", "otherwise: {when", "No row can be called otherwise."),
        ("values: [RES, COM]}", "fields: {a: {type: text}}}", "fields is not known here"),
        ("values: [RES, COM]}", "currency: EUR}", "Only money has a currency."),
        ("type: text, values: [RES, COM]", "type: date, whole: true", "Only a number can be whole"),
        ("type: text, values: [RES, COM]", "type: list", "'list' is not possible here."),
        ("  segment: {", "  days.left: {type: number}\n  segment: {", "a group in days.left"),
        ("title", "effective: {from: 2026-02-01, until: 2026-02-01}\ntitle", "ends before it"),
        ("title", "effective: {from: 2026-02-30}\ntitle", "There is no such day."),
        ("{when: {days: \"< 10\"}", "{priority: 1, when: {days: \"< 10\"}", "count for nothing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert TABLE.count(old) >= 1

    problems = problems_of(TABLE.replace(old, new, 1))

    assert any(told in str(problem) for problem in problems), [str(each) for each in problems]
    assert all(problem.severity == "error" for problem in problems if told in str(problem))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "rows:\n",
            "rows:\n  all: {then: {letter: NONE}}\n",
            "12:3: early never answers: whatever it matches goes to all. Move it up, or",
        ),
        ("title", "otherwise: {letter: NONE}\ntitle", "nothing is left for otherwise"),
        (
            "inputs:\n",
            "inputs:\n  paid: {type: boolean, optional: true}\n",
            "No row asks for paid.",
        ),
    ],
)
def test_what_is_of_no_use_is_a_warning(old: str, new: str, told: str) -> None:
    problems = problems_of(TABLE.replace("policy: unique", "policy: first").replace(old, new, 1))
    mild = [problem for problem in problems if problem.severity == "warning"]

    assert any(told in str(problem) for problem in mild), [str(each) for each in problems]


def test_a_row_behind_several_is_told_with_all_of_them() -> None:
    text = TABLE.replace("policy: unique", "policy: first")
    several = text.replace("cases:", "  never: {when: {days: 20}, then: {letter: NONE}}\ncases:")
    behind_one = text.replace("cases:", "  never: {when: {days: 5}, then: {letter: NONE}}\ncases:")

    assert "never never answers: whatever it matches goes to later, business." in str(
        problems_of(several)[0]
    )
    assert "whatever it matches goes to early." in str(problems_of(behind_one)[0])


def test_priorities_must_decide() -> None:
    text = TABLE.replace("policy: unique", "policy: priority")
    overlap = text.replace("[10..19]", "[9..19]")

    assert problems_of(overlap) == []
    unordered = overlap.replace(", values: [NONE, OVERDUE-L1, OVERDUE-L2]", "")
    assert "Nothing says which row goes first." in str(problems_of(unordered)[0])
    some = overlap.replace("early: {", "early: {priority: 1, ")
    assert "this one has none" in str(problems_of(some)[0])
    tied = overlap.replace("{when", "{priority: 1, when")
    assert "with one priority, and answer differently" in str(problems_of(tied)[0])


def shipped(code: str) -> DecisionTableDefinition:
    definition = load_definitions(DEFINITIONS).bundle(code).definition
    assert isinstance(definition, DecisionTableDefinition)
    return definition


def test_the_shipped_tables_answer_as_their_cases_say() -> None:
    for code in ("COMP-DELAY", "COMP-APPROVAL"):
        definition = shipped(code)
        results = results_of(definition, table_of(definition))

        assert len(results) >= 4
        assert cases_failing(definition) == []
        rows = {row for result in results if result.answer for row in result.answer.rows}
        assert rows >= set(definition.rows)


def test_a_case_that_differs_says_how() -> None:
    definition = defined(
        inputs=DAYS,
        outputs=FEE,
        rows=ROWS,
        policy="collect",
        cases={
            "right": {"given": {"days": 10}, "expect": {"fee": [10, 2.5, 10]}},
            "wrong": {"given": {"days": 5}, "expect": {"fee": [2.5]}, "row": "twenty"},
            "single": {"given": {"days": 5}, "expect": {"fee": 10}},
        },
    )
    wrong, single = cases_failing(definition)

    assert (wrong.case, single.case) == ("wrong", "single")
    assert [misfit.message for misfit in wrong.misfits] == [
        "fee is [10] by ten, not [2.5].",
        "ten answers, not twenty.",
    ]
    assert "a list" in single.misfits[0].message
    assert wrong.answer == Answer({"fee": [Decimal(10)]}, ("ten",))


def test_a_large_table_is_compared_and_asked_quickly() -> None:
    inputs = {f"n{index}": {"type": "number", "values": ">= 0"} for index in range(10)}
    rows = {
        f"r{index}": {
            "when": {
                f"n{k}": f"[{(index * 37 + k * 11) % 900}..{(index * 37 + k * 11) % 900 + 400})"
                for k in range(10)
            },
            "then": {"answer": str(index)},
        }
        for index in range(1_000)
    }
    table = compiled(inputs=inputs, rows=rows, otherwise={"answer": "none"})
    values = {f"n{index}": Decimal(index * 40) for index in range(10)}

    began = time.process_time()
    assert analyse(table).complete
    analysed = time.process_time()
    for _ in range(50):
        table.evaluate(values)
    evaluated = (time.process_time() - analysed) / 50

    assert analysed - began < 2
    assert evaluated < 0.005
