"""A data service as its author writes it: where it answers and which fields it offers."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Definition
from openccm.language.fields import FieldShape, Spelled
from openccm.language.scalars import (
    Duration,
    EntryPoint,
    FieldName,
    Kebab,
    Reference,
    ServiceAddress,
    misfit,
)


class HttpEndpoint(Spelled):
    """An endpoint that answers signed HTTP requests."""

    url: ServiceAddress = Field(description="Where it answers: `https://…` or `env:NAME`.")
    timeout: Duration = Field(5, description="How long one answer may take.")
    secret: Reference | None = Field(
        None, description="Where the signing secret is kept: `env:NAME` or `file:/path`."
    )


class ServiceField(FieldShape):
    """One value the service can give."""

    sensitivity: Literal["public", "personal", "sensitive"] = Field(
        "personal", description="How it must be protected, and who may see it."
    )


class DataServiceDefinition(Definition):
    """A data service: someone OpenCCM asks for the values a communication needs."""

    file: ClassVar[str] = "service.yaml"

    kind: Literal["data-service"] = Field(description="What this file defines.")
    code: Kebab = Field(description="Its name; definitions write it behind `from:`.")
    http: HttpEndpoint | None = Field(None, description="Asks it by signed HTTP requests.")
    python: EntryPoint | None = Field(
        None, description="Asks a Python class: the name of an `openccm.data_services` entry point."
    )
    patience: Duration = Field(
        86_400,
        description="How long a step of a process waits for it and asks again while it is away.",
    )
    fields: dict[FieldName, ServiceField] = Field(
        min_length=1, max_length=1_000, description="The values it offers, by name."
    )

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> Self:
        if (self.http is None) == (self.python is None):
            raise misfit("A data service is asked in one way.", "Write either http: or python:.")
        return self
