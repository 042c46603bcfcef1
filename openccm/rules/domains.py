"""All values an input can have, in as few pieces as its table tells apart.

Two values of one piece meet the same cells in every row. So a table over infinitely many values is
a finite thing that can be looked at whole; what is found of pieces is found of values.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any, Literal

from openccm.rules.value_sets import Cut, Name, Names, Ordered, Span, Spans, ValueSet

InputKind = Literal["text", "number", "date", "datetime", "boolean"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)
_DAYS: Span = ((date.min.toordinal(), 0), (date.max.toordinal(), 1))
_INSTANTS: Span = (
    ((datetime.min.replace(tzinfo=UTC) - _EPOCH) // _INSTANT, 0),
    ((datetime.max.replace(tzinfo=UTC) - _EPOCH) // _INSTANT, 1),
)
_LIMITS: dict[InputKind, Span] = {"date": _DAYS, "datetime": _INSTANTS}
_MAGNITUDE = 300
_EXAMPLES: dict[InputKind, Ordered] = {
    "date": date(2026, 1, 1).toordinal(),
    "datetime": (datetime(2026, 1, 1, tzinfo=UTC) - _EPOCH) // _INSTANT,
}


@dataclass(frozen=True, slots=True)
class InputShape:
    """What a table says of one of its inputs."""

    kind: InputKind
    whole: bool = False
    """For numbers: whether there are no fractions."""
    optional: bool = False
    """Whether it may have no value."""
    allowed: ValueSet | None = None
    """The values it can have; None for all of its kind."""


def key_of(kind: InputKind, value: Any) -> Ordered | Name | None:
    """A value as sets hold it; None where it is not of this kind."""
    match value:
        case bool():
            return value if kind == "boolean" else None
        case Decimal() | int() | float():
            return _number(value) if kind == "number" else None
        case str():
            return value if kind == "text" else None
        case datetime():
            fits = kind == "datetime" and value.tzinfo is not None
            return (value - _EPOCH) // _INSTANT if fits else None
        case date():
            return value.toordinal() if kind == "date" else None
        case _:
            return None


def _number(value: Decimal | float) -> Decimal | None:
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() and abs(number.adjusted()) <= _MAGNITUDE else None


class Domain:
    """The pieces of one input; a set of them is a mask, a bit for each."""

    def __init__(self, shape: InputShape, pieces: int) -> None:
        self.shape = shape
        self._known = pieces
        self.size = pieces + shape.optional
        self.all = (1 << self.size) - 1

    @property
    def nothing(self) -> int:
        """The piece that stands for *no value*; only optional inputs have it."""
        return self._known

    def piece_of(self, key: Any) -> int | None:
        """Where a value lies; None where it is not allowed."""
        raise NotImplementedError

    def mask_of(self, values: ValueSet) -> int:
        """The pieces of a set that the domain was made with."""
        raise NotImplementedError

    def sample(self, piece: int) -> Any:
        """A value in the piece, a plain one if possible; None for *no value*."""
        raise NotImplementedError

    def _missing(self, values: ValueSet) -> int:
        return int(values.missing and self.shape.optional) << self._known


class OrderedDomain(Domain):
    """Numbers, days or instants, cut wherever a set begins or ends."""

    def __init__(self, shape: InputShape, sets: Iterable[Spans]) -> None:
        allowed = shape.allowed if isinstance(shape.allowed, Spans) else Spans(((None, None),))
        limits = Spans((_LIMITS.get(shape.kind, (None, None)),))
        every = [*sets, allowed, limits]
        self._cuts: Sequence[Cut] = sorted({cut for each in every for cut in each.cuts})
        self._whole = shape.whole or shape.kind != "number"
        possible = set(self._places(allowed)) & set(self._places(limits))
        ends: list[Cut | None] = [None, *self._cuts, None]
        spans = [(ends[place], ends[place + 1]) for place in range(len(ends) - 1)]
        kept = [
            place in possible and not (self._whole and _between(*span))
            for place, span in enumerate(spans)
        ]
        self._spans = [span for span, keep in zip(spans, kept, strict=True) if keep]
        self._before = [0, *accumulate(kept)]
        super().__init__(shape, len(self._spans))

    def piece_of(self, key: Any) -> int | None:
        """Where a number, day or instant lies."""
        place = bisect_right(self._cuts, (key, 0))
        here = self._before[place]
        fits = here < self._before[place + 1] and not (self._whole and key != int(key))
        return here if fits else None

    def mask_of(self, values: ValueSet) -> int:
        """The pieces of these spans."""
        assert isinstance(values, Spans)
        mask = 0
        for span in values.spans:
            places = self._range(span)
            mask |= (1 << self._before[places.stop]) - (1 << self._before[places.start])
        return mask | self._missing(values)

    def sample(self, piece: int) -> Any:
        """A bound if the piece has one, else a value near it."""
        if piece == self.nothing:
            return None
        limits = _LIMITS.get(self.shape.kind, ())
        low, high = (None if cut in limits else cut for cut in self._spans[piece])
        key = _inside(low, high, self._whole, _EXAMPLES.get(self.shape.kind, 0))
        match self.shape.kind:
            case "date":
                return date.fromordinal(int(key))
            case "datetime":
                return _EPOCH + int(key) * _INSTANT
            case _:
                return Decimal(key)

    def _places(self, values: Spans) -> Iterator[int]:
        for span in values.spans:
            yield from self._range(span)

    def _range(self, span: Span) -> range:
        low, high = span
        first = 0 if low is None else bisect_left(self._cuts, low) + 1
        return range(
            first, len(self._cuts) + 1 if high is None else bisect_left(self._cuts, high) + 1
        )


class NamedDomain(Domain):
    """Texts, or true and false: each name a piece, and one for all texts that bear none."""

    def __init__(self, shape: InputShape, sets: Iterable[Names]) -> None:
        allowed = shape.allowed if isinstance(shape.allowed, Names) else None
        named = {name for each in sets for name in each.names}
        if shape.kind == "boolean":
            named = {True, False}
        elif allowed is not None:
            named |= allowed.names
        if allowed is not None:
            named = {name for name in named if (name in allowed.names) != allowed.others}
        self._names: Sequence[Name] = sorted(named)
        self._places = {name: place for place, name in enumerate(self._names)}
        self._others = shape.kind == "text" and (allowed is None or allowed.others)
        super().__init__(shape, len(self._names) + self._others)

    def piece_of(self, key: Any) -> int | None:
        """Where a text, true or false lies."""
        return self._places.get(key, len(self._names) if self._others else None)

    def mask_of(self, values: ValueSet) -> int:
        """The pieces of these names."""
        assert isinstance(values, Names)
        listed = sum(1 << self._places[name] for name in values.names if name in self._places)
        mask = ((1 << self._known) - 1) ^ listed if values.others else listed
        return mask | self._missing(values)

    def sample(self, piece: int) -> Any:
        """The name, or a text that no cell names."""
        if piece == self.nothing:
            return None
        if piece < len(self._names):
            return self._names[piece]
        other = "anything else"
        while other in self._places:
            other += "!"
        return other


def domain_of(shape: InputShape, sets: Iterable[ValueSet]) -> Domain:
    """The domain of an input that is asked for these sets."""
    if shape.kind in ("text", "boolean"):
        return NamedDomain(shape, (each for each in sets if isinstance(each, Names)))
    return OrderedDomain(shape, (each for each in sets if isinstance(each, Spans)))


def _between(low: Cut | None, high: Cut | None) -> bool:
    """Whether a span lies between two whole numbers and holds none."""
    if low is None or high is None:
        return False
    return low[0] + low[1] > high[0] + high[1] - 1


def _inside(low: Cut | None, high: Cut | None, whole: bool, example: Ordered) -> Ordered:
    if low is None:
        return example if high is None else high[0] - 1 + high[1]
    if low[1] == 0:
        return low[0]
    if high is None or (low[0] + 1, 0) < high:
        return low[0] + 1
    if whole or high[1] == 1:
        return high[0]
    return (Decimal(low[0]) + high[0]) / 2
