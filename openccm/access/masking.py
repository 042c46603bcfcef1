"""What a caller sees of personal data: in full, or masked, on screens and in files alike.

Every class of data names the scope that shows it in full. Of a person with the VIP flag all of it
is masked, and the name as well, for whoever lacks ``reveal:vip``. Core systems see everything in
full: a program has no use for half an address.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from openccm.access.caller import Caller
from openccm.parties.tables import ContactPoint, Person

DOTS = "····"
CLASSES = {"contact": "reveal:contact", "identifier": "reveal:identifier"}
"""A class of data and the scope that shows it."""
VIP = "reveal:vip"
_SHOWN = 3
"""So many characters of a number stay, to tell one from another."""


@dataclass(frozen=True, slots=True)
class View:
    """One person's data through the eyes of one caller."""

    caller: Caller
    person: Person

    @property
    def is_veiled(self) -> bool:
        """Whether even who it is stays hidden."""
        is_cleared = self.person.id in self.caller.cleared
        return self.person.vip and not is_cleared and not self._may(VIP)

    def reveals(self, kind: str) -> bool:
        """Whether data of a class is shown in full."""
        return not self.is_veiled and self._may(CLASSES[kind])

    @property
    def masked(self) -> list[str]:
        """What is masked: classes of data, and ``name``."""
        kinds = [kind for kind in CLASSES if not self.reveals(kind)]
        return ["name", *kinds] if self.is_veiled else kinds

    def text(self, value: str) -> str:
        """Something that says who it is."""
        return DOTS if self.is_veiled and value else value

    def identifier(self, value: str) -> str:
        """What somebody else calls them."""
        return value if self.reveals("identifier") else self._tail(value)

    def contact(self, point: ContactPoint) -> ContactPoint:
        """A contact point as it may be seen; never written back."""
        if self.reveals("contact"):
            return point
        seen = ContactPoint(**point.model_dump())
        seen.value, seen.original = self._place(point), DOTS if point.original else ""
        seen.address = {"lines": [DOTS]} if point.address else {}
        return seen

    def _place(self, point: ContactPoint) -> str:
        name, at, domain = point.value.partition("@")
        if self.is_veiled or point.channel == "letter":
            return DOTS
        return f"{name[:1]}{DOTS}@{domain}" if at else self._tail(point.value)

    def _tail(self, value: str) -> str:
        whole = self.is_veiled or len(value) <= 2 * _SHOWN
        return DOTS if whole else f"{DOTS} {value[-_SHOWN:]}"

    def _may(self, scope: str) -> bool:
        return self.caller.kind == "system" or scope in self.caller.scopes


def is_masked(values: Iterable[str]) -> bool:
    """Whether somebody hands back what they saw masked; it must not replace what is known."""
    return any(DOTS in value for value in values)
