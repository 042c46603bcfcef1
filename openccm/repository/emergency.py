"""Publishing without approval: two persons now, and a review within a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from openccm.access.bearers import same_person
from openccm.access.caller import Caller
from openccm.errors import ConflictError, InvalidError, NotFoundError
from openccm.language.approval_policy import ApprovalRule
from openccm.platform import outbox
from openccm.repository.approvals import fit, rule_for
from openccm.repository.bases import OvertakenError
from openccm.repository.moves import By, Deed, go_live, note
from openccm.repository.plans import plan_of
from openccm.repository.publication import opened
from openccm.repository.shelf import draft_of, version_of
from openccm.repository.surroundings import library_around, require_uses
from openccm.repository.tables import DefinitionVersion, EmergencyPublication

CONFIRM_WITHIN = timedelta(minutes=15)
REVIEW_WITHIN = timedelta(hours=24)


class Review(NamedTuple):
    """What is to be looked at after an emergency, and of which version."""

    version: DefinitionVersion
    emergency: EmergencyPublication


@dataclass(frozen=True, slots=True)
class Despite:
    """Saved cases that come out otherwise, and why it may go live all the same."""

    cases: Sequence[str]
    reason: str


async def ask(
    session: AsyncSession,
    code: str,
    reason: str,
    by: By,
    *,
    despite: Despite | None = None,
    seen: str | None = None,
) -> EmergencyPublication:
    """Ask for the draft to go live without approval; somebody else must confirm it soon.

    ``seen`` is the digest of the draft whose saved cases were played.

    Raises:
        NotFoundError: There is no draft.
        OvertakenError: Another version went live since it was begun, or the draft was changed.
        InvalidDefinition: It has errors, breaks what is live, or saved cases fail; says all.
    """
    await opened(session, [code], by)
    row = await draft_of(session, code)
    if seen is not None and row.digest != seen:
        raise OvertakenError(f"{row.author} changed the draft since its cases were played.", row)
    await fit(session, row)
    await require_uses(session, [row])
    asked = EmergencyPublication(
        version_id=row.id,
        digest=row.digest,
        reason=reason,
        asked_by=by.actor,
        expires_at=by.now + CONFIRM_WITHIN,
    )
    asked = await session.merge(asked)
    detail = {"despite_cases": despite.reason, "cases": list(despite.cases)} if despite else {}
    await note(session, row, Deed("definition.emergency_asked", reason, detail), by)
    return asked


async def confirm(session: AsyncSession, code: str, by: By) -> DefinitionVersion:
    """The second person's word: the draft goes live, and a review is due.

    Raises:
        NotFoundError: Nobody asked for it.
        ConflictError: The same person, too late, or the draft was changed since.
        InvalidDefinition: It has errors, breaks what is live, or saved cases fail; says all.
    """
    await opened(session, [code], by)
    row = await draft_of(session, code)
    asked = await session.get(EmergencyPublication, row.id, populate_existing=True)
    if asked is None:
        raise NotFoundError("emergency publication of", code)
    if asked.asked_by in await same_person(session, by.actor):
        raise ConflictError("You asked for it. A second person must confirm.")
    if asked.expires_at <= by.now:
        raise ConflictError("It was to be confirmed within 15 minutes. Ask again.")
    if asked.digest != row.digest:
        raise OvertakenError(f"{row.author} changed the draft since this was asked.", row)
    bundle = await fit(session, row)
    await require_uses(session, [row])
    rule = await rule_for(session, bundle.definition)
    row.policy = rule.model_dump(mode="json", by_alias=True)
    row.plan = plan_of(bundle, await library_around(session, [bundle]), row.version)
    asked.confirmed_by, asked.review_due = by.actor, by.now + REVIEW_WITHIN
    detail = {
        "emergency": True,
        "asked_by": asked.asked_by,
        "post_review_due": asked.review_due.isoformat(),
    }
    await go_live(session, row, Deed("definition.emergency_published", asked.reason, detail), by)
    await outbox.put(session, "publication", [row.id], by.now)
    return row


async def review(
    session: AsyncSession,
    code: str,
    number: int,
    verdict: Literal["accept", "object"],
    comment: str | None,
    *,
    caller: Caller,
    now: datetime,
) -> EmergencyPublication:
    """What a third person says after an emergency. An objection changes nothing by itself.

    Raises:
        NotFoundError: This version was not published in an emergency.
        ConflictError: It was reviewed, or the caller had a part in it.
        DeniedError: The caller bears none of the roles that would have had to approve it.
        InvalidError: An objection says why.
    """
    by = By(caller.actor, now)
    await opened(session, [code], by)
    row = await version_of(session, code, number)
    found = await session.get(EmergencyPublication, row.id, populate_existing=True)
    if found is None or found.review_due is None:
        raise NotFoundError("emergency publication", f"{code} {number}")
    if found.reviewed_by is not None:
        raise ConflictError(f"{found.reviewed_by} has reviewed it already.")
    had_a_part = {found.asked_by, found.confirmed_by, *row.editors}
    if had_a_part & await same_person(session, by.actor):
        raise ConflictError("Who had a part in it cannot review it.")
    roles = [step.role for step in ApprovalRule.model_validate(row.policy).steps.values()]
    if not caller.roles & set(roles):
        caller.require_role(roles[0])
    if verdict == "object" and not (comment or "").strip():
        raise InvalidError("comment", "Say what you object to.")
    found.verdict, found.comment = verdict, comment
    found.reviewed_by, found.reviewed_at = by.actor, now
    deed = Deed("definition.emergency_reviewed", comment, {"verdict": verdict})
    await note(session, row, deed, by)
    return found


async def reviews_due(session: AsyncSession) -> Sequence[Review]:
    """Every emergency publication that nobody has reviewed yet, the most urgent first."""
    statement = (
        select(DefinitionVersion, EmergencyPublication)
        .join(
            EmergencyPublication, col(EmergencyPublication.version_id) == col(DefinitionVersion.id)
        )
        .where(
            col(EmergencyPublication.review_due).is_not(None),
            col(EmergencyPublication.reviewed_by).is_(None),
        )
        .order_by(col(EmergencyPublication.review_due))
    )
    return [Review(version, found) for version, found in await session.execute(statement)]


async def note_overdue(session: AsyncSession, version_id: UUID, now: datetime) -> datetime | None:
    """Put a review that nobody made in time on the trail, once; answers when to look again."""
    found = await session.get(EmergencyPublication, version_id, populate_existing=True)
    if found is None or found.review_due is None or found.reviewed_by or found.overdue_noted:
        return None
    if found.review_due > now:
        return found.review_due
    row = await session.get_one(DefinitionVersion, version_id)
    found.overdue_noted = True
    await note(session, row, Deed("definition.review_overdue", found.reason), By("engine", now))
    return None
