"""What a person allows and forbids, as steps and outcomes write it down."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from openccm.language.fields import Spelled
from openccm.language.scalars import CODE, KEBAB, Kebab, misfit

ALL = "all"
"""Every channel, where one is named otherwise."""

LIFTED = "lifted"

Aim = Annotated[str, StringConstraints(pattern=f"{KEBAB}|{CODE}", max_length=60)]
"""A channel, or the code of a communication."""

Word = Literal["granted", "withdrawn"]
Wish = Literal["prefer", "allow", "refuse"]
Stop = Literal["do_not_contact", "registry", "complaint", "lifted"]


class Wishes(Spelled):
    """What a person allows and forbids."""

    consents: dict[Kebab, Word] = Field(
        default_factory=dict[str, Word],
        max_length=50,
        description="The person's word by purpose.",
    )
    preferences: dict[Aim, Wish] = Field(
        default_factory=dict[str, Wish],
        max_length=50,
        description="The person's wish by channel, or by the code of a communication.",
    )
    suppressions: dict[Kebab, Stop] = Field(
        default_factory=dict[str, Stop],
        max_length=50,
        description="Hard stops by channel, `all` for every one: the reason, or `lifted`.",
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.consents or self.preferences or self.suppressions):
            raise misfit(
                "Nothing is written down.", "Add consents:, preferences: or suppressions:."
            )
        return self

    def told(self) -> str:
        """All of it in one line."""
        said = [
            *(f"consent to {name} is {word}" for name, word in self.consents.items()),
            *(f"{name}: {wish}" for name, wish in self.preferences.items()),
            *(f"stop on {name}: {stop}" for name, stop in self.suppressions.items()),
        ]
        return ", ".join(said)
