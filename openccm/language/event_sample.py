"""A sample of an event: an example for its binding's readers, for test runs and for tests."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from openccm.language.fields import Spelled
from openccm.language.scalars import Title

Key = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class EventSample(Spelled):
    """One event of the binding's type."""

    title: Title | None = Field(None, description="What this example shows.")
    person: Key | None = Field(None, description="The key of the person it is about.")
    account: Key | None = Field(None, description="The key of the account it is about.")
    premise: Key | None = Field(None, description="The key of the premise it is about.")
    data: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="Values of the declared fields, by dotted name or nested.",
    )
    binds: bool = Field(True, description="Whether the binding takes such an event.")
