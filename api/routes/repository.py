"""The repository as a whole: what waits for somebody, and whether anything was altered."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.definitions import DefinitionRead, StepRead
from api.dependencies import Auditor, DefinitionReader, HouseDep, Reading
from openccm.communications.queries import held_by_definition
from openccm.repository.approvals import standings, verdicts_on
from openccm.repository.audience import hidden_from
from openccm.repository.emergency import reviews_due
from openccm.repository.holds import standing
from openccm.repository.integrity import verify
from openccm.repository.search import in_review

router = APIRouter(prefix="/v1/repository", tags=["definitions"])


class WaitingRead(DefinitionRead):
    """A version that waits for verdicts."""

    steps: list[StepRead]
    yours: Annotated[bool, Field(description="Whether the caller may decide about it now.")]


class PostReviewRead(BaseModel):
    """An emergency publication that is to be reviewed."""

    code: str
    version: int
    reason: str
    asked_by: str
    confirmed_by: str
    post_review_due: datetime
    overdue: bool


class MismatchRead(BaseModel):
    """The first thing that is not as it was written."""

    code: str
    version: int | None
    what: str


class VerificationRead(BaseModel):
    """Whether every version is as it was written."""

    whole: bool
    versions: Annotated[int, Field(description="How many were found whole before that.")]
    mismatch: MismatchRead | None


class HeldRead(BaseModel):
    """A definition of which nothing leaves."""

    code: str
    by: str
    reason: str
    since: datetime
    waiting: Annotated[int, Field(description="Requests that wait for its release.")]


@router.get("/holds")
async def list_holds(caller: DefinitionReader, session: Reading) -> list[HeldRead]:
    """The definitions that are held, the latest first."""
    hidden = await hidden_from(session, caller)
    return [
        HeldRead(
            **row.model_dump(include={"code", "by", "reason", "since"}),
            waiting=len(await held_by_definition(session, row.code)),
        )
        for row in await standing(session)
        if row.code not in hidden
    ]


@router.get("/reviews")
async def list_reviews(
    house: HouseDep, caller: DefinitionReader, session: Reading
) -> list[WaitingRead]:
    """The versions that wait for verdicts, the oldest first."""
    shown: list[WaitingRead] = []
    hidden = await hidden_from(session, caller)
    for row in await in_review(session):
        if row.code in hidden:
            continue
        verdicts = await verdicts_on(session, row)
        steps = await standings(session, row, house.desk.clock(), verdicts)
        judged = {each.actor for each in verdicts if each.submission == row.submission}
        free = caller.actor not in {*row.editors, *judged}
        asked = {each.step.role for each in steps if not each.done and not each.waits_for}
        shown.append(
            WaitingRead(
                **DefinitionRead.of(row).model_dump(),
                steps=[StepRead.of(each) for each in steps],
                yours=free and bool(asked & caller.roles),
            )
        )
    return shown


@router.get("/post-reviews")
async def list_post_reviews(
    house: HouseDep, caller: DefinitionReader, session: Reading
) -> list[PostReviewRead]:
    """The emergency publications that nobody has reviewed yet, the most urgent first."""
    now, hidden = house.desk.clock(), await hidden_from(session, caller)
    return [
        PostReviewRead(
            code=version.code,
            version=version.version,
            reason=found.reason,
            asked_by=found.asked_by,
            confirmed_by=found.confirmed_by or "",
            post_review_due=found.review_due,
            overdue=found.review_due <= now,
        )
        for version, found in await reviews_due(session)
        if found.review_due is not None and version.code not in hidden
    ]


@router.get("/verification")
async def verify_repository(caller: Auditor, session: Reading) -> VerificationRead:
    """Compute every digest and chain anew; names the first version that was altered."""
    verification = await verify(session)
    mismatch = verification.mismatch
    return VerificationRead(
        whole=mismatch is None,
        versions=verification.versions,
        mismatch=MismatchRead(**mismatch._asdict()) if mismatch else None,
    )
