"""A contact class as its author writes it: what customer contacts are counted and reported by."""

from typing import ClassVar, Literal

from pydantic import Field

from openccm.language.definition import Definition
from openccm.language.scalars import Code


class ContactClassDefinition(Definition):
    """A class of customer contacts; its types carry the behaviour."""

    file: ClassVar[str] = "contact-class.yaml"

    kind: Literal["contact-class"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; the codes of its types begin with it.")
