"""Marks that inserting machines read, and the word COPY, as PDF drawing operators. Pure.

A DataMatrix on every page says run, sequence, page of pages and inserts; never a name. OMR lines on
the front of every sheet say where a letter begins and ends.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

from ppf.datamatrix import DataMatrix  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]

_MM = 72 / 25.4

_CELL = 0.4 * _MM
_MATRIX = (5 * _MM, 58 * _MM)
"""The lower left corner of the DataMatrix, in the left margin."""

_LINE = (198 * _MM, 206 * _MM)
_PITCH = 4.23 * _MM
_TOP = 200 * _MM
_THICK = 0.5 * _MM

_STROKES = {
    "C": "4 5 m 3 6 l 1 6 l 0 5 l 0 1 l 1 0 l 3 0 l 4 1 l S",
    "O": "1 0 m 3 0 l 4 1 l 4 5 l 3 6 l 1 6 l 0 5 l 0 1 l s",
    "P": "0 0 m 0 6 l 3 6 l 4 5 l 4 4 l 3 3 l 0 3 l S",
    "Y": "0 6 m 2 3 l 4 6 l S 2 3 m 2 0 l S",
}


class Place(NamedTuple):
    """Where a page stands."""

    run: int
    sequence: int
    page: int
    """From 1."""
    pages: int
    """Of the letter."""
    sheet: int
    """From 1."""
    sheets: int
    inserts: int
    """One bit for each insert, the first one lowest."""

    @property
    def text(self) -> str:
        """What the DataMatrix says."""
        return (
            f"{self.run:06}|{self.sequence:06}|{self.page}/{self.pages}"
            f"|{self.sheet}/{self.sheets}|{self.inserts}"
        )


def datamatrix(place: Place) -> bytes:
    """The DataMatrix: one rectangle for each run of dark cells."""
    rows = cast(Sequence[Sequence[int]], DataMatrix(place.text).matrix)
    left, bottom = _MATRIX
    # Drawn in cells: whole numbers are written, and packed, in a third of the time.
    drawn = [f"0 g {_CELL:.5f} 0 0 {_CELL:.5f} {left:.3f} {bottom:.3f} cm"]
    for y, row in enumerate(reversed(rows)):
        drawn += [f"{start} {y} {length} 1 re" for start, length in _runs(row)]
    drawn.append("f")
    return "\n".join(drawn).encode()


def omr(place: Place) -> bytes:
    """The lines of a sheet's front, from the top.

    Start, first sheet, last sheet, three bits of the sequence, four of the inserts, and parity,
    which makes their number even.
    """
    bits = [
        True,
        place.sheet == 1,
        place.sheet == place.sheets,
        *(bool(place.sequence >> bit & 1) for bit in range(3)),
        *(bool(place.inserts >> bit & 1) for bit in range(4)),
    ]
    bits.append(sum(bits) % 2 == 1)
    left, right = _LINE
    lines = [
        f"{left:.3f} {_TOP - number * _PITCH:.3f} m {right:.3f} {_TOP - number * _PITCH:.3f} l S"
        for number, bit in enumerate(bits)
        if bit
    ]
    return "\n".join((f"0 G {_THICK:.3f} w", *lines)).encode()


def copy_word() -> bytes:
    """The word COPY across the top, drawn and not set: it needs no font."""
    drawn = [f"0.75 G 0.5 w q 3 0 0 3 {128 * _MM:.3f} {283 * _MM:.3f} cm"]
    for letter in "COPY":
        drawn += [_STROKES[letter], "1 0 0 1 6 0 cm"]
    drawn.append("Q")
    return "\n".join(drawn).encode()


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for position, cell in enumerate((*row, 0)):
        if cell and start is None:
            start = position
        elif not cell and start is not None:
            yield start, position - start
            start = None
