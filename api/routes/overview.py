"""What an agent sees of a person, an account or a premise at one glance."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from api.dependencies import ContactReader, HouseDep, Reading
from api.models import Listed, Page
from api.routes.contacts import visible_account, visible_person
from openccm.access.reach import ELSEWHERE
from openccm.errors import HiddenError, InvalidError
from openccm.overview.alerts import alerts_of
from openccm.overview.timeline import KINDS, Kind, Subject, timeline
from openccm.overview.timeline import Page as Part
from openccm.parties.objects import needed
from openccm.parties.tables import Premise

router = APIRouter(prefix="/v1", tags=["overview"])

Key = Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9._:-]+$")]


class TimelineEntry(Listed):
    """One thing that happened."""

    kind: Kind
    at: datetime
    title: str
    state: str
    drill: str
    facts: dict[str, Any]


class AlertRead(BaseModel):
    """A warning, and where to find what it is about."""

    code: str
    title: str
    severity: str
    count: int
    drill: str


@router.get("/timeline")
async def read_timeline(
    house: HouseDep,
    session: Reading,
    caller: ContactReader,
    person: Annotated[str | None, Query(max_length=80)] = None,
    account: Annotated[str | None, Query(max_length=80)] = None,
    premise: Annotated[str | None, Query(max_length=80)] = None,
    kind: Annotated[list[Kind] | None, Query(description="Several may be given.")] = None,
    after: Annotated[UUID | None, Query(description="The last id of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[TimelineEntry]:
    """Contacts, communications, to-dos, reminders and events on one line, newest first."""
    if len([each for each in (person, account, premise) if each]) != 1:
        raise InvalidError("person", "Name a person, an account or a premise.")
    someone = await visible_person(caller, session, person) if person else None
    if account is not None:
        await visible_account(caller, session, account)
    if premise is not None and caller.divisions is not None:
        place = await needed(session, Premise, premise)
        if not caller.sees_division(place.division):
            raise HiddenError("premise", premise, ELSEWHERE)
    found = await timeline(
        session, Subject(someone, account, premise), kind or KINDS, Part(after, limit)
    )
    items = [TimelineEntry.model_validate(each, from_attributes=True) for each in found]
    return Page[TimelineEntry].of(items, limit)


@router.get("/persons/{key}/alerts")
async def read_alerts(
    key: Key, house: HouseDep, session: Reading, caller: ContactReader
) -> list[AlertRead]:
    """What is to be known before one speaks to a person; the loudest first."""
    person = await visible_person(caller, session, key)
    found = await alerts_of(
        session, house.desk.repository, person, roles=caller.roles, now=house.desk.clock()
    )
    return [AlertRead.model_validate(each, from_attributes=True) for each in found]
