"""Versions on their way: verdicts, publication at an instant, and emergencies."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.definitions import Code, DefinitionRead, Effective, Number, ReasonGiven
from api.dependencies import (
    DefinitionApprover,
    DefinitionManager,
    DefinitionWriter,
    HouseDep,
    Writing,
)
from api.routes.simulations import borrowed
from openccm.repository import emergency
from openccm.repository.approvals import Judgement, judge, withdraw
from openccm.repository.emergency import Despite
from openccm.repository.moves import By
from openccm.repository.publication import publish_version, unschedule
from openccm.repository.shelf import draft_of
from openccm.simulation.desk import cases_of_draft, refuse_failing

router = APIRouter(prefix="/v1/definitions/{code}", tags=["definitions"])


class VerdictCreate(Effective):
    """What one person decides about a version."""

    verdict: Literal["approve", "reject"]
    comment: Annotated[
        str | None, Field(max_length=2_000, description="A rejection must say why.")
    ] = None
    step: Annotated[
        str | None,
        Field(max_length=60, description="The step it is for; found by the caller's roles."),
    ] = None


class EmergencyCreate(ReasonGiven):
    """Why it cannot wait for approval."""

    despite_cases: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=500,
            description="Why it may go live though saved cases come out otherwise; kept.",
        ),
    ] = None


class EmergencyRead(BaseModel):
    """What somebody asks to go live without approval."""

    reason: str
    asked_by: str
    expires_at: datetime


class ReviewCreate(BaseModel):
    """What a third person says after an emergency."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["accept", "object"]
    comment: Annotated[
        str | None, Field(max_length=2_000, description="An objection must say why.")
    ] = None


class EmergencyReviewRead(BaseModel):
    """An emergency that was reviewed."""

    verdict: str
    comment: str | None
    reviewed_by: str
    reviewed_at: datetime


@router.post("/versions/{number}/verdicts")
async def judge_version(
    code: Code, number: Number, body: VerdictCreate, house: HouseDep, caller: DefinitionApprover
) -> DefinitionRead:
    """Approve or reject a version; never one's own, and once only."""
    said = Judgement(body.verdict, body.comment, body.step, body.instant())
    now = house.desk.clock()
    async with house.desk.database.begin() as session:
        row = await judge(session, code, number, said, caller=caller, now=now)
    return DefinitionRead.of(row)


@router.post("/versions/{number}/withdraw")
async def withdraw_version(
    code: Code,
    number: Number,
    body: ReasonGiven,
    house: HouseDep,
    caller: DefinitionWriter,
    session: Writing,
) -> DefinitionRead:
    """Take one's version back out of review."""
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await withdraw(session, code, number, body.reason, by))


@router.post("/versions/{number}/publish")
async def publish_approved(
    code: Code,
    number: Number,
    body: Effective,
    house: HouseDep,
    caller: DefinitionWriter,
    session: Writing,
) -> DefinitionRead:
    """Bring an approved version into force, now or at an instant to come."""
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await publish_version(session, code, number, body.instant(), by))


@router.post("/versions/{number}/unschedule")
async def unschedule_version(
    code: Code,
    number: Number,
    body: ReasonGiven,
    house: HouseDep,
    caller: DefinitionWriter,
    session: Writing,
) -> DefinitionRead:
    """Take a schedule back; of a release, that of all its versions."""
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await unschedule(session, code, number, body.reason, by))


@router.post("/emergency")
async def ask_for_emergency(
    code: Code, body: EmergencyCreate, house: HouseDep, caller: DefinitionManager
) -> EmergencyRead:
    """Ask for the draft to go live without approval; a second person must confirm.

    Its saved cases are played first. Where one comes out otherwise, somebody must say why it may go
    live all the same.
    """
    async with house.desk.database.read() as session:
        played = (await draft_of(session, code)).digest
        results = await cases_of_draft(session, borrowed(house), code)
    failed = [each.name for each in results if each.problems]
    if body.despite_cases is None:
        refuse_failing(results)
    despite = Despite(failed, body.despite_cases) if failed and body.despite_cases else None
    async with house.desk.database.begin() as session:
        by = By(caller.actor, house.desk.clock())
        asked = await emergency.ask(session, code, body.reason, by, despite=despite, seen=played)
        return EmergencyRead.model_validate(asked, from_attributes=True)


@router.post("/emergency/confirm")
async def confirm_emergency(
    code: Code, house: HouseDep, caller: DefinitionManager, session: Writing
) -> DefinitionRead:
    """The second person's word within 15 minutes: the draft goes live, a review is due."""
    by = By(caller.actor, house.desk.clock())
    return DefinitionRead.of(await emergency.confirm(session, code, by))


@router.post("/versions/{number}/post-review")
async def review_emergency(
    code: Code, number: Number, body: ReviewCreate, house: HouseDep, caller: DefinitionApprover
) -> EmergencyReviewRead:
    """A third person's word after an emergency."""
    now = house.desk.clock()
    async with house.desk.database.begin() as session:
        reviewed = await emergency.review(
            session, code, number, body.verdict, body.comment, caller=caller, now=now
        )
    return EmergencyReviewRead.model_validate(reviewed, from_attributes=True)
