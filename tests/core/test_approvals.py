"""Approvals: the steps of the policy, the roles of keys, and four eyes in every case."""

import asyncio

import pytest

from openccm.errors import ConflictError, DeniedError, InvalidError
from openccm.repository.approvals import Judgement, judge, withdraw
from openccm.repository.shelf import version_of
from openccm.repository.tables import ApprovalVerdict
from tests.core.authors import BILL, DAY, Authors
from tests.core.making import NOW, count, rows

BOTH = {"brand", "legal"}


@pytest.fixture
async def submitted(authors: Authors) -> Authors:
    """Version 2 in review, without a policy."""
    await authors.save("second\n")
    await authors.submit()
    return authors


async def with_policy(authors: Authors, order: str = "sequence") -> Authors:
    await authors.set_policy(order)
    await authors.bearer("BEA", "brand")
    await authors.bearer("LEO", "legal")
    await authors.save("second\n")
    await authors.submit()
    return authors


async def test_one_approver_is_enough_where_no_policy_says_otherwise(submitted: Authors) -> None:
    row = await submitted.judge()

    assert (row.state, row.version) == ("approved", 2)


async def test_its_author_cannot_approve_it(submitted: Authors) -> None:
    with pytest.raises(ConflictError, match="authors cannot decide"):
        await submitted.judge(name="ANN")
    with pytest.raises(ConflictError, match="authors cannot decide"):
        await submitted.judge("reject", "ANN")


async def test_nobody_whose_text_it_is_can_approve_it(authors: Authors) -> None:
    first = await authors.save("second\n", "BEA")
    await authors.save("third\n", "ANN", seen=first.version.digest)
    await authors.submit("CAL")
    for name in ("ANN", "BEA", "CAL"):
        with pytest.raises(ConflictError, match="authors"):
            await authors.judge(name=name)

    assert (await authors.judge(name="DAN")).state == "approved"


async def test_who_does_not_bear_the_role_is_denied(submitted: Authors) -> None:
    submitted.roles["BEA"] = {"brand"}
    with pytest.raises(DeniedError, match="role approver"):
        await submitted.judge()

    assert await count(submitted.database, ApprovalVerdict) == 0


async def test_a_rejection_says_why_and_makes_a_draft(submitted: Authors) -> None:
    with pytest.raises(InvalidError) as refused:
        await submitted.judge("reject", comment=" ")
    row = await submitted.judge("reject", comment="the fee is wrong")

    assert refused.value.field == "comment"
    assert row.state == "draft"
    assert (await submitted.trail())[-1].reason == "the fee is wrong"


async def test_brand_alone_leaves_it_in_review(authors: Authors) -> None:
    await with_policy(authors)
    assert (await authors.judge(name="BEA")).state == "in_review"
    assert (await authors.judge(name="LEO")).state == "approved"

    verdicts = await rows(authors.database, ApprovalVerdict)
    assert [(each.step, each.role, each.actor) for each in verdicts] == [
        ("brand", "brand", "system:BEA"),
        ("legal", "legal", "system:LEO"),
    ]


async def test_a_later_step_waits_for_the_one_before(authors: Authors) -> None:
    await with_policy(authors)
    with pytest.raises(ConflictError, match="legal waits for brand"):
        await authors.judge(name="LEO")


async def test_parallel_steps_wait_for_nobody(authors: Authors) -> None:
    await with_policy(authors, "parallel")
    assert (await authors.judge(name="LEO")).state == "in_review"

    assert (await authors.judge(name="BEA")).state == "approved"


async def test_one_person_has_one_verdict_whatever_roles_they_bear(authors: Authors) -> None:
    await with_policy(authors)
    authors.roles["BEA"] = BOTH
    await authors.judge(name="BEA")
    with pytest.raises(ConflictError, match="decided about this version already"):
        await authors.judge(name="BEA")

    assert await authors.states() == {1: "live", 2: "in_review"}


