"""The steps of a process as their author writes them."""

from typing import Annotated

from pydantic import Field

from openccm.language.steps.asking import CallStep, LookUpStep, SendStep, StartStep, WishesStep
from openccm.language.steps.base import END, ERROR, Handed, StepBase, Written
from openccm.language.steps.cases import ApprovalLimit, CaseStep, OfferStep, SettleStep
from openccm.language.steps.deciding import BranchStep, Case, DecideStep, RepeatStep, SetStep
from openccm.language.steps.people import ApproveStep, ContactStep, TaskStep
from openccm.language.steps.timing import EndStep, ListenStep, ParallelStep, WaitStep

__all__ = [
    "END",
    "ERROR",
    "ApprovalLimit",
    "ApproveStep",
    "BranchStep",
    "CallStep",
    "Case",
    "CaseStep",
    "ContactStep",
    "DecideStep",
    "EndStep",
    "Handed",
    "ListenStep",
    "LookUpStep",
    "OfferStep",
    "ParallelStep",
    "RepeatStep",
    "SendStep",
    "SetStep",
    "SettleStep",
    "StartStep",
    "Step",
    "StepBase",
    "TaskStep",
    "WaitStep",
    "WishesStep",
    "Written",
]

Step = Annotated[
    SendStep
    | LookUpStep
    | DecideStep
    | SetStep
    | BranchStep
    | WaitStep
    | ListenStep
    | TaskStep
    | ApproveStep
    | ParallelStep
    | RepeatStep
    | CallStep
    | WishesStep
    | ContactStep
    | StartStep
    | CaseStep
    | OfferStep
    | SettleStep
    | EndStep,
    Field(discriminator="do"),
]
"""Every kind of step."""
