"""An event binding as its author writes it: which event of which system leads to what."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from openccm.language.contact_type import ContactReminder, uses_of_reminder
from openccm.language.definition import Definition, Use
from openccm.language.fields import DefaultValue, FieldShape, Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    Day,
    Duration,
    EventType,
    FieldName,
    Kebab,
    PartName,
    ReasonCode,
    SystemCode,
    misfit,
)

Value = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


def _missing(value: object) -> object:
    if isinstance(value, str) and value not in ("fail", "hide"):
        raise misfit(f"{value} is not possible here.", "Use one of: fail, hide, or {default: …}.")
    return value


class EventField(FieldShape):
    """One value that an event of this type carries."""

    missing: Annotated[Literal["fail", "hide"] | DefaultValue, BeforeValidator(_missing)] = Field(
        "fail",
        description="When an event comes without it: `fail` refuses the event, `hide` goes on"
        " without a value, `default:` uses the value given here.",
    )


EventFields = dict[FieldName, EventField]


class Effective(Spelled):
    """The days on which events are bound, in UTC."""

    from_: Day | None = Field(None, description="The first day.")
    until: Day | None = Field(None, description="The day on which it no longer binds.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_ is None and self.until is None:
            raise misfit("No day is named.", "Write from:, until:, or both.")
        if self.from_ and self.until and self.until <= self.from_:
            raise misfit("It ends before it begins.", "Write a later day behind until:.")
        return self

    def covers(self, moment: datetime) -> bool:
        """Whether a moment lies on one of these days."""
        day = moment.astimezone(UTC).date()
        return (self.from_ or date.min) <= day and (self.until is None or day < self.until)


class Once(Spelled):
    """Which events count as the same fact told again."""

    by: tuple[FieldName, ...] = Field(
        (),
        max_length=10,
        description="Fields of the event whose values make two events the same; they must be of"
        " the same person, account and premise, too.",
    )
    within: Duration = Field(description="For how long the first one keeps others out.")
    among: Code | None = Field(
        None,
        description="A name that several bindings share: then the first of them to take a fact"
        " keeps the others out as well.",
    )


_PERSON = (
    "Whom it is about, as a CEL expression giving a key; the person the event names if left out."
)


class RequestDeed(Spelled):
    """Ask for a communication."""

    communication: Code = Field(description="Code of the communication.")
    person: Value | None = Field(None, description=_PERSON)
    payload: dict[FieldName, Value] = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="The communication's payload: each of its fields with a CEL expression over the"
        " event that gives its value, often just the name of a field.",
    )
    priority: Annotated[int, Field(ge=1, le=3)] = Field(2, description="1 overtakes 2 overtakes 3.")
    channel: Kebab | None = Field(None, description="Use this channel and no other.")


class ProcessDeed(Spelled):
    """Start a process."""

    process: Code = Field(description="Code of the process.")
    person: Value | None = Field(None, description=_PERSON)
    payload: dict[FieldName, Value] = Field(
        default_factory=dict[str, str],
        max_length=500,
        description="The process's payload: each of its fields with a CEL expression over the event"
        " that gives its value, often just the name of a field.",
    )
    key: Value | None = Field(
        None,
        description="An expression that names the instance; for each name there is one. Left out,"
        " every event starts one.",
    )


class ContactDeed(Spelled):
    """Log a customer contact."""

    type: Code = Field(description="The contact type.")
    person: Value | None = Field(None, description=_PERSON)
    characteristics: dict[FieldName, Value] = Field(
        default_factory=dict[str, str],
        max_length=100,
        description="What is copied from the event: each characteristic with a CEL expression that"
        " gives its value, often just the name of a field.",
    )
    reminder: ContactReminder | None = Field(
        None, description="The reminder that comes with it, instead of what its type says."
    )


class ToDoDeed(Spelled):
    """Raise a to-do."""

    type: Code = Field(description="The type of the to-do.")
    person: Value | None = Field(None, description=_PERSON)
    role: Kebab | None = Field(None, description="Who may take it; else as its type says.")
    context: dict[FieldName, Value] = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the agent reads: each field with a CEL expression over the event.",
    )


class TableFilter(Spelled):
    """A decision table that is asked before anything is decided."""

    table: Code = Field(description="The decision table.")
    inputs: dict[PartName, Value] = Field(
        max_length=50, description="The table's inputs, each a CEL expression over the event."
    )
    into: PartName = Field(
        description="The name under which `when:` and all values find what it answers."
    )


class OffersDeed(Spelled):
    """Say what has become of compensation offers, or of what they make good."""

    do: Literal["settle", "take-back"] = Field(
        description="`settle`: the core system that tells of it has paid the offer. `take-back`:"
        " the cause has gone; what is not issued yet is withdrawn, and the rest flagged for review."
    )
    offer: Value | None = Field(
        None, description="For `settle`: the offer's id, as a CEL expression over the event."
    )
    cause: Value | None = Field(
        None, description="For `take-back`: the cause that offers name, as a CEL expression."
    )
    reason: ReasonCode = Field("cause_gone", description="For `take-back`: why.")

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        wanted, other = ("offer", "cause") if self.do == "settle" else ("cause", "offer")
        if getattr(self, wanted) is None or getattr(self, other) is not None:
            raise misfit(f"{self.do} needs {wanted}: alone.", f"Write {wanted}: for which offers.")
        return self


class EventBindingDefinition(Definition):
    """A binding: when such an event comes in, do this."""

    file: ClassVar[str] = "binding.yaml"

    kind: Literal["event-binding"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name in the list of triggers.")
    source: SystemCode | None = Field(
        None, description="The core system whose events are bound; any where it is left out."
    )
    type: EventType = Field(description="The type of event, as its source names it.")
    data: EventFields = Field(
        default_factory=EventFields,
        max_length=500,
        description="The values such an event carries that are used here, by name. Others may come"
        " with it and are not looked at.",
    )
    when: Condition | None = Field(
        None,
        description='A condition in CEL over the event\'s data, for example `level == "L1"`.'
        " Where it does not hold, nothing is done.",
    )
    decide: TableFilter | None = Field(
        None, description="A decision table whose answer `when:` and all values may use."
    )
    effective: Effective | None = Field(
        None, description="The days on which it binds; every day where it is left out."
    )
    sequence: Annotated[int, Field(ge=0, le=9_999)] = Field(
        10,
        description="Bindings of one event are carried out in this order. Where one fails, those"
        " with a higher number wait.",
    )
    once: Once | None = Field(None, description="Keeps the same fact from taking effect twice.")
    for_each: FieldName | None = Field(
        None,
        description="A list of the data: everything is done once for each of its entries, which"
        " values call `each`. An entry that cannot be read is an error of its own.",
    )
    create: Literal["now", "on-resolve"] = Field(
        "now",
        description="`now` when the event has come in; `on-resolve` when its source says that it"
        " is resolved. Until then a request is seen waiting.",
    )
    if_cancelled: Literal["keep", "withdraw"] = Field(
        "keep",
        description="What becomes of what was done when its source cancels the event: `withdraw`"
        " cancels what has not gone out or is not done yet.",
    )
    request: RequestDeed | None = Field(None, description="The communication to ask for.")
    process: ProcessDeed | None = Field(None, description="The process to start.")
    contact: ContactDeed | None = Field(None, description="The customer contact to log.")
    to_do: ToDoDeed | None = Field(None, description="The to-do to raise.")
    offers: OffersDeed | None = Field(
        None, description="What has become of compensation offers, or of their cause."
    )
    enabled: bool = Field(
        True, description="Whether it is on when it is first published; operators switch it later."
    )

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not any((self.request, self.process, self.offers, self.contact, self.to_do)):
            mend = "Write one of request:, process:, offers:, contact:, to-do:."
            raise misfit("Nothing is done with the event.", mend)
        return self

    def uses(self) -> Iterator[Use]:
        """The table it asks, and all that it leads to."""
        if self.decide is not None:
            yield Use("decision-table", self.decide.table)
        if self.request is not None:
            yield Use("communication", self.request.communication)
        if self.process is not None:
            yield Use("process", self.process.process)
        if self.to_do is not None:
            yield Use("to-do-type", self.to_do.type)
        if self.contact is not None:
            yield Use("contact-type", self.contact.type)
            if self.contact.reminder is not None:
                yield from uses_of_reminder(self.contact.reminder)
