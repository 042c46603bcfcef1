"""Steps that keep a case: open and advance it, offer a compensation in it, see it paid."""

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from openccm.language.definition import Use
from openccm.language.fields import Spelled
from openccm.language.scalars import (
    Code,
    Condition,
    FieldName,
    Kebab,
    OutcomeName,
    PartName,
    Span,
    StepId,
    SystemCode,
)
from openccm.language.steps.base import Handed, StepBase, Values, Written


class CaseStep(StepBase):
    """Open the case of this instance, or bring it to another status."""

    do: Literal["case"] = Field(description="What the step does.")
    case: Code = Field(description="The type of the case.")
    status: Kebab = Field(description="The status it is brought to.")
    subject: Condition | None = Field(
        None, description="What it is about, as a CEL expression giving a text; said on opening."
    )
    note: Condition | None = Field(
        None, description="What is noted with it, as a CEL expression giving a text."
    )
    into: PartName = Field("case", description="The name it is kept under: `number`, `status`.")

    def expressions(self) -> Iterator[Written]:
        """What it is about, and what is noted."""
        for place, source in (("subject", self.subject), ("note", self.note)):
            if source:
                yield Written((place,), source, ("text",))

    def uses(self) -> Iterator[Use]:
        """The type of the case."""
        yield Use("case-type", self.case)

    def sentence(self) -> str:
        """Names the status."""
        return f"Bring the case, a {self.case}, to {self.status}."


class ApprovalLimit(Spelled):
    """Who must approve an offer."""

    table: Code = Field(
        description="The decision table that answers the `approver`: a role, or `automatic`."
    )
    inputs: Values = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="The table's inputs, each a CEL expression; `offer.amount` among them.",
    )
    to_do: Code = Field(description="The type of the to-do that asks.")
    context: Values = Field(
        default_factory=dict[str, str],
        max_length=50,
        description="What the person reads, each a CEL expression; `offer.rule` among them.",
    )


class OfferStep(StepBase):
    """Offer a compensation to each of some people, and go on when all of it is decided."""

    outcomes_known: ClassVar[tuple[str, ...]] = ("approved", "rejected", "nothing", "withdrawn")

    do: Literal["offer"] = Field(description="What the step does.")
    for_each: FieldName = Field(
        description="The list of the data with an entry for each of them; expressions call the"
        " entry `each`."
    )
    person: Condition = Field(description="Whose compensation it is, as a key.")
    addressed_to: Condition | None = Field(
        None,
        description="Who is written to and paid instead, as a key; else the person's guardian, and"
        " where there is none the person.",
    )
    party: Kebab = Field("claimant", description="The part these people have in the case.")
    cause: Condition = Field(
        description="What it makes good, as a text: a person is offered something for one cause"
        " once, in whatever case."
    )
    table: Code = Field(
        description="The decision table that answers the `amount`, and a `reason` where it has one."
    )
    inputs: Values = Field(max_length=50, description="The table's inputs, each a CEL expression.")
    recommendation: Condition | None = Field(
        None, description="What is recommended to whoever approves, as a CEL expression."
    )
    approval: ApprovalLimit | None = Field(
        None, description="Who must approve it; nobody where it is left out."
    )
    within: Span | None = Field(
        None, description="How long may be decided; what nobody has decided by then expires."
    )
    system: SystemCode | None = Field(
        None, description="The core system that pays and is told; the one that started it if none."
    )
    into: PartName = Field(
        "offers",
        description="The name it is kept under: `offers`, `total`, `granted`, `refused`.",
    )
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=10,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def expressions(self) -> Iterator[Written]:
        """Who, for what, and what is recommended."""
        yield Written(("person",), self.person, ("text",))
        yield Written(("cause",), self.cause, ("text",))
        if self.addressed_to:
            yield Written(("addressed-to",), self.addressed_to, ("text",))
        if self.recommendation:
            yield Written(("recommendation",), self.recommendation, ("text",))

    def hands(self) -> Sequence[Handed]:
        """To the tables, and to whoever approves."""
        handed = [Handed("inputs", self.table, self.inputs)]
        if self.approval:
            approval = self.approval
            handed.append(Handed("approval.inputs", approval.table, approval.inputs))
            handed.append(Handed("approval.context", approval.to_do, approval.context))
        return handed

    def uses(self) -> Iterator[Use]:
        """The tables, and the type of the to-do."""
        yield Use("decision-table", self.table)
        if self.approval:
            yield Use("decision-table", self.approval.table)
            yield Use("to-do-type", self.approval.to_do)

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def sentence(self) -> str:
        """Names the table."""
        return f"Offer what the table {self.table} says, and have it approved where it must be."

    def waiting_for(self) -> str | None:
        """Whoever has to approve."""
        return "for those who approve, whose to-dos are escalated as their type says"


class SettleStep(StepBase):
    """Have what was approved paid, and go on when the core system has settled all of it."""

    outcomes_known: ClassVar[tuple[str, ...]] = ("settled", "withdrawn", "overdue")

    do: Literal["settle"] = Field(description="What the step does.")
    offers: PartName = Field("offers", description="The name that an offer step keeps them under.")
    within: Span | None = Field(None, description="How long it may take; then it is `overdue`.")
    outcomes: dict[OutcomeName, StepId] = Field(
        default_factory=dict[str, str],
        max_length=10,
        description="Where to go on for an outcome; the next step for all that are not named.",
    )

    def ways(self) -> dict[str, str]:
        """As written."""
        return self.outcomes

    def sentence(self) -> str:
        """Says what is settled."""
        return "Have what was approved paid."

    def waiting_for(self) -> str | None:
        """The core system that pays."""
        limit = f", {self.within} at most" if self.within else ""
        return f"for the core system that pays{limit}"
