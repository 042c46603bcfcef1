"""Submitting a draft, and what others say to it: steps, roles, and four eyes in every case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.bearers import bearers_of, same_person
from openccm.access.caller import Caller
from openccm.errors import ConflictError, IllegalTransitionError, InvalidError
from openccm.language.approval_policy import (
    DEFAULT_RULE,
    POLICY,
    ApprovalPolicyDefinition,
    ApprovalRule,
    ApprovalStep,
)
from openccm.language.bundle import Bundle
from openccm.language.definition import Definition
from openccm.language.problems import InvalidDefinition
from openccm.repository.bases import OvertakenError, require_base
from openccm.repository.drafts import misnamed
from openccm.repository.moves import By, Deed, move, note
from openccm.repository.plans import plan_of
from openccm.repository.publication import bring_into_force, opened, require_no_schedule
from openccm.repository.shelf import draft_of, in_force, version_of
from openccm.repository.surroundings import (
    bundle_from,
    companions,
    hindrances,
    library_around,
)
from openccm.repository.tables import ApprovalVerdict, DefinitionVersion

Verdict = Literal["approve", "reject"]


class Judgement(NamedTuple):
    """What one person says to a version."""

    verdict: Verdict
    comment: str | None = None
    step: str | None = None
    """The step it is for; the first that its author may decide where left out."""
    effective: datetime | None = None
    """When it shall be in force, once all have approved."""


class Standing(NamedTuple):
    """How far one step of an approval is."""

    name: str
    step: ApprovalStep
    approved_by: tuple[str, ...]
    done: bool
    waits_for: str | None
    """The step before it that is not done yet."""


async def submit(
    session: AsyncSession, code: str, note_: str | None, by: By, *, seen: str | None = None
) -> DefinitionVersion:
    """Hand a draft over to those who approve it. From here on its content does not change.

    Raises:
        NotFoundError: There is no draft.
        OvertakenError: Another version went live, or the draft was changed since it was read.
        InvalidDefinition: It has errors, breaks what is live, or saved cases fail; says all.
    """
    await opened(session, [code], by)
    row = await draft_of(session, code)
    if seen is not None and seen != row.digest:
        raise OvertakenError(f"{row.author} changed the draft of {code} since you read it.", row)
    bundle = await fit(session, row)
    rule = await rule_for(session, bundle.definition)
    row.policy = rule.model_dump(mode="json", by_alias=True)
    row.submission, row.note = row.submission + 1, note_ or row.note
    row.editors = sorted({*row.editors, by.actor})
    library = await library_around(session, [*await companions(session, row), bundle])
    row.plan = plan_of(bundle, library, row.version)
    await move(session, row, "in_review", Deed("definition.submitted", note_), by)
    return row


async def fit(session: AsyncSession, row: DefinitionVersion) -> Bundle:
    """A draft that may go on.

    Raises:
        OvertakenError: Another version went live since it was begun.
        InvalidDefinition: It has errors, breaks what is live, or saved cases fail; says all.
    """
    await require_base(session, row.code, row.base)
    loaded = await bundle_from(session, row)
    if not isinstance(loaded, Bundle):
        raise InvalidDefinition(loaded)
    beside = await companions(session, row)
    problems = await misnamed(session, row, loaded)
    problems += await hindrances(session, [loaded], beside)
    if problems:
        raise InvalidDefinition(problems)
    return loaded


async def rule_for(session: AsyncSession, definition: Definition) -> ApprovalRule:
    """The approval that the installation asks for such a definition."""
    policy = await in_force(session, POLICY)
    bundle = await bundle_from(session, policy) if policy is not None else None
    if isinstance(bundle, Bundle) and isinstance(bundle.definition, ApprovalPolicyDefinition):
        category = getattr(definition, "category", None)
        for rule in bundle.definition.rules.values():
            if rule.fits(definition.kind, category):
                return rule
    return DEFAULT_RULE


async def withdraw(
    session: AsyncSession, code: str, number: int, reason: str, by: By
) -> DefinitionVersion:
    """Take a version back out of review.

    Raises:
        IllegalTransitionError: It is not in review.
        ConflictError: Somebody else submitted it.
    """
    await opened(session, [code], by)
    row = await version_of(session, code, number)
    if by.actor not in row.editors:
        raise ConflictError("Only its authors withdraw a version. Reject it instead.")
    await _back_to_draft(session, row, Deed("definition.withdrawn", reason), by)
    return row


async def judge(
    session: AsyncSession,
    code: str,
    number: int,
    judgement: Judgement,
    *,
    caller: Caller,
    now: datetime,
) -> DefinitionVersion:
    """One person's verdict. The last one that is needed makes the version approved.

    Raises:
        IllegalTransitionError: It is not in review.
        ConflictError: The author themselves, a second verdict, or a step that waits for another.
        DeniedError: The caller bears none of the roles that are asked.
        InvalidError: A rejection says why.
    """
    by = By(caller.actor, now)
    await opened(session, [code], by)
    row = await version_of(session, code, number)
    if row.state != "in_review":
        target = "approved" if judgement.verdict == "approve" else "draft"
        raise IllegalTransitionError("version", row.state, target)
    verdicts = await verdicts_on(session, row)
    _require_four_eyes(row, verdicts, await same_person(session, by.actor))
    standing = await standings(session, row, now, verdicts)
    chosen = _chosen(standing, judgement.step, caller)
    if judgement.verdict == "reject" and not (judgement.comment or "").strip():
        raise InvalidError("comment", "Say why it is rejected.")
    lent = caller.acts_for(chosen.step.role)
    if caller.owners_of(chosen.step.role) & set(row.editors):
        raise ConflictError("Whoever stands in for an author cannot decide in their place.")
    session.add(_verdict(row, chosen, judgement, by))
    await session.flush()
    if judgement.verdict == "reject":
        detail = {"step": chosen.name, "role": chosen.step.role, **lent}
        rejected = Deed("definition.rejected", judgement.comment, detail)
        await _back_to_draft(session, row, rejected, by)
    else:
        await _approve(session, row, chosen, judgement, by, lent)
    return row


async def verdicts_on(session: AsyncSession, row: DefinitionVersion) -> Sequence[ApprovalVerdict]:
    """What was said to every submission of a version, oldest first."""
    statement = (
        select(ApprovalVerdict)
        .where(ApprovalVerdict.version_id == row.id)
        .order_by(col(ApprovalVerdict.at), col(ApprovalVerdict.id))
    )
    return (await session.scalars(statement)).all()


async def standings(
    session: AsyncSession,
    row: DefinitionVersion,
    now: datetime,
    verdicts: Sequence[ApprovalVerdict],
) -> list[Standing]:
    """How far each step of the present submission is."""
    if row.policy is None:
        return []
    rule = ApprovalRule.model_validate(row.policy)
    found: list[Standing] = []
    waits_for: str | None = None
    for name, step in rule.steps.items():
        agreed = tuple(
            each.actor
            for each in verdicts
            if (each.submission, each.step, each.verdict) == (row.submission, name, "approve")
        )
        done = await _done(session, row, step, agreed, now)
        found.append(Standing(name, step, agreed, done, waits_for))
        if rule.order == "sequence" and not done:
            waits_for = waits_for or name
    return found


async def _done(
    session: AsyncSession,
    row: DefinitionVersion,
    step: ApprovalStep,
    agreed: Sequence[str],
    now: datetime,
) -> bool:
    if len(agreed) < step.at_least:
        return False
    if step.approvers == "any":
        return True
    authors = [await same_person(session, editor) for editor in row.editors]
    return await bearers_of(session, step.role, now) - set[str]().union(*authors) <= set(agreed)


def _require_four_eyes(
    row: DefinitionVersion, verdicts: Sequence[ApprovalVerdict], selves: set[str]
) -> None:
    if selves & {row.author, *row.editors}:
        raise ConflictError("Its authors cannot decide about a version. Somebody else must.")
    if any(each.submission == row.submission and each.actor in selves for each in verdicts):
        raise ConflictError("You have decided about this version already.")


def _chosen(standing: Sequence[Standing], name: str | None, caller: Caller) -> Standing:
    """The step that a verdict is for."""
    wanted = [each for each in standing if name in (None, each.name)]
    if not wanted:
        steps = ", ".join(each.name for each in standing)
        raise InvalidError("step", f"There is no step {name}. The steps are: {steps}.")
    wanted.sort(key=lambda each: (each.done, each.waits_for is not None))
    own = [each for each in wanted if each.step.role in caller.roles]
    if not own:
        caller.require_role(wanted[0].step.role)
    chosen = own[0]
    if chosen.done:
        raise ConflictError(f"The step {chosen.name} is done.")
    if chosen.waits_for is not None:
        raise ConflictError(f"The step {chosen.name} waits for {chosen.waits_for}.")
    return chosen


def _verdict(
    row: DefinitionVersion, chosen: Standing, judgement: Judgement, by: By
) -> ApprovalVerdict:
    return ApprovalVerdict(
        version_id=row.id,
        submission=row.submission,
        step=chosen.name,
        role=chosen.step.role,
        actor=by.actor,
        verdict=judgement.verdict,
        comment=judgement.comment,
        at=by.now,
    )


async def _approve(
    session: AsyncSession,
    row: DefinitionVersion,
    chosen: Standing,
    judgement: Judgement,
    by: By,
    lent: Mapping[str, str],
) -> None:
    if judgement.effective is not None:
        await require_no_schedule(session, row.code)
        row.effective_from = judgement.effective
    after = await standings(session, row, by.now, await verdicts_on(session, row))
    detail = {"step": chosen.name, "role": chosen.step.role, **lent}
    deed = Deed("definition.approved", judgement.comment, detail)
    if not all(each.done for each in after):
        await note(session, row, deed, by)
        return
    await move(session, row, "approved", deed, by)
    if row.effective_from is not None and row.release_id is None:
        await bring_into_force(session, [row], row.effective_from, by)


async def _back_to_draft(session: AsyncSession, row: DefinitionVersion, deed: Deed, by: By) -> None:
    row.effective_from = None
    await move(session, row, "draft", deed, by)
