"""Decision tables for tests, written as their authors write them."""

from typing import Any

from openccm.language.checks.decision_table import check_decision_table
from openccm.language.decision_table import DecisionTableDefinition
from openccm.language.problems import Problem
from openccm.language.tables import table_of
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.rules.decision_tables import DecisionTable


def defined(**parts: Any) -> DecisionTableDefinition:
    """A definition with one output, ``answer``, unless the parts say otherwise."""
    given = {"kind": "decision-table", "code": "T", "title": "T", "policy": "first"}
    return DecisionTableDefinition.model_validate(
        {**given, "outputs": {"answer": {"type": "text"}}, **parts}
    )


def compiled(**parts: Any) -> DecisionTable:
    return table_of(defined(**parts))


def problems_of(text: str) -> list[Problem]:
    """What the checker finds in the text of a table."""
    document = read_document(text.encode(), "t/table.yaml")
    assert not document.problems
    definition = validated(DecisionTableDefinition, document)
    return (
        definition
        if isinstance(definition, list)
        else list(check_decision_table(definition, document))
    )
