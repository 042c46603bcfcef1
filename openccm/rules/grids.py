"""A decision table as a grid: for each piece of each input, the rows that match there.

A set of rows is the bits of one number, and so is a set of pieces.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from openccm.rules.domains import Domain, InputShape, domain_of
from openccm.rules.value_sets import ValueSet


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as pieces: which rows match where."""

    domains: Mapping[str, Domain]
    masks: Mapping[str, Sequence[int]]
    """For each input, each row's pieces."""
    columns: Mapping[str, Sequence[int]]
    """For each input, each piece's rows."""


def grid_of(inputs: Mapping[str, InputShape], rows: Sequence[Mapping[str, ValueSet]]) -> Grid:
    """The grid of these rows, each with its cells by input."""
    domains: dict[str, Domain] = {}
    masks: dict[str, list[int]] = {}
    columns: dict[str, list[int]] = {}
    for name, shape in inputs.items():
        cells = [row.get(name) for row in rows]
        domain = domain_of(shape, [cell for cell in cells if cell is not None])
        domains[name] = domain
        masks[name] = [domain.all if cell is None else domain.mask_of(cell) for cell in cells]
        columns[name] = _columns(masks[name], domain.size)
    return Grid(domains, masks, columns)


def bits_of(number: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def runs_of(number: int) -> Iterator[range]:
    """The places of neighbouring bits that are set, a range for each run."""
    at = 0
    while number:
        skip = (number & -number).bit_length() - 1
        number >>= skip
        length = (~number & (number + 1)).bit_length() - 1
        number >>= length
        yield range(at + skip, at + skip + length)
        at += skip + length


def _columns(masks: Sequence[int], size: int) -> list[int]:
    """Each piece's rows: a row is turned on where a run of its pieces begins, and off behind it."""
    turns = [0] * (size + 1)
    for row, mask in enumerate(masks):
        for edge in bits_of(mask ^ (mask << 1)):
            turns[edge] ^= 1 << row
    columns: list[int] = []
    here = 0
    for turn in turns[:size]:
        here ^= turn
        columns.append(here)
    return columns
