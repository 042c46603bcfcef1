"""Hand-offs: a core system establishes what an agent did not find."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import HouseDep, PartyReader, PartyWriter, Reading, Writing
from api.parties import KeyField, Strict
from openccm.access.caller import Caller
from openccm.access.reach import ELSEWHERE
from openccm.errors import DeniedError, HiddenError, InvalidError
from openccm.parties import hand_offs
from openccm.parties.tables import HandOff

router = APIRouter(prefix="/v1/hand-offs", tags=["hand-offs"])


class HandOffCreate(Strict):
    """What is to be established, and what was typed so far."""

    object: Literal["person", "account", "premise"]
    typed: Annotated[
        dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=400)]],
        Field(max_length=20, description="Carried to whoever establishes it: `address`, `name`."),
    ]
    division: Annotated[
        str | None,
        Field(max_length=40, description="Whose it will be; of a caller of one division theirs."),
    ] = None


class HandOffCompletion(Strict):
    """What came of it."""

    key: Annotated[KeyField, Field(description="The new object, which must be known here.")]


class HandOffRead(BaseModel):
    """A hand-off as it stands."""

    id: UUID
    object: str
    state: str
    typed: dict[str, str]
    division: str
    key: str | None
    asked_by: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: HandOff) -> "HandOffRead":
        """The public face of a row."""
        plain = row.model_dump(exclude={"object_kind", "object_key"})
        return cls(**plain, object=row.object_kind, key=row.object_key)


@router.post("", status_code=HTTPStatus.CREATED)
async def create_hand_off(
    body: HandOffCreate, house: HouseDep, caller: PartyWriter, session: Writing
) -> HandOffRead:
    """Ask for an object; the core system fetches what was typed by the id."""
    row = await hand_offs.hand_off(
        session,
        body.object,
        body.typed,
        division=_division(caller, body.division),
        actor=caller.actor,
        now=house.desk.clock(),
    )
    return HandOffRead.of(row)


def _division(caller: Caller, told: str | None) -> str:
    """The division that a hand-off is for.

    Raises:
        InvalidError: It goes without saying for nobody who is narrowed to several.
        DeniedError: It is none of the caller's.
    """
    if told is None and caller.divisions is not None:
        if len(caller.divisions) != 1:
            raise InvalidError("division", "Say for which of your divisions it is.")
        return next(iter(caller.divisions))
    if not caller.sees_division(told or ""):
        raise DeniedError(f"You may not put anything into the division {told}.")
    return told or ""


async def _seen(session: AsyncSession, hand_off_id: UUID, caller: Caller) -> HandOff:
    row = await hand_offs.hand_off_by_id(session, hand_off_id)
    if not caller.sees_division(row.division):
        raise HiddenError("hand-off", hand_off_id, ELSEWHERE)
    return row


@router.get("")
async def list_hand_offs(
    session: Reading,
    caller: PartyReader,
    state: Annotated[Literal["open", "completed", "cancelled"] | None, Query()] = "open",
) -> list[HandOffRead]:
    """The oldest hundred."""
    found = await hand_offs.hand_offs(session, state, caller.divisions)
    return [HandOffRead.of(row) for row in found]


@router.get("/{hand_off_id}")
async def read_hand_off(hand_off_id: UUID, session: Reading, caller: PartyReader) -> HandOffRead:
    """One hand-off; once it is completed, the key to go on with."""
    return HandOffRead.of(await _seen(session, hand_off_id, caller))


@router.post("/{hand_off_id}/complete")
async def complete_hand_off(
    hand_off_id: UUID,
    body: HandOffCompletion,
    house: HouseDep,
    caller: PartyWriter,
    session: Writing,
) -> HandOffRead:
    """Say under which key it was established; what was typed is forgotten."""
    await _seen(session, hand_off_id, caller)
    row = await hand_offs.complete_hand_off(
        session, hand_off_id, body.key, actor=caller.actor, now=house.desk.clock()
    )
    return HandOffRead.of(row)


@router.post("/{hand_off_id}/cancel")
async def cancel_hand_off(
    hand_off_id: UUID, house: HouseDep, caller: PartyWriter, session: Writing
) -> HandOffRead:
    """Say that it will not be established; what was typed is forgotten."""
    await _seen(session, hand_off_id, caller)
    row = await hand_offs.cancel_hand_off(
        session, hand_off_id, actor=caller.actor, now=house.desk.clock()
    )
    return HandOffRead.of(row)
