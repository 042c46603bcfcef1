"""A sample: example data for previews, test runs and tests of a communication or a process."""

from typing import Any, Literal

from pydantic import Field

from openccm.language.calendar import TimeZone
from openccm.language.fields import Spelled
from openccm.language.scalars import Kebab, Language, Line, Title


class Sample(Spelled):
    """One example of a recipient with their data."""

    title: Title | None = Field(None, description="What this example shows.")
    language: Language | None = Field(
        None, description="The recipient's language; the definition's first where left out."
    )
    person: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="Who receives it, as templates see them: `name`, `given_name`, …",
    )
    account: dict[str, Any] = Field(
        default_factory=dict[str, Any], description="The account, as templates see it."
    )
    address: tuple[Line, ...] = Field(
        (), max_length=20, description="The lines of the postal address."
    )
    data: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="Values of the declared fields, by dotted name or nested.",
    )
    time_zone: TimeZone | None = Field(
        None, description="Where the recipient lives; `Europe/London` where it is left out."
    )
    reach: dict[Kebab, Line] | None = Field(
        None,
        description="For a simulation: the channels the recipient has, each with an address; all"
        " that are needed where it is left out.",
    )
    consents: dict[Kebab, Literal["granted", "withdrawn"]] = Field(
        default_factory=dict[str, Literal["granted", "withdrawn"]],
        max_length=50,
        description="For a simulation: what the recipient said, by purpose.",
    )


NOTHING = Sample.model_validate({})
"""The sample that says nothing."""
