"""Approval policies: about kinds that exist, and without rules that never count."""

from collections.abc import Collection, Iterator

from openccm.language.approval_policy import ApprovalPolicyDefinition, ApprovalRule
from openccm.language.document import Document
from openccm.language.problems import Problem
from openccm.rules.findings import suggestion


def check_policy(
    definition: ApprovalPolicyDefinition, document: Document, kinds: Collection[str]
) -> Iterator[Problem]:
    """Findings about ``rules:``."""
    before: dict[str, ApprovalRule] = {}
    for name, rule in definition.rules.items():
        for place, kind in enumerate(rule.kinds):
            if kind not in kinds:
                path = ("rules", name, "kinds", place)
                message = f"There is no kind {kind}."
                yield document.problem(path, message, suggestion(kind, kinds))
        first = next((other for other in before if _covers(before[other], rule)), None)
        if first is not None:
            message = f"This rule never counts: {first} fits all that it fits."
            yield document.problem(
                ("rules", name), message, "Put it first.", key=True, severity="warning"
            )
        before[name] = rule


def _covers(wide: ApprovalRule, narrow: ApprovalRule) -> bool:
    """Whether all that the narrow one fits, the wide one fits."""
    kinds = not wide.kinds or (bool(narrow.kinds) and set(narrow.kinds) <= set(wide.kinds))
    categories = not wide.categories or (
        bool(narrow.categories) and set(narrow.categories) <= set(wide.categories)
    )
    return kinds and categories
