"""Boxes of pieces, and the search for a place in one that no row covers.

A row is a box: a set of pieces for each input. Whether rows leave nothing of a box is found one
input after the other; only where rows begin or end is there anything new to look at.
"""

from collections.abc import Callable, Iterator, Sequence

from openccm.rules.grids import Grid, bits_of, runs_of

Box = Sequence[int]
"""A mask for each input."""

Joined = Callable[[int, int], int]


class TooFar(Exception):
    """The search has taken all the steps it may."""


class Axis:
    """One input of a table."""

    def __init__(self, grid: Grid, name: str) -> None:
        masks = grid.masks[name]
        self.whole = grid.domains[name].all
        self.columns = grid.columns[name]
        self.edges = [tuple(bits_of(mask ^ (mask << 1))) for mask in masks]
        """Where each row begins and ends."""
        self._any = _Ranges(self.columns, lambda one, other: one | other)
        self._every = _Ranges(self.columns, lambda one, other: one & other)
        self._rows = (1 << len(masks)) - 1

    def meeting(self, mask: int) -> int:
        """The rows that match in some of the pieces."""
        found = 0
        for run in runs_of(mask):
            found |= self._any.over(run)
        return found

    def covering(self, mask: int) -> int:
        """The rows that match in all of the pieces."""
        found = self._rows
        for run in runs_of(mask):
            found &= self._every.over(run)
        return found

    def stops(self, mask: int, rows: int) -> list[int]:
        """Pieces of a mask, one at least for each way in which the rows match in it."""
        if 2 * rows.bit_count() >= mask.bit_count():
            return list(bits_of(mask))
        first = {run.start for run in runs_of(mask)}
        turns = {edge for row in bits_of(rows) for edge in self.edges[row] if mask >> edge & 1}
        return sorted(first | turns)


class Space:
    """All inputs of a table together; counts the steps of all searches."""

    def __init__(self, axes: Sequence[Axis], max_steps: int) -> None:
        self.axes = axes
        self._steps = max_steps

    def meeting(self, box: Box, rows: int) -> int:
        """Those of the rows that match somewhere in the box."""
        for axis, mask in zip(self.axes, box, strict=True):
            if rows:
                rows &= axis.meeting(mask)
        return rows

    def covering(self, box: Box, rows: int) -> int:
        """Those of the rows that match everywhere in the box."""
        for axis, mask in zip(self.axes, box, strict=True):
            rows &= axis.covering(mask)
        return rows

    def free(self, box: Box, rows: int) -> Iterator[tuple[int, ...]]:
        """Places of the box that none of the rows cover; each stands for all like it.

        Raises:
            TooFar: There may be more.
        """
        covering = [rows]
        for axis, mask in zip(reversed(self.axes), reversed(box), strict=True):
            covering.append(covering[-1] & axis.covering(mask))
        yield from self._free(0, box, rows, covering[::-1], set())

    def _free(
        self, level: int, box: Box, rows: int, covering: Sequence[int], full: set[tuple[int, int]]
    ) -> Iterator[tuple[int, ...]]:
        """Places from this input on; ``full`` remembers where there were none."""
        if not rows:
            yield tuple(next(bits_of(mask)) for mask in box[level:])
            return
        if rows & covering[level] or (level, rows) in full:
            return
        found = False
        for below, piece in self._ways(level, box[level], rows):
            for places in self._free(level + 1, box, below, covering, full):
                found = True
                yield (piece, *places)
        if not found:
            full.add((level, rows))

    def _ways(self, level: int, mask: int, rows: int) -> list[tuple[int, int]]:
        """The rows that are left in each part of an input, the fewest first, and a piece there."""
        axis = self.axes[level]
        stops = axis.stops(mask, rows)
        self._steps -= len(stops)
        if self._steps < 0:
            raise TooFar
        left: dict[int, int] = {}
        for piece in stops:
            left.setdefault(rows & axis.columns[piece], piece)
        return sorted(left.items(), key=lambda pair: pair[0].bit_count())


class _Ranges:
    """Answers what many neighbouring numbers have together, from powers of two of them."""

    def __init__(self, numbers: Sequence[int], joined: Joined) -> None:
        self._joined = joined
        self._powers: list[Sequence[int]] = [numbers]
        width = 1
        while 2 * width <= len(numbers):
            last = self._powers[-1]
            self._powers.append(
                [joined(last[at], last[at + width]) for at in range(len(last) - width)]
            )
            width *= 2

    def over(self, places: range) -> int:
        """The numbers at these places, joined; there must be one."""
        power = len(places).bit_length() - 1
        numbers = self._powers[power]
        return self._joined(numbers[places.start], numbers[places.stop - (1 << power)])
