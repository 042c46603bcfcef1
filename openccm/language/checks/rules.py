"""Rules: every condition compiles against the declared data."""

from collections.abc import Iterator

from openccm.language.communication import CommunicationDefinition
from openccm.language.context import rule_fields
from openccm.language.document import Document
from openccm.language.problems import Path, Problem
from openccm.rules.expressions import compile_expression
from openccm.rules.findings import ExpressionError


def check_rules(
    definition: CommunicationDefinition, document: Document, reads: set[str]
) -> Iterator[Problem]:
    """Findings about ``eligibility:``; adds the fields that rules read to ``reads``."""
    fields = rule_fields(definition.data)
    for name, rule in definition.eligibility.items():
        if rule.when is None:
            continue
        path: Path = ("eligibility", name, "when")
        try:
            expression = compile_expression(rule.when, fields)
        except ExpressionError as error:
            for finding in error.findings:
                mark = document.inside(path, rule.when, finding.at)
                yield document.problem(path, finding.message, finding.mend, mark=mark)
            continue
        reads |= expression.reads | expression.guards
        for field in sorted(expression.reads - expression.guards):
            if field in definition.data and definition.data[field].missing == "hide":
                message = f"{field} may have no value; then this rule fails."
                mend = f"Ask first: {field} != null && …"
                yield document.problem(path, message, mend, severity="warning")