async def test_a_step_is_chosen_by_name(authors: Authors) -> None:
    await with_policy(authors, "parallel")
    authors.roles["BEA"] = BOTH
    await authors.judge(name="BEA", step="legal")
    with pytest.raises(ConflictError, match="legal is done"):
        await authors.judge(name="LEO")
    with pytest.raises(InvalidError, match="The steps are: brand, legal"):
        await authors.judge(name="LEO", step="finance")
    with pytest.raises(DeniedError, match="role brand"):
        await authors.judge(name="LEO", step="brand")


async def test_all_bearers_of_a_role_must_agree_where_the_policy_says_so(
    authors: Authors,
) -> None:
    await authors.publish_folder(
        "policy/policy.yaml",
        "kind: approval-policy\ncode: approval-policy\ntitle: All\nrules:\n"
        "  all: {steps: {legal: {role: legal, approvers: all, at-least: 2}}}\n",
    )
    for name in ("LEA", "LEO", "ANN"):
        await authors.bearer(name, "legal")
    await authors.save("second\n")
    await authors.submit()
    assert (await authors.judge(name="LEA")).state == "in_review"

    assert (await authors.judge(name="LEO")).state == "approved"


async def test_the_policy_counts_as_it_was_when_it_was_submitted(submitted: Authors) -> None:
    await submitted.set_policy()

    assert (await submitted.judge()).state == "approved"


async def test_a_policy_is_approved_as_the_policy_before_it_says(authors: Authors) -> None:
    await authors.set_policy()
    text = (authors.root / "policy/policy.yaml").read_bytes()
    await authors.put("approval-policy", {"policy.yaml": text.replace(b"brand", b"marketing")})
    await authors.submit(code="approval-policy")
    row = await authors.judge(code="approval-policy")

    # No rule is about policies, so one approver is asked.
    assert row.state == "approved"


async def test_a_second_submission_is_judged_anew(submitted: Authors) -> None:
    await submitted.judge("reject", comment="by mistake")
    await submitted.submit()

    assert (await submitted.judge()).state == "approved"


async def test_only_its_authors_withdraw_a_version(submitted: Authors) -> None:
    async def take_back(name: str) -> None:
        async with submitted.database.begin() as session:
            await withdraw(session, BILL, 2, "a typo", submitted.by(name))

    with pytest.raises(ConflictError, match="Only its authors"):
        await take_back("BEA")
    await take_back("ANN")

    assert await submitted.states() == {1: "live", 2: "draft"}


async def test_the_last_approval_starts_the_schedule(authors: Authors) -> None:
    await with_policy(authors)
    await authors.judge(name="BEA", effective=NOW + DAY)
    row = await authors.judge(name="LEO")

    assert (row.state, row.effective_from) == ("scheduled", NOW + DAY)


async def test_of_two_approvals_at_once_both_count(authors: Authors) -> None:
    await with_policy(authors, "parallel")
    await asyncio.gather(authors.judge(name="BEA"), authors.judge(name="LEO"))

    assert (await authors.states())[2] == "approved"
    chain = await authors.trail()
    assert [entry.sequence for entry in chain] == list(range(1, len(chain) + 1))


async def test_of_two_approvals_at_once_of_one_person_one_counts(submitted: Authors) -> None:
    results = await asyncio.gather(
        submitted.judge(number=2), submitted.judge(number=2), return_exceptions=True
    )

    assert sum(isinstance(each, ConflictError) for each in results) == 1
    assert await count(submitted.database, ApprovalVerdict) == 1


async def test_an_approval_and_a_rejection_at_once_are_not_both_done(submitted: Authors) -> None:
    results = await asyncio.gather(
        submitted.judge(number=2),
        submitted.judge("reject", "CAL", number=2),
        return_exceptions=True,
    )

    assert sum(isinstance(each, ConflictError) for each in results) == 1
    assert (await submitted.states())[2] in {"approved", "draft"}


async def test_what_is_not_in_review_is_not_judged(authors: Authors) -> None:
    async with authors.database.begin() as session:
        with pytest.raises(ConflictError, match="that is live cannot become approved"):
            await judge(
                session, BILL, 1, Judgement("approve"), caller=authors.caller("BEA"), now=NOW
            )
        assert (await version_of(session, BILL, 1)).state == "live"
