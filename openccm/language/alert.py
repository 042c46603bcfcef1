"""An alert as its author writes it: what an agent is warned of as soon as a person is in view."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import Spelled
from openccm.language.scalars import Code, Duration, Kebab, misfit

Mark = Literal[
    "open-to-dos", "due-reminders", "bad-contact-point", "restricted", "suppressed", "vip"
]


class ContactCount(Spelled):
    """So many contacts of a kind within a time."""

    class_: Code | None = Field(None, description="The class of the contacts.")
    type: Code | None = Field(None, description="The type of the contacts.")
    at_least: int = Field(1, ge=1, le=1_000, description="From how many on.")
    within: Duration = Field(description="Over how long, until now.")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.class_ is None) == (self.type is None):
            raise misfit("Contacts are counted by one thing.", "Write either class: or type:.")
        return self


class AlertDefinition(Definition):
    """An alert about a person: shown while what it is about holds, with a number."""

    file: ClassVar[str] = "alert.yaml"

    kind: Literal["alert"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name.")
    severity: Literal["info", "warning", "danger"] = Field(
        "warning", description="How loudly the agent is told."
    )
    roles: tuple[Kebab, ...] = Field(
        (), max_length=50, description="Whom it is for; everybody where it is left out."
    )
    contacts: ContactCount | None = Field(None, description="It is about so many contacts.")
    mark: Mark | None = Field(
        None,
        description="It is about what is known of the person: `open-to-dos`, `due-reminders`,"
        " `bad-contact-point` (a message came back), `restricted`, `suppressed`, `vip`.",
    )
    need: Kebab | None = Field(
        None, description="It is about a special need of the person, for example `vulnerable`."
    )

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if len([each for each in (self.contacts, self.mark, self.need) if each is not None]) != 1:
            raise misfit("An alert is about one thing.", "Write one of contacts:, mark:, need:.")
        return self

    def uses(self) -> Iterator[Use]:
        """The contacts it counts."""
        if self.contacts is not None and self.contacts.class_ is not None:
            yield Use("contact-class", self.contacts.class_)
        if self.contacts is not None and self.contacts.type is not None:
            yield Use("contact-type", self.contacts.type)
