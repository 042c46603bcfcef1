"""A fragment: words that many communications share, with versions and approvals of their own."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator

from openccm.language.definition import Definition
from openccm.language.fields import FieldShape
from openccm.language.scalars import Code, Language, PartName, misfit


class FragmentDefinition(Definition):
    """Words that communications share: one text for each language and format."""

    file: ClassVar[str] = "fragment.yaml"

    kind: Literal["fragment"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name; communications write it in `fragments:`.")
    languages: tuple[Language, ...] = Field(
        min_length=1, max_length=50, description="The languages it exists in."
    )
    params: dict[PartName, FieldShape] = Field(
        default_factory=dict[str, FieldShape],
        max_length=30,
        description="What a template must hand it, by name; it sees nothing else of the data.",
    )

    @field_validator("languages")
    @classmethod
    def _each_language_once(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(languages)) < len(languages):
            raise misfit("A language stands twice.", "Name each language once.")
        return languages

    def takes(self) -> Mapping[str, FieldShape]:
        """Its parameters."""
        return self.params


def text_of(language: str, suffix: str) -> str:
    """Where the text stands in its folder."""
    return f"templates/{language}.{suffix}"
