"""Simulations: a definition played through with a clock of its own; nothing is kept or sent."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.definitions import Files, contents, hashes_in
from api.dependencies import DefinitionReader, House, HouseDep
from api.routes.language import Kind
from openccm.language.case import MOMENT, Answer, Telling
from openccm.language.sample import Sample
from openccm.repository.audience import permit
from openccm.repository.drafts import known_contents
from openccm.repository.editing import Written
from openccm.simulation import desk
from openccm.simulation.scenario import House as Borrowed
from openccm.simulation.story import Simulation

router = APIRouter(prefix="/v1/simulations", tags=["simulations"])


class WrittenCreate(BaseModel):
    """A definition as it stands in an editor."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    text: Annotated[str, Field(max_length=1_000_000, description="The YAML.")]
    files: Annotated[Files, Field(max_length=500, description="What lies beside it.")] = {}


class SimulationCreate(BaseModel):
    """What is played, with whom, and what happens from outside."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[
        str, Field(max_length=60, description="The definition; what is live, else its draft.")
    ]
    version: Annotated[int | None, Field(ge=1, le=2_147_483_647)] = None
    written: Annotated[
        WrittenCreate | None, Field(description="A text to play, instead of what is stored.")
    ] = None
    start: Annotated[
        AwareDatetime | Annotated[str, Field(pattern=MOMENT)] | None,
        Field(description="When it begins: with a zone, or local time as `2026-05-01 09:00`."),
    ] = None
    sample: Annotated[
        str | Sample | None,
        Field(description="A sample's name, or a sample; the first of the definition by default."),
    ] = None
    person: Annotated[
        str | None,
        Field(max_length=80, description="A real person's key; needs `request:create`."),
    ] = None
    payload: Annotated[
        dict[str, Any] | None, Field(description="Instead of the sample's values.")
    ] = None
    events: Annotated[list[Telling], Field(max_length=200)] = []
    answers: Annotated[
        dict[str, list[Answer]],
        Field(max_length=200, description="By step; one for each time it is reached."),
    ] = {}


@router.post("")
async def create_simulation(
    body: SimulationCreate, house: HouseDep, caller: DefinitionReader
) -> Simulation:
    """Play a definition through: its path, what would be sent, and where it would stand."""
    if body.person is not None:
        caller.require("request:create")
    wish = desk.Wish(
        code=body.code,
        version=body.version,
        start=body.start,
        sample=body.sample,
        person=body.person,
        payload=body.payload,
        events=body.events,
        answers=body.answers,
    )
    async with house.desk.database.read() as session:
        await permit(session, caller, body.code)
        written = None
        if body.written is not None:
            known = await known_contents(session, body.code, hashes_in(body.written.files))
            files = contents(body.written.files, known)
            written = Written(body.written.kind, body.written.text, files)
        return await desk.simulate(session, borrowed(house), wish, written, caller)


def borrowed(house: House) -> Borrowed:
    """What a simulation may use of this installation."""
    return Borrowed(house.settings, house.desk.renderer, house.desk.database, house.desk.data)
