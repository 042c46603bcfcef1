"""What an agent has in front of them to do a to-do: its form, its outcomes, and its notes."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.dependencies import Agent, HouseDep, Reading
from api.models import Listed
from api.routes.language import ValueRead
from api.routes.todos import Body, carried_out, visible_todo
from openccm.access.bearers import users_bearing
from openccm.access.caller import Caller
from openccm.errors import DeniedError
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.work import commands, queries
from openccm.work.commands import Hand
from openccm.work.dispositions import day_of
from openccm.work.rights import require_fit
from openccm.work.tables import ToDo, ToDoNote

router = APIRouter(prefix="/v1/todos/{todo_id}", tags=["to-dos"])


class OutcomeRead(BaseModel):
    """One way in which it can end."""

    name: str
    label: str
    reason_required: bool
    requires: Annotated[list[str], Field(description="Fields of the form that must be filled.")]
    day: Annotated[
        Literal["none", "optional", "required"],
        Field(description="Whether its disposition takes a day, given as `on`."),
    ]


class ColleagueRead(BaseModel):
    """Somebody who may do it."""

    actor: str
    title: str


class SheetRead(BaseModel):
    """What the type of a to-do declares, and who may do it."""

    title: Annotated[str, Field(description="Of the type.")]
    roles: Annotated[list[str], Field(description="It can be forwarded to these.")]
    context: Annotated[list[ValueRead], Field(description="What the agent reads.")]
    form: Annotated[list[ValueRead], Field(description="What the agent fills in.")]
    outcomes: list[OutcomeRead]
    four_eyes: bool
    refusal: Annotated[
        str | None, Field(description="Why the caller may not do it; null where they may.")
    ]
    colleagues: Annotated[list[ColleagueRead], Field(description="Users who bear its roles.")]


class ToDoNoteCreate(Body):
    """Something to be remembered."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class ToDoNoteRead(Listed):
    """What somebody wrote down."""

    text: str
    by: str
    at: datetime


@router.get("/sheet")
async def read_sheet(todo_id: UUID, house: HouseDep, caller: Agent, session: Reading) -> SheetRead:
    """What there is to read and to fill in, as declared by the version it was raised with."""
    todo = await visible_todo(house, caller, todo_id)
    definition = await house.desk.repository.kept(
        session, ToDoTypeDefinition, todo.type, todo.version
    )
    colleagues = await users_bearing(session, definition.all_roles)
    return SheetRead(
        title=definition.title,
        roles=sorted(definition.all_roles),
        context=[ValueRead.of(name, shape) for name, shape in definition.context.items()],
        form=[ValueRead.of(name, shape) for name, shape in definition.form.items()],
        outcomes=[
            OutcomeRead(
                name=name,
                label=outcome.label,
                reason_required=outcome.reason == "required",
                requires=list(outcome.requires),
                day=await day_of(session, house.desk.repository, outcome),
            )
            for name, outcome in definition.outcomes.items()
        ],
        four_eyes=definition.four_eyes,
        refusal=_refusal(todo, definition, caller),
        colleagues=[ColleagueRead(actor=f"user:{u.name}", title=u.title) for u in colleagues],
    )


@router.get("/notes")
async def list_notes(
    todo_id: UUID, house: HouseDep, caller: Agent, session: Reading
) -> list[ToDoNoteRead]:
    """What people wrote down in it, first to last."""
    await visible_todo(house, caller, todo_id)
    rows = await queries.notes_of(session, todo_id)
    return [ToDoNoteRead.model_validate(each, from_attributes=True) for each in rows]


@router.post("/notes", status_code=HTTPStatus.CREATED)
async def create_note(
    todo_id: UUID, body: ToDoNoteCreate, house: HouseDep, caller: Agent
) -> ToDoNoteRead:
    """Write something down in it, for whoever does it."""

    async def do(session: AsyncSession, hand: Hand) -> ToDoNote:
        return await commands.add_note(session, hand, todo_id, body.text)

    note = await carried_out(house, caller, do)
    return ToDoNoteRead.model_validate(note, from_attributes=True)


def _refusal(todo: ToDo, definition: ToDoTypeDefinition, caller: Caller) -> str | None:
    try:
        require_fit(todo, definition, caller)
    except DeniedError as error:
        return str(error)
    return None
