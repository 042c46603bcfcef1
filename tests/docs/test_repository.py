"""What the repository's page shows is what the API takes and answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel

from api.definitions import Effective
from api.routes.definitions import LogicChangeRead, RollbackCreate
from api.routes.drafts import DraftUpdate
from api.routes.releases import BundleCreate
from api.routes.versions import VerdictCreate
from openccm.language.approval_policy import ApprovalPolicyDefinition
from openccm.language.checks.approval_policy import check_policy
from openccm.language.kinds import KINDS
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document
from openccm.repository.difference import difference
from tests.docs.pages import blocks

PAGE = "docs/repository.md"
BODIES: Mapping[str, type[BaseModel]] = {
    "files": DraftUpdate,
    "verdict": VerdictCreate,
    "versions": BundleCreate,
    "version": RollbackCreate,
    "before": LogicChangeRead,
    "effective_from": Effective,
}
"""The model of an example, by a word that only it has; the first that is there counts."""

EXAMPLES = [json.loads(block.text) for block in blocks("json") if block.page == PAGE]


def model_of(example: dict[str, Any]) -> type[BaseModel]:
    return next(model for word, model in BODIES.items() if word in example)


def test_every_kind_of_body_is_shown() -> None:
    assert {model_of(example) for example in EXAMPLES} == set(BODIES.values())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
def test_a_body_that_is_shown_is_taken(example: dict[str, Any]) -> None:
    body = model_of(example).model_validate(example)

    if isinstance(body, Effective):
        instant = body.instant()
        assert instant is not None
        assert instant.isoformat() == "2027-04-30T23:00:00+00:00"


def test_the_difference_that_is_shown_is_the_one_that_is_found() -> None:
    text = b"kind: communication\nduplicate: {by: [bill.number], within: %s}\n"
    (found,) = difference(
        {"communication.yaml": text % b"10 days"}, {"communication.yaml": text % b"14 days"}
    ).logic
    shown = LogicChangeRead.model_validate(found, from_attributes=True).model_dump()

    assert shown in EXAMPLES


def test_the_policy_that_is_shown_can_be_published() -> None:
    (block,) = (block for block in blocks("yaml") if block.page == PAGE)
    document = read_document(block.text.encode(), block.page)
    policy = validated(ApprovalPolicyDefinition, document)

    assert isinstance(policy, ApprovalPolicyDefinition)
    assert list(check_policy(policy, document, KINDS)) == []
