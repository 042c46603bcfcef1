"""Who must approve which definition before it may go live, as an installation writes it."""

from typing import ClassVar, Literal

from pydantic import Field, field_validator

from openccm.language.categories import Category
from openccm.language.definition import Definition
from openccm.language.fields import Spelled
from openccm.language.scalars import Kebab, misfit

POLICY = "approval-policy"
"""The code of the one policy."""

ROLE = "approver"
"""Who approves where no rule says otherwise."""


class ApprovalStep(Spelled):
    """One group of people who must agree."""

    role: Kebab = Field(description="The role whose bearers decide, for example `legal`.")
    approvers: Literal["any", "all"] = Field(
        "any", description="Whether one bearer of the role is enough, or all must agree."
    )
    at_least: int = Field(
        1, ge=1, le=20, description="How many different persons must agree at least."
    )


class ApprovalRule(Spelled):
    """The steps that some definitions must pass."""

    kinds: tuple[Kebab, ...] = Field(
        (), max_length=50, description="For these kinds of definitions; all where left out."
    )
    categories: tuple[Category, ...] = Field(
        (), description="For communications of these categories; all where left out."
    )
    order: Literal["sequence", "parallel"] = Field(
        "sequence", description="Whether the steps wait for one another."
    )
    steps: dict[Kebab, ApprovalStep] = Field(
        min_length=1, max_length=20, description="The steps by name, in order."
    )

    def fits(self, kind: str, category: str | None) -> bool:
        """Whether it is about such a definition."""
        return (not self.kinds or kind in self.kinds) and (
            not self.categories or category in self.categories
        )


class ApprovalPolicyDefinition(Definition):
    """The installation's approval policy. The first rule that fits a definition counts."""

    file: ClassVar[str] = "policy.yaml"

    kind: Literal["approval-policy"] = Field(description="What this file defines.")
    code: Kebab = Field(
        description="Always `approval-policy`: an installation has one.",
        json_schema_extra={"const": POLICY},
    )
    rules: dict[Kebab, ApprovalRule] = Field(
        min_length=1, max_length=100, description="The rules by name; the first that fits counts."
    )

    @field_validator("code")
    @classmethod
    def _the_one(cls, code: str) -> str:
        if code != POLICY:
            raise misfit("An installation has one approval policy.", f"Write code: {POLICY}.")
        return code


DEFAULT_RULE = ApprovalRule(steps={"approval": ApprovalStep(role=ROLE)})  # pyright: ignore[reportCallIssue]
"""What counts where no rule fits."""
