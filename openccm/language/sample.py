"""A sample: example data for previews, test runs and tests of one communication."""

from typing import Any

from pydantic import Field

from openccm.language.fields import Spelled
from openccm.language.scalars import Language, Line, Title


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
