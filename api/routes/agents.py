"""Agents: what they are able to do."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import HouseDep, Reading, Supervisor, Writing
from openccm.language.scalars import KEBAB
from openccm.work import skills

router = APIRouter(prefix="/v1/agents", tags=["to-dos"])

Actor = Annotated[
    str,
    Path(
        max_length=80,
        pattern=r"^[a-z]+:[A-Za-z0-9._-]+$",
        description="As the trail names them, `system:CONTACT-CENTRE`.",
    ),
]


class AgentSkills(BaseModel):
    """All that an agent is able to do."""

    model_config = ConfigDict(extra="forbid")

    skills: Annotated[
        dict[
            Annotated[str, Field(pattern=KEBAB, max_length=60)],
            Annotated[int, Field(ge=1, le=9)],
        ],
        Field(max_length=50, description="Skill to level; higher is more."),
    ]


@router.get("/{actor}/skills")
async def read_skills(actor: Actor, session: Reading, caller: Supervisor) -> AgentSkills:
    """What an agent is able to do."""
    return AgentSkills(skills=await skills.skills_of(session, actor))


@router.put("/{actor}/skills")
async def replace_skills(
    actor: Actor, body: AgentSkills, house: HouseDep, session: Writing, caller: Supervisor
) -> AgentSkills:
    """Say all that an agent is able to do; what is not named they are not."""
    await skills.set_skills(session, actor, body.skills, by=caller.actor, now=house.desk.clock())
    return body
