"""The data a definition declares: what kind each field is and where it comes from."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from openccm.language.scalars import Currency, FieldName, Kebab, PartName, Title, misfit

FieldType = Literal["text", "number", "money", "date", "datetime", "boolean", "list", "object"]

PAYLOAD = "payload"
"""The source of values that the caller sends with the request."""


def kebab(name: str) -> str:
    """How a model's field is spelled in YAML."""
    return name.rstrip("_").replace("_", "-")


class Spelled(BaseModel):
    """What all models of the language share: strict about names, never changed after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=kebab)


class FieldShape(Spelled):
    """What a value looks like."""

    type: FieldType = Field(description="The kind of value.")
    label: Title | None = Field(
        None, description="What business users read; the name itself where it is left out."
    )
    currency: Currency | None = Field(
        None, description="For money: the ISO 4217 code all amounts are in."
    )
    fields: dict[PartName, "FieldShape"] | None = Field(
        None, description="For a list: the parts of each entry. For an object: its parts."
    )

    @model_validator(mode="after")
    def _parts_fit_type(self) -> Self:
        if (self.type in ("list", "object")) != bool(self.fields):
            if self.fields is None or self.type in ("list", "object"):
                raise misfit(f"A {self.type} names its parts.", "Add fields: with at least one.")
            raise misfit(f"A {self.type} has no parts.", "Take fields: out, or use type: object.")
        if self.currency and self.type != "money":
            raise misfit("Only money has a currency.", "Take currency: out, or use type: money.")
        return self


class DefaultValue(Spelled):
    """A value that stands in where none was given."""

    default: Any = Field(description="The value to use; it must be of the field's type.")


def _missing_kind(value: Any) -> str:
    return "word" if isinstance(value, str) else "default"


Missing = Annotated[
    Annotated[Literal["fail", "hide", "wait"], Tag("word")]
    | Annotated[DefaultValue, Tag("default")],
    Discriminator(_missing_kind),
]


class DataField(FieldShape):
    """One value that templates and rules may use."""

    from_: Kebab = Field(
        description="Who gives it: `payload` for the caller, else the code of a data service."
    )
    missing: Missing = Field(
        "fail",
        description="When there is no value: `fail` refuses the request, or stops it in `error`"
        " where a service gives none, `hide` leaves it out of the text, `wait` asks the"
        " service again later, `default:` uses the value given here.",
    )

    @model_validator(mode="after")
    def _only_services_answer_later(self) -> Self:
        if self.missing == "wait" and self.from_ == PAYLOAD:
            raise misfit(
                "The payload does not change, so nothing can be waited for.",
                "Use missing: fail or hide, or take the field from a data service.",
            )
        return self


DataFields = dict[FieldName, DataField]
