"""A contact type as its author writes it: what a contact must tell, and what follows from it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from openccm.language.definition import Definition, Use
from openccm.language.fields import FieldShape, Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    FieldName,
    Kebab,
    Line,
    Span,
    misfit,
)

About = Literal["person", "account", "premise"]
Direction = Literal["inbound", "outbound"]
Method = Literal["phone", "visit", "email", "letter", "sms", "chat", "web", "system"]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Values = dict[FieldName, Condition]
"""Fields of somebody else by name, and the CEL expressions that give their values."""


class Characteristic(FieldShape):
    """A field that contacts of this type carry."""

    required: bool = Field(False, strict=True, description="Whether no contact can do without it.")
    values: tuple[Choice, ...] = Field(
        (), max_length=500, description="For a text: the only values that are accepted."
    )

    @model_validator(mode="after")
    def _only_texts_are_chosen(self) -> Self:
        if self.values and self.type != "text":
            raise misfit(f"A {self.type} is not chosen from a list.", "Take values: out.")
        return self

    @property
    def missing(self) -> str:
        """What happens without it, in the words of all fields that are handed over."""
        return "fail" if self.required else "hide"


class ContactLetter(Spelled):
    """The communication that a contact asks for."""

    communication: Code = Field(description="Code of the communication.")
    when: Condition | None = Field(
        None, description="Only if this holds, over the characteristics and `contact`."
    )
    payload: Values = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="Values for its payload, each a CEL expression over the characteristics.",
    )
    channel: Kebab | None = Field(None, description="Use this channel and no other.")
    priority: int = Field(2, ge=1, le=3, description="1 overtakes 2 overtakes 3.")


class ContactToDo(Spelled):
    """The work that a contact makes."""

    type: Code = Field(description="The type of the to-do.")
    role: Kebab | None = Field(None, description="Who may take it; else as its type says.")
    context: dict[FieldName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the agent reads, each a CEL expression over the characteristics.",
    )


class ContactProcess(Spelled):
    """The process that a contact begins which an agent logs."""

    process: Code = Field(description="Code of the process.")
    when: Condition | None = Field(
        None, description="Only if this holds, over the characteristics and `contact`."
    )
    payload: Values = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="Values for its data, each a CEL expression over the characteristics.",
    )


class ContactReminder(Spelled):
    """The promise to look again that comes with a contact."""

    after: Span = Field(description="How long after the contact it is due.")
    to_do: Code = Field(description="The type of the to-do that it becomes.")
    role: Kebab | None = Field(None, description="Who may take it; else as its type says.")
    calendar: Code | None = Field(
        None,
        description="The calendar by which business time is counted; a reminder that is due on a"
        " day without business moves to the next one.",
    )
    note: Line | None = Field(None, description="What is to be looked at.")
    context: dict[FieldName, Condition] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the agent reads, each a CEL expression over the characteristics.",
    )


class ContactTypeDefinition(Definition):
    """A type of customer contact: what must be told of it, and what follows when it is logged."""

    file: ClassVar[str] = "contact-type.yaml"

    kind: Literal["contact-type"] = Field(description="What this file defines.")
    code: Code = Field(
        description="The code of its class, a hyphen, and its own name: `COLLECT-OVERDUE-L1`."
    )
    class_: Code = Field(description="The class it belongs to.")
    about: tuple[About, ...] = Field(
        min_length=1,
        max_length=3,
        description="What a contact must be about: `person`, `account`, `premise`. An account"
        " stands for its holder.",
    )
    direction: Direction | None = Field(
        None, description="Who turned to whom; left out, whoever logs it says so."
    )
    methods: tuple[Method, ...] = Field(
        ("phone", "visit", "email", "letter", "sms", "chat", "web", "system"),
        min_length=1,
        description="How it can take place; the first unless whoever logs it says another.",
    )
    opens: Literal["open", "closed"] = Field(
        "closed", description="Whether it stays `open` until somebody closes it."
    )
    log: Line | None = Field(
        None,
        description="What its log begins with, with `{fields}` of the characteristics; its title"
        " where it is left out.",
    )
    characteristics: dict[FieldName, Characteristic] = Field(
        default_factory=dict[str, Characteristic],
        max_length=100,
        description="The fields that contacts of this type carry, by name.",
    )
    communication: ContactLetter | None = Field(
        None, description="The communication to ask for when it is logged."
    )
    reminder: ContactReminder | None = Field(
        None, description="The reminder that comes with it unless whoever logs it says another."
    )
    to_do: ContactToDo | None = Field(None, description="The to-do to raise when it is logged.")
    process: ContactProcess | None = Field(
        None, description="The process to begin at once when an agent logs it."
    )

    def uses(self) -> Iterator[Use]:
        """Its class, and all that follows from it."""
        yield Use("contact-class", self.class_)
        if self.communication is not None:
            yield Use("communication", self.communication.communication)
        if self.process is not None:
            yield Use("process", self.process.process)
        if self.to_do is not None:
            yield Use("to-do-type", self.to_do.type)
        if self.reminder is not None:
            yield from uses_of_reminder(self.reminder)

    def takes(self) -> Mapping[str, FieldShape]:
        """Its characteristics."""
        return self.characteristics

    @property
    def name(self) -> str:
        """Its own name within its class."""
        return self.code.removeprefix(f"{self.class_}-")


def uses_of_reminder(reminder: ContactReminder) -> Iterator[Use]:
    """The to-do it becomes, and the calendar it is counted by."""
    yield Use("to-do-type", reminder.to_do)
    if reminder.calendar is not None:
        yield Use("calendar", reminder.calendar)
