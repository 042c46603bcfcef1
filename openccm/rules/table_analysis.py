"""What a decision table gets wrong, found over all values and not over samples of them.

Each finding comes with values that show it. The work is bounded: a table that would take too long
is looked at as far as the bound reaches, and the analysis says that it is not complete.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from openccm.rules.boxes import Axis, Box, Space, TooFar
from openccm.rules.decision_tables import DecisionTable
from openccm.rules.grids import bits_of

MAX_STEPS = 1_000_000
"""Pieces looked at; about half a second."""
MAX_FINDINGS = 20
MAX_GAPS = 3

Sample = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rows that match at once where the policy forbids it."""

    rows: tuple[str, str]
    sample: Sample


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A row that never answers, since others always go before it."""

    row: str
    behind: tuple[str, ...]
    """One row where that is enough, else all that have a part in it."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything found in one table."""

    clashes: tuple[Clash, ...]
    gaps: tuple[Sample, ...]
    """Values for which no row answers, where one should."""
    unreachable: tuple[Unreachable, ...]
    spare_otherwise: bool
    """Whether the rows match everything, so that nothing is left for ``otherwise``."""
    unused: tuple[str, ...]
    """Inputs that no row asks for."""
    complete: bool
    """False where the table was too large to be looked at whole."""


def analyse(table: DecisionTable, *, max_steps: int = MAX_STEPS) -> Analysis:
    """Look at the whole table."""
    search = _Search(table, max_steps)
    unreachable = tuple(islice(search.unreachable(), MAX_FINDINGS))
    gaps = tuple(islice(search.gaps(), MAX_GAPS)) if _must_answer(table) else ()
    return Analysis(
        clashes=tuple(islice(search.clashes(), MAX_FINDINGS)),
        gaps=gaps if table.otherwise is None else (),
        unreachable=unreachable,
        spare_otherwise=table.otherwise is not None and not gaps and not search.exhausted,
        unused=tuple(
            name for name in table.inputs if not any(name in row.cells for row in table.rows)
        ),
        complete=not search.exhausted,
    )


def _must_answer(table: DecisionTable) -> bool:
    several = table.policy in ("rule-order", "collect")
    return not several or table.otherwise is not None or table.aggregate in ("min", "max")


class _Search:
    """One analysis; counts its steps."""

    def __init__(self, table: DecisionTable, max_steps: int) -> None:
        self.table = table
        self.exhausted = False
        masks, domains = table.grid.masks, table.grid.domains
        self._inputs = sorted(
            table.inputs,
            key=lambda name: sum(mask == domains[name].all for mask in masks[name]),
        )
        self._space = Space([Axis(table.grid, name) for name in self._inputs], max_steps)
        self._masks = [masks[name] for name in self._inputs]
        self._every = (1 << len(table.rows)) - 1
        self._ranks: dict[tuple[int, ...], int] = {}
        for index, row in enumerate(table.rows):
            self._ranks[row.rank] = self._ranks.get(row.rank, 0) | 1 << index

    def clashes(self) -> Iterator[Clash]:
        """Pairs of rows that contradict one another, by the later one."""
        rows = self.table.rows
        if self.table.policy not in ("unique", "any", "priority"):
            return
        for later in range(len(rows)):
            before = self._space.meeting(self._box(later), self._every) & ((1 << later) - 1)
            for earlier in bits_of(before):
                if self._contradict(earlier, later):
                    names = (rows[earlier].name, rows[later].name)
                    yield Clash(names, self._shared_sample(earlier, later))

    def unreachable(self) -> Iterator[Unreachable]:
        """Rows whose every value belongs to rows that go before."""
        if self.table.policy not in ("first", "priority"):
            return
        for index, row in enumerate(self.table.rows):
            box = self._box(index)
            before = self._space.meeting(box, self._ahead_of(index))
            if before and next(self._free(box, before), None) is None and not self.exhausted:
                alone = islice(bits_of(self._space.covering(box, before)), 1)
                behind = tuple(alone) or tuple(bits_of(before))
                names = tuple(self.table.rows[other].name for other in behind)
                yield Unreachable(row.name, names)

    def gaps(self) -> Iterator[Sample]:
        """Values that no row matches."""
        whole = [axis.whole for axis in self._space.axes]
        for places in self._free(whole, self._every):
            yield self._sample(places)

    def _free(self, box: Box, rows: int) -> Iterator[tuple[int, ...]]:
        """Places of a box without these rows, as far as the bound reaches."""
        try:
            yield from self._space.free(box, rows)
        except TooFar:
            self.exhausted = True

    def _box(self, row: int) -> Box:
        return [masks[row] for masks in self._masks]

    def _ahead_of(self, row: int) -> int:
        if self.table.policy == "first":
            return (1 << row) - 1
        rank = self.table.rows[row].rank
        return sum(rows for other, rows in self._ranks.items() if other < rank)

    def _contradict(self, earlier: int, later: int) -> bool:
        one, other = self.table.rows[earlier], self.table.rows[later]
        if self.table.policy == "priority" and one.rank != other.rank:
            return False
        return self.table.policy == "unique" or one.outputs != other.outputs

    def _shared_sample(self, one: int, other: int) -> Sample:
        shared = (masks[one] & masks[other] for masks in self._masks)
        return self._sample([next(bits_of(mask)) for mask in shared])

    def _sample(self, places: Sequence[int]) -> Sample:
        pairs = zip(self._inputs, places, strict=True)
        found = {name: self.table.grid.domains[name].sample(place) for name, place in pairs}
        return {name: found[name] for name in self.table.inputs}
