"""Approval policies: what an author may write, and what is told when it cannot be meant."""

import pytest

from openccm.language.approval_policy import ApprovalPolicyDefinition
from openccm.language.bundle import Bundle
from openccm.language.checks.approval_policy import check_policy
from openccm.language.folder import bundle_of
from openccm.language.kinds import KINDS
from openccm.language.problems import Problem

HEAD = "kind: approval-policy\ncode: approval-policy\ntitle: Who approves what\nrules:\n"


def read(rules: str, head: str = HEAD) -> Bundle | list[Problem]:
    return bundle_of("policy", {"policy.yaml": (head + rules).encode()})


def checked(rules: str) -> list[tuple[str, str, str]]:
    bundle = read(rules)
    assert isinstance(bundle, Bundle), bundle
    assert isinstance(bundle.definition, ApprovalPolicyDefinition)
    found = check_policy(bundle.definition, bundle.document, KINDS)
    return [(each.path, each.message, each.severity) for each in found]


def test_the_first_rule_that_fits_counts() -> None:
    bundle = read(
        "  legal: {kinds: [communication], categories: [legal], order: parallel,"
        " steps: {brand: {role: brand}, law: {role: legal, approvers: all, at-least: 2}}}\n"
        "  rest: {steps: {one: {role: approver}}}\n"
    )
    assert isinstance(bundle, Bundle)
    assert isinstance(bundle.definition, ApprovalPolicyDefinition)
    legal, rest = bundle.definition.rules.values()

    assert [(step.role, step.approvers, step.at_least) for step in legal.steps.values()] == [
        ("brand", "any", 1),
        ("legal", "all", 2),
    ]
    assert legal.fits("communication", "legal")
    assert not legal.fits("communication", "service")
    assert not legal.fits("data-service", None)
    assert rest.fits("data-service", None)
    assert (legal.order, rest.order) == ("parallel", "sequence")


def test_an_installation_has_one_policy() -> None:
    found = read(
        "  a: {steps: {one: {role: approver}}}\n",
        HEAD.replace("code: approval-policy", "code: another"),
    )

    assert isinstance(found, list)
    assert [(each.path, each.mend) for each in found] == [
        ("$.code", "Write code: approval-policy.")
    ]


@pytest.mark.parametrize(
    ("rules", "path"),
    [
        ("  a: {steps: {}}\n", "$.rules.a.steps"),
        ("  a: {steps: {one: {role: X}}}\n", "$.rules.a.steps.one.role"),
        ("  a: {steps: {one: {role: x, at-least: 0}}}\n", "$.rules.a.steps.one['at-least']"),
        ("  a: {order: first, steps: {one: {role: x}}}\n", "$.rules.a.order"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_place(rules: str, path: str) -> None:
    found = read(rules)

    assert isinstance(found, list)
    assert [each.path for each in found] == [path]


def test_a_kind_that_is_not_there_is_told() -> None:
    assert checked("  a: {kinds: [comunication], steps: {one: {role: x}}}\n") == [
        ("$.rules.a.kinds[0]", "There is no kind comunication.", "error")
    ]


def test_a_rule_that_never_counts_is_told() -> None:
    rules = (
        "  all: {steps: {one: {role: x}}}\n"
        "  legal: {categories: [legal], steps: {one: {role: y}}}\n"
    )

    assert checked(rules) == [
        ("$.rules.legal", "This rule never counts: all fits all that it fits.", "warning")
    ]
