"""Sets of values, as the cells of decision tables mean them: spans of an order, or names.

An order is cut, not listed: a cut lies just before a value ``(value, 0)`` or just after it
``(value, 1)``, and a span reaches from one cut to another. So ``[10..20)`` is the span from
``(10, 0)`` to ``(20, 0)``, and open and closed ends need no cases of their own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

Ordered = Decimal | int
"""A number; a day or an instant counts as one."""

Cut = tuple[Ordered, int]

Span = tuple[Cut | None, Cut | None]
"""From a cut to a later one; None is without an end."""

Name = str | bool


@dataclass(frozen=True, slots=True)
class Spans:
    """Values of an order. The spans are ascending and do not touch."""

    spans: tuple[Span, ...] = ()
    missing: bool = False
    """Whether *no value* is among them."""

    @property
    def cuts(self) -> Iterator[Cut]:
        """Every place where the set begins or ends."""
        return (cut for span in self.spans for cut in span if cut is not None)

    def inverted(self) -> "Spans":
        """All other values; *no value* is none of them."""
        found: list[Span] = []
        begin: Cut | None = None
        for low, high in self.spans:
            if low is not None:
                found.append((begin, low))
            if high is None:
                return Spans(tuple(found))
            begin = high
        return Spans((*found, (begin, None)))


@dataclass(frozen=True, slots=True)
class Names:
    """Values without an order: these, or all but these."""

    names: frozenset[Name] = frozenset()
    others: bool = False
    """Whether the set is all but its names."""
    missing: bool = False

    def inverted(self) -> "Names":
        """All other values; *no value* is none of them."""
        return Names(self.names, not self.others)


ValueSet = Spans | Names


def joined_spans(sets: Iterable[Spans]) -> Spans:
    """What is in any of the sets."""
    sets = list(sets)
    spans = sorted((span for each in sets for span in each.spans), key=_begin)
    joined: list[Span] = []
    for low, high in spans:
        if not joined or not _touch(joined[-1], low):
            joined.append((low, high))
        elif not _within(high, joined[-1][1]):
            joined[-1] = (joined[-1][0], high)
    return Spans(tuple(joined), any(each.missing for each in sets))


def joined_names(sets: Iterable[Names]) -> Names:
    """What is in any of the sets."""
    sets = list(sets)
    missing = any(each.missing for each in sets)
    listed = frozenset(name for each in sets if not each.others for name in each.names)
    inverted = [each.names for each in sets if each.others]
    if not inverted:
        return Names(listed, missing=missing)
    excluded = frozenset(name for name in inverted[0] if all(name in names for names in inverted))
    return Names(excluded - listed, others=True, missing=missing)


def _begin(span: Span) -> tuple[bool, Cut]:
    return (span[0] is not None, span[0] or (0, 0))


def _touch(before: Span, low: Cut | None) -> bool:
    end = before[1]
    return end is None or low is None or low <= end


def _within(high: Cut | None, end: Cut | None) -> bool:
    return end is None or (high is not None and high <= end)
