"""Triggers: every binding with what it listens to, what it feeds, and its switch."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import DefinitionManager, EventReader, HouseDep, Reading, Writing
from openccm.events import commands, queries
from openccm.events.queries import Trigger
from openccm.events.tables import TriggerSwitch

router = APIRouter(prefix="/v1/triggers", tags=["events"])

Switch = Literal["enable", "disable"]


class SwitchRead(BaseModel):
    """Who switched it last, and why."""

    enabled: bool
    by: str
    reason: str
    at: datetime

    @classmethod
    def of(cls, row: TriggerSwitch) -> "SwitchRead":
        """The public face of a row."""
        return cls(**row.model_dump(exclude={"code"}))


class TriggerRead(BaseModel):
    """A binding as it stands."""

    code: str
    title: str
    version: int
    source: Annotated[str | None, Field(description="Any core system where there is none.")]
    type: str
    sequence: int
    create: str
    feeds: Annotated[list[str], Field(description="The communication and the process.")]
    enabled: bool
    switch: Annotated[
        SwitchRead | None, Field(description="Left out while it is as its author wrote.")
    ]
    volume: Annotated[
        dict[str, int], Field(description="Its deeds of the last 30 days by what came of them.")
    ]

    @classmethod
    def of(cls, trigger: Trigger) -> "TriggerRead":
        """The public face of a trigger."""
        definition = trigger.binding.definition
        return cls(
            version=trigger.binding.version,
            feeds=[use.code for use in definition.uses()],
            enabled=trigger.enabled,
            switch=SwitchRead.of(trigger.switch) if trigger.switch else None,
            volume=dict(trigger.volume),
            **definition.model_dump(
                include={"code", "title", "source", "type", "sequence", "create"}
            ),
        )


class SwitchCreate(BaseModel):
    """Why it is switched."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("")
async def list_triggers(
    session: Reading, house: HouseDep, caller: EventReader
) -> list[TriggerRead]:
    """All of them, by code."""
    found = await queries.triggers(session, house.desk.repository, house.desk.clock())
    return [TriggerRead.of(each) for each in found]


@router.post("/{code}/{switch}")
async def switch_trigger(
    code: str,
    switch: Switch,
    body: SwitchCreate,
    house: HouseDep,
    session: Writing,
    caller: DefinitionManager,
) -> SwitchRead:
    """Switch a binding on or off. What it ignores while off is counted, and can be retried."""
    row = await commands.switch(
        session,
        code,
        switch == "enable",
        body.reason,
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return SwitchRead.of(row)
