"""Absences: who stands in for whom, as supervisors arrange it, or whoever is away themselves."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.dependencies import AnyCaller, HouseDep, Reading, Supervisor, Writing
from openccm.access.absences import Away, absence_of, end_absence, set_absence
from openccm.access.caller import Caller
from openccm.access.users import NAME
from openccm.errors import DeniedError, NotFoundError

router = APIRouter(prefix="/v1/users/{name}/absence", tags=["users"])

own = APIRouter(prefix="/v1/session/absence", tags=["session"])

Name = Annotated[str, Path(pattern=NAME, description="Who is away.")]


class AbsenceModel(BaseModel):
    """From when until when somebody is away, and who bears their roles meanwhile."""

    model_config = ConfigDict(extra="forbid")

    delegate: Annotated[str, Field(pattern=NAME)]
    since: AwareDatetime
    until: AwareDatetime

    @classmethod
    def of(cls, away: Away) -> "AbsenceModel":
        """The public face of an absence."""
        return cls(delegate=away.delegate, since=away.since, until=away.until)


@router.get("")
async def read_absence(name: Name, session: Reading, caller: Supervisor) -> AbsenceModel:
    """When a user is away, and who stands in."""
    return AbsenceModel.of(await absence_of(session, name))


@router.put("")
async def replace_absence(
    name: Name, body: AbsenceModel, house: HouseDep, session: Writing, caller: Supervisor
) -> AbsenceModel:
    """Let somebody stand in: they get the to-dos and approvals of the other's roles as well."""
    away = Away(body.delegate, body.since, body.until)
    now = house.desk.clock()
    return AbsenceModel.of(await set_absence(session, name, away, actor=caller.actor, now=now))


@router.delete("", status_code=HTTPStatus.NO_CONTENT)
async def remove_absence(name: Name, house: HouseDep, session: Writing, caller: Supervisor) -> None:
    """They are back, or stay after all."""
    await end_absence(session, name, actor=caller.actor, now=house.desk.clock())


def _user(caller: Caller) -> str:
    if caller.kind != "user":
        raise DeniedError("This is for users; a core system is never away.")
    return caller.name


@own.get("")
async def read_own_absence(session: Reading, caller: AnyCaller) -> AbsenceModel | None:
    """When one is away, and who stands in; null while nothing is arranged."""
    try:
        return AbsenceModel.of(await absence_of(session, _user(caller)))
    except NotFoundError:
        return None


@own.put("")
async def replace_own_absence(
    body: AbsenceModel, house: HouseDep, session: Writing, caller: AnyCaller
) -> AbsenceModel:
    """Let a colleague stand in: they get the to-dos and approvals of one's roles as well."""
    away, name = Away(body.delegate, body.since, body.until), _user(caller)
    now = house.desk.clock()
    return AbsenceModel.of(await set_absence(session, name, away, actor=caller.actor, now=now))


@own.delete("", status_code=HTTPStatus.NO_CONTENT)
async def remove_own_absence(house: HouseDep, session: Writing, caller: AnyCaller) -> None:
    """One is back, or stays after all."""
    await end_absence(session, _user(caller), actor=caller.actor, now=house.desk.clock())
