"""Divisions and customer classes."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, PartyReader, Reading, SystemManager, Writing
from openccm.parties import codes
from openccm.parties.tables import PartyCode

router = APIRouter(prefix="/v1", tags=["codes"])

Code = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")]


class ClassUpdate(BaseModel):
    """A segment of accounts."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=120)]
    closed: Annotated[bool, Field(description="Nothing new may carry it.")] = False


class DivisionUpdate(ClassUpdate):
    """A part of the company, or a brand."""

    calendar: Annotated[
        str, Field(max_length=60, description="The code of the calendar it works by.")
    ] = ""
    endpoints: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=320)]],
        Field(default_factory=dict, description="What it sends from, by channel."),
    ]


class ClassRead(BaseModel):
    """A code as it stands."""

    code: str
    title: str
    closed_at: datetime | None
    updated_at: datetime


class DivisionRead(ClassRead):
    """A division as it stands."""

    calendar: str
    endpoints: dict[str, str]

    @classmethod
    def of(cls, row: PartyCode) -> "DivisionRead":
        """The public face of a row."""
        plain = row.model_dump(include=set(ClassRead.model_fields))
        return cls(**plain, **row.facts)


def _class(row: PartyCode) -> ClassRead:
    return ClassRead.model_validate(row, from_attributes=True)


@router.get("/divisions")
async def list_divisions(session: Reading, caller: PartyReader) -> list[DivisionRead]:
    """All divisions, closed ones as well."""
    return [DivisionRead.of(row) for row in await codes.codes(session, "division")]


@router.put("/divisions/{code}")
async def put_division(
    code: Code, body: DivisionUpdate, house: HouseDep, caller: SystemManager, session: Writing
) -> DivisionRead:
    """Make a division known, change it, close it or open it again."""
    row = await codes.put_code(
        session,
        "division",
        code,
        body.title,
        {"calendar": body.calendar, "endpoints": body.endpoints},
        closed=body.closed,
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return DivisionRead.of(row)


@router.get("/customer-classes")
async def list_classes(session: Reading, caller: PartyReader) -> list[ClassRead]:
    """All customer classes, closed ones as well."""
    return [_class(row) for row in await codes.codes(session, "customer-class")]


@router.put("/customer-classes/{code}")
async def put_class(
    code: Code, body: ClassUpdate, house: HouseDep, caller: SystemManager, session: Writing
) -> ClassRead:
    """Make a customer class known, change it, close it or open it again."""
    row = await codes.put_code(
        session,
        "customer-class",
        code,
        body.title,
        {},
        closed=body.closed,
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return _class(row)
