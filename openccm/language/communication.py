"""A communication as its author writes it: to whom, when, with what, through which channels."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from openccm.language.categories import Category
from openccm.language.definition import Definition, Use
from openccm.language.fields import PAYLOAD, DataFields, FieldShape, Spelled
from openccm.language.media import Outcome
from openccm.language.scalars import (
    Code,
    Condition,
    Duration,
    EmailAddress,
    FieldName,
    Kebab,
    Language,
    Line,
    ReasonCode,
    TimeOfDay,
    Title,
    misfit,
)

MINUTE = 60


class DuplicateWindow(Spelled):
    """When a second request counts as the same one."""

    by: tuple[FieldName, ...] = Field(
        min_length=1,
        max_length=10,
        description="Fields of the payload whose values make two requests the same.",
    )
    within: Duration = Field(description="For how long the first request keeps others out.")


class Rule(Spelled):
    """What must hold, and the reason recorded when it does not."""

    when: Condition | None = Field(
        None, description="The condition in CEL, for example `bill.amount > 0`."
    )
    hook: Code | None = Field(
        None, description="Or the code of a hook at the point `eligibility`, which is asked."
    )
    reason: ReasonCode = Field(description="Why nothing was sent, for example `nothing_to_pay`.")

    @model_validator(mode="after")
    def _one_way_to_decide(self) -> Self:
        if (self.when is None) == (self.hook is None):
            raise misfit("A rule decides in one way.", "Write either when: or hook:.")
        return self


class Sender(Spelled):
    """Whom the recipient sees as the sender."""

    name: Title = Field(description="The name shown.")
    address: EmailAddress = Field(description="The address answers go to.")


class ChannelUse(Spelled):
    """How one channel carries the communication."""

    after: tuple[Outcome, ...] = Field(
        (),
        description="For every channel but the first: the outcomes of the channel before it after"
        " which this one is used.",
    )
    subject: dict[Language, Line] = Field(
        default_factory=dict[str, str],
        description="For e-mail the subject line, for push the title, in each language, as a"
        " template.",
    )
    from_: Sender | None = Field(None, description="For e-mail: the sender shown.")
    ttl: Duration | None = Field(
        None, description="For push: for how long the service tries to reach the device."
    )
    collapse_key: Kebab | None = Field(
        None,
        description="For push: of several messages that bear it, a device that was away shows the"
        " last one.",
    )
    attach: tuple[Kebab, ...] = Field(
        (),
        max_length=5,
        description="Channels whose template is rendered as a PDF and attached.",
    )
    records: tuple[Kebab, ...] = Field(
        ("generic",),
        min_length=1,
        max_length=10,
        description="For letters: the kinds of records that the print house gets, in their order.",
    )
    inserts: tuple[Kebab, ...] = Field(
        (), max_length=8, description="For letters: what is put into the envelope with them."
    )


class QuietHours(Spelled):
    """The hours of the recipient's day in which nothing is sent."""

    from_: TimeOfDay = Field(description="When they begin, in the recipient's time zone.")
    until: TimeOfDay = Field(description="When they end; earlier than `from` means the next day.")

    @model_validator(mode="after")
    def _not_the_whole_day(self) -> Self:
        if self.from_ == self.until:
            raise misfit("Quiet hours begin and end at the same time.", "Write none, or two times.")
        return self


def _quiet_kind(value: Any) -> str:
    return "word" if isinstance(value, str) else "hours"


class CommunicationDefinition(Definition):
    """A communication: one message to one recipient, by the first channel that reaches them."""

    file: ClassVar[str] = "communication.yaml"

    kind: Literal["communication"] = Field(description="What this file defines.")
    code: Code = Field(description="Its name for core systems and in the Temporal UI.")
    category: Category = Field(
        description="What law and courtesy ask of it: whether consent is needed, and whether"
        " opt-outs, quiet hours and caps hold."
    )
    purpose: Kebab = Field(
        description="The purpose that consent is asked for and withdrawn from. Marketing needs it"
        " granted; everything else only not withdrawn."
    )
    recipient: Literal["person", "account-holder"] = Field(
        description="Who receives it: the person named in the request, or the account's holder."
    )
    languages: tuple[Language, ...] = Field(
        min_length=1,
        max_length=50,
        description="The languages it exists in; the first serves recipients of all others.",
    )
    duplicate: DuplicateWindow | None = Field(
        None, description="Keeps a second request for the same thing from being sent."
    )
    data: DataFields = Field(
        default_factory=DataFields,
        max_length=500,
        description="The fields that templates and rules may use, by name.",
    )
    fragments: tuple[Code, ...] = Field(
        (),
        max_length=50,
        description="The fragments that its templates use. What is sent has the version of each"
        " that is live at that moment.",
    )
    eligibility: dict[Kebab, Rule] = Field(
        default_factory=dict[str, Rule],
        max_length=50,
        description="Conditions by name; each must hold, else the request ends with the reason.",
    )
    channels: dict[Kebab, ChannelUse] = Field(
        min_length=1, max_length=10, description="The channels in the order they are tried."
    )
    quiet_hours: Annotated[
        Annotated[Literal["none"], Tag("word")] | Annotated[QuietHours, Tag("hours")],
        Discriminator(_quiet_kind),
    ] = Field("none", description="When nothing is sent, in the recipient's time zone; or `none`.")
    retry: tuple[Duration, ...] = Field(
        (MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE),
        max_length=20,
        description="The waits between attempts while a provider is unwell. After the last one the"
        " channel has failed.",
    )
    ambiguous: Literal["resend", "hold"] = Field(
        "hold",
        description="When a crash leaves it unknown whether a message left and the provider cannot"
        " tell: `resend` may reach the recipient twice, `hold` asks a person.",
    )

    @field_validator("languages")
    @classmethod
    def _each_language_once(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(languages)) < len(languages):
            raise misfit("A language stands twice.", "Name each language once.")
        return languages

    def uses(self) -> Iterator[Use]:
        """The data services and hooks it asks, and the fragments it uses."""
        for code in dict.fromkeys(field.from_ for field in self.data.values()):
            if code != PAYLOAD:
                yield Use("data-service", code)
        for code in self.fragments:
            yield Use("fragment", code)
        for rule in self.eligibility.values():
            if rule.hook is not None:
                yield Use("hook", rule.hook)

    def takes(self) -> Mapping[str, FieldShape]:
        """The fields of its payload."""
        return {name: field for name, field in self.data.items() if field.from_ == PAYLOAD}
