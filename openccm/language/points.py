"""The points of a communication's way at which rules and hooks can be asked."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

PointName = Literal[
    "eligibility",
    "recipient",
    "channel.select",
    "content",
    "schedule",
    "approval",
    "routing",
    "priority",
    "retention",
    "letter.address_block",
    "process.call",
]

Mode = Literal["before", "instead", "after"]


class Point(NamedTuple):
    """One place where an answer is asked for."""

    question: str
    """What is asked there, for people."""
    unbound: str
    """What happens where nothing is bound."""
    modes: tuple[Mode, ...] = ()
    """How a hook may stand to the standard step; none where hooks are not asked yet."""
    outcomes: tuple[str, ...] | None = None
    """The answers there are; None where the hook names its own."""

    @property
    def asked(self) -> bool:
        """Whether hooks are asked here today."""
        return bool(self.modes)


ELIGIBLE, REFUSED = "eligible", "refused"

POINTS: Mapping[PointName, Point] = {
    "eligibility": Point(
        "May this recipient get this communication?",
        "the conditions of the definition alone decide",
        modes=("instead",),
        outcomes=(ELIGIBLE, REFUSED),
    ),
    "process.call": Point(
        "Whatever a process asks in a call step.",
        "nothing is asked",
        modes=("instead",),
    ),
    "recipient": Point("Who receives it?", "the person or the account holder"),
    "channel.select": Point(
        "Which channel is used?", "the recipient's preference, then the definition's order"
    ),
    "content": Point("Which blocks does it have?", "the template decides"),
    "schedule": Point("When may it leave?", "quiet hours decide"),
    "approval": Point("Must a person approve it?", "the definition decides"),
    "routing": Point("Which team works on it?", "the to-do's definition decides"),
    "priority": Point("How urgent is it?", "the category decides"),
    "retention": Point("How long is it kept?", "the class of the document decides"),
    "letter.address_block": Point("What stands in the window?", "the postal address as it is kept"),
}
"""Every point. Those without modes are named so that no two grow under one name."""

ASKED: Mapping[PointName, Point] = {name: point for name, point in POINTS.items() if point.asked}
"""The points at which hooks are asked today."""
