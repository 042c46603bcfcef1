"""The decision tables in the documents are sound, and what is said of them is so."""

from typing import get_args

import pytest

from openccm.language.cells import read_cell
from openccm.language.checks.decision_table import check_decision_table
from openccm.language.decision_table import DecisionTableDefinition, TableInput
from openccm.language.tables import table_of
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.rules.decision_tables import DecisionTable, Policy
from tests.docs.pages import Block, blocks, text_of

PAGE = "docs/decision-tables.md"
TABLES = [block for block in blocks("yaml") if "kind: decision-table" in block.text]


def checked(block: Block, text: str) -> tuple[DecisionTable, list[str]]:
    file = (block.path or "").removeprefix("definitions/")
    document = read_document(text.encode(), file)
    definition = validated(DecisionTableDefinition, document)
    assert isinstance(definition, DecisionTableDefinition)
    return table_of(definition), [str(each) for each in check_decision_table(definition, document)]


@pytest.mark.parametrize("block", TABLES, ids=lambda block: block.path or block.page)
def test_a_table_is_sound(block: Block) -> None:
    assert checked(block, block.text)[1] == []


def test_the_gap_is_told_as_the_page_tells_it() -> None:
    (block,) = (each for each in TABLES if each.path == "definitions/late-fee/table.yaml")
    spoilt = block.text.replace("{segment: RES}\n", '{segment: RES, days: "[14..30]"}\n')

    (told,) = checked(block, spoilt)[1]

    assert f"{told}\n" in text_of(PAGE)


def test_the_cells_that_are_shown_can_be_read() -> None:
    rows = text_of(PAGE).partition("| Written | Matches |")[2].partition("\n\n")[0].splitlines()[2:]
    shown = [cell for row in rows for cell in row.split("|")[1].split("`")[1::2]]

    assert len(shown) > 12
    for written in shown:
        assert any(reads(kind, written) for kind in ("number", "text", "boolean", "date")), written


def reads(kind: str, written: str) -> bool:
    document = read_document(f"cell: {written}".encode(), "cell")
    assert document.data is not None
    field = TableInput.model_validate({"type": kind, "optional": True})
    return read_cell(field, document.data["cell"], ("cell",), []) is not None


def test_every_policy_is_told() -> None:
    told = text_of(PAGE).partition("## Policies")[2]

    assert all(f"| `{policy}` |" in told for policy in get_args(Policy))
