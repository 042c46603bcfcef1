"""Samples of questions to hooks and data services, and the answers that are expected."""

from typing import Any

from pydantic import Field

from openccm.language.fields import Spelled
from openccm.language.scalars import FieldName, PartName, Title


class HookSample(Spelled):
    """One question to a hook; what is expected may be left out."""

    title: Title | None = Field(None, description="What this example shows.")
    values: dict[FieldName, Any] = Field(
        default_factory=dict[str, Any], description="The inputs, by name."
    )
    outcome: PartName | None = Field(None, description="The outcome that is expected.")
    answer: dict[FieldName, Any] = Field(
        default_factory=dict[str, Any],
        description="Outputs that are expected, by name; others may be there as well.",
    )


class ServiceSample(Spelled):
    """One question to a data service; what is expected may be left out."""

    title: Title | None = Field(None, description="What this example shows.")
    keys: dict[str, Any] = Field(
        default_factory=dict[str, Any],
        description="`person`, `account` and the payload of the request.",
    )
    answer: dict[FieldName, Any] = Field(
        default_factory=dict[str, Any],
        description="Values that are expected, by name; others may be there as well.",
    )
