"""Which data a template reads, by name: ``bill.amount``, ``bill.lines[].text``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jinja2 import nodes

from openccm.content.grammar import names_in
from openccm.content.inspection import SPECIAL, Library, Source
from openccm.content.sandbox import METHODS

KEEPING = frozenset(
    {"d", "default", "list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort"}
    | {"unique"}
)
"""Filters whose result is the list they were given, or some of it."""
PICKING = frozenset({"first", "last", "max", "min"})
"""Filters whose result is one item."""
POSITIONAL = frozenset({"groupby", "map", "rejectattr", "selectattr", "sum"})
"""Filters that may take the name of a field first, without saying ``attribute=``."""


@dataclass(frozen=True, slots=True)
class Value:
    """Where in the data a value comes from; for a made list, where its items do."""

    path: str | None
    items: str
    group: "Value | None" = None
    """What ``groupby`` was given, when this is one of its groups or all of them."""

    @property
    def shown(self) -> str:
        """The name under which reading it counts."""
        return self.path or self.items


@dataclass(frozen=True, slots=True)
class Procedure:
    """A macro, read anew for each call with what the call hands it."""

    macro: nodes.Macro
    scope: "Scope"


Scope = dict[str, "Value | Procedure | dict[str, Procedure] | None"]
