"""A disposition: how an attempt to reach somebody can come out, the same wherever it is used."""

from typing import ClassVar, Literal

from pydantic import Field

from openccm.language.definition import Definition
from openccm.language.scalars import Code, Line


class DispositionDefinition(Definition):
    """A disposition: what came of a talk or a task, by a name that all statistics share."""

    file: ClassVar[str] = "disposition.yaml"

    kind: Literal["disposition"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name, for ever: what was counted by it stays comparable.")
    description: Line = Field(description="When an agent chooses it.")
    date: Literal["none", "optional", "required"] = Field(
        "none", description="Whether the agent names a day with it, such as when to call again."
    )
