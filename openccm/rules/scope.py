"""What is known while one expression is translated: its fields, its loops, what it reads."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from openccm.rules.findings import Finding, suggestion
from openccm.rules.shapes import UNKNOWN, Shape, paths_of

ROOT = "d"
"""The one variable the engine sees; every field is a part of it, so that ``has`` works on all."""

MAX_LOOPS = 2
"""How deep ``all``, ``exists``, ``filter`` and ``map`` may stand in one another."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A translated piece: what the engine evaluates and what comes out."""

    code: str
    shape: Shape
    path: str | None = None
    """The dotted name, for a field of the data."""
    steps: tuple[str, ...] = ()
    """The code of each part on the way, outermost first: what ``has`` must ask."""


class Scope:
    """Collects findings instead of stopping at the first."""

    def __init__(self, fields: Mapping[str, Shape]) -> None:
        self.fields = fields
        self.findings: list[Finding] = []
        self.reads: set[str] = set()
        """Fields whose value is used."""
        self.guards: set[str] = set()
        """Fields that are asked whether they have a value."""
        self.computes = False
        """Whether the code calls our arithmetic."""
        self.loops = 0
        """The deepest nesting of loops so far."""
        self._locals: list[tuple[str, Shape]] = []

    def find(self, at: int, message: str, mend: str) -> Typed:
        """Note what is wrong; the answer stands for the piece that has no type."""
        self.findings.append(Finding(at, message, mend))
        return Typed("null", UNKNOWN)

    def local(self, name: str) -> Typed | None:
        """The loop variable of this name, innermost first."""
        for level in range(len(self._locals) - 1, -1, -1):
            known, shape = self._locals[level]
            if known == name:
                return Typed(f"v{level}", shape)
        return None

    @contextmanager
    def loop(self, name: str, item: Shape) -> Generator[str]:
        """Let ``name`` stand for each entry of a list; gives what the engine calls it."""
        self._locals.append((name, item))
        self.loops = max(self.loops, len(self._locals))
        try:
            yield f"v{len(self._locals) - 1}"
        finally:
            self._locals.pop()

    def unknown_field(self, at: int, name: str, group: Shape | None = None) -> Typed:
        """Note that nothing bears this name, and what it may have meant."""
        in_row = group is not None and "." not in name
        known = paths_of(group.fields if group is not None and in_row else self.fields)
        return self.find(at, f"There is no field {name}.", suggestion(name, known))
