"""Life cycles as data: which state leads where; enforced wherever states are changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from openccm.errors import IllegalTransitionError


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """The states of one kind of object and the ways between them."""

    kind: str
    initial: frozenset[str]
    ways: Mapping[str, frozenset[str]]
    """Every state, and where it leads; a state that leads nowhere is terminal."""

    def check(self, state: str, target: str) -> None:
        """Refuse a way that is not declared.

        Raises:
            IllegalTransitionError: Names the current state.
        """
        if target not in self.ways[state]:
            raise IllegalTransitionError(self.kind, state, target)

    def allows(self, state: str, target: str) -> bool:
        """Whether the way is declared."""
        return target in self.ways[state]

    @property
    def terminal(self) -> frozenset[str]:
        """The states that lead nowhere."""
        return frozenset(state for state, targets in self.ways.items() if not targets)

    @property
    def states(self) -> frozenset[str]:
        """All states."""
        return frozenset(self.ways)


def ways(text: str) -> dict[str, frozenset[str]]:
    """Read a table of lines ``state: target target``; every target must have a line of its own.

    A line without a colon goes on with the targets of the one before.
    """
    table: dict[str, frozenset[str]] = {}
    state = ""
    for line in text.strip().splitlines():
        name, colon, targets = line.rpartition(":")
        state = name.strip() if colon else state
        table[state] = table.get(state, frozenset()) | frozenset(targets.split())
    unknown = {target for targets in table.values() for target in targets} - table.keys()
    if unknown:
        raise ValueError(f"These states have no line of their own: {sorted(unknown)}")
    return table
