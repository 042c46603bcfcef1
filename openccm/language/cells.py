"""How the cells of a decision table are written, and the sets of values they stand for.

``true``, ``RES`` and ``180`` are values; ``< 180`` and ``!= RES`` compare; ``[10..20)`` is an
interval whose round end is left out; a list means any of its entries; ``not …`` and ``{not: […]}``
mean all other values; ``missing`` means that there is no value. What is meant as a text and looks
like one of these stands in quotes: ``'"not known"'``.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from openccm.language.decision_table import TableInput
from openccm.language.problems import Path
from openccm.language.values import Misfit, read_value
from openccm.rules.domains import InputKind, key_of
from openccm.rules.value_sets import (
    Name,
    Names,
    Ordered,
    Span,
    Spans,
    ValueSet,
    joined_names,
    joined_spans,
)

MAX_DEPTH = 3

_INTERVAL = re.compile(r"([\[(])\s*(\S.*?)\s*\.\.\s*(.*?\S)\s*([\])])")
_COMPARED = re.compile(r"(<=|>=|<|>|!=|=)\s*(.*)", re.DOTALL)
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)
_NOT = "not "
_MISSING = "missing"
_QUOTE = "If the text itself is meant, write it in double quotes inside single ones: '\"…\"'."


def read_cell(field: TableInput, raw: Any, path: Path, misfits: list[Misfit]) -> ValueSet | None:
    """The values a cell stands for; None and a misfit where it cannot be read."""
    return _Reader(field, misfits).read(raw, path)


class _Reader:
    def __init__(self, field: TableInput, misfits: list[Misfit]) -> None:
        self._field = field
        self._kind: InputKind = field.kind
        self._ordered = self._kind not in ("text", "boolean")
        self._misfits = misfits

    def read(self, raw: Any, path: Path) -> ValueSet | None:
        if len(path) > MAX_DEPTH + 4:
            return self._refuse(path, "The cell is nested too deeply.", "Split the row.")
        match raw:
            case list():
                return self._any_of(cast(list[Any], raw), path)
            case dict():
                return self._none_of(cast(dict[Any, Any], raw), path)
            case str():
                return self._text(raw.strip(), path)
            case None:
                message = "The cell is empty."
                return self._refuse(path, message, "Take it out for any value, or write missing.")
            case _:
                return self._literal(raw, path)

    def _any_of(self, raw: Sequence[Any], path: Path) -> ValueSet | None:
        if not raw:
            return self._refuse(path, "The list is empty.", "Name a value, or take the cell out.")
        return self._joined([self.read(each, (*path, at)) for at, each in enumerate(raw)])

    def _none_of(self, raw: Mapping[Any, Any], path: Path) -> ValueSet | None:
        if set(raw) != {"not"}:
            mend = "Write a value, a list of values, or {not: [one, another]}."
            return self._refuse(path, "This is nothing a cell can say.", mend)
        found = self.read(raw["not"], (*path, "not"))
        return found.inverted() if found is not None else None

    def _text(self, text: str, path: Path) -> ValueSet | None:
        if text.startswith(_NOT):
            found = self._text(text.removeprefix(_NOT).strip(), path)
            return found.inverted() if found is not None else None
        if text == _MISSING:
            return self._no_value(path)
        interval, compared = _INTERVAL.fullmatch(text), _COMPARED.fullmatch(text)
        if interval:
            return self._interval(interval, path)
        if compared:
            return self._compared(compared[1], compared[2], path)
        quoted = _QUOTED.fullmatch(text) if self._kind == "text" else None
        return self._literal(quoted[1] if quoted else text, path)

    def _no_value(self, path: Path) -> ValueSet | None:
        if not self._field.optional:
            mend = _QUOTE if self._kind == "text" else "Take it out."
            mend = f"Write optional: true at the input if it may have no value. {mend}"
            return self._refuse(path, "This input always has a value.", mend)
        return Spans(missing=True) if self._ordered else Names(missing=True)

    def _interval(self, found: re.Match[str], path: Path) -> ValueSet | None:
        if not self._ordered:
            return self._unordered(path)
        low, high = self._key(found[2], path), self._key(found[3], path)
        if low is None or high is None:
            return None
        span = ((low, int(found[1] == "(")), (high, int(found[4] == "]")))
        if span[0] >= span[1]:
            message = "The interval ends before it begins, or holds nothing."
            return self._refuse(path, message, "Write the smaller value first: [10..20].")
        return Spans((span,))

    def _compared(self, sign: str, text: str, path: Path) -> ValueSet | None:
        if sign == "=":
            return self._refuse(path, "A value stands without =.", f"Write {text.strip('= ')}.")
        if sign == "!=":
            found = self._text(text, path)
            return found.inverted() if found is not None else None
        if not self._ordered:
            return self._unordered(path)
        key = self._key(text, path)
        if key is None:
            return None
        cut = (key, int(sign in ("<=", ">")))
        span: Span = (None, cut) if sign.startswith("<") else (cut, None)
        return Spans((span,))

    def _literal(self, raw: Any, path: Path) -> ValueSet | None:
        if self._ordered:
            key = self._key(raw, path)
            return Spans((((key, 0), (key, 1)),)) if key is not None else None
        if self._kind == "boolean" and raw in ("true", "false"):
            raw = raw == "true"
        value = read_value(self._field.shape, raw, path, self._misfits)
        return Names(frozenset((cast(Name, value),))) if value is not None else None

    def _key(self, raw: Any, path: Path) -> Ordered | None:
        """A literal of an ordered kind."""
        value = read_value(self._field.shape, raw, path, self._misfits)
        if value is None:
            return None
        key = cast(Ordered, key_of(self._kind, value))
        if self._field.whole and key != int(key):
            return self._refuse(path, "The input has whole numbers only.", "Write a whole number.")
        return key

    def _joined(self, found: Sequence[ValueSet | None]) -> ValueSet | None:
        if any(each is None for each in found):
            return None
        if self._ordered:
            return joined_spans(each for each in found if isinstance(each, Spans))
        return joined_names(each for each in found if isinstance(each, Names))

    def _unordered(self, path: Path) -> None:
        mend = f"Use a list of values, or not. {_QUOTE if self._kind == 'text' else ''}".strip()
        return self._refuse(path, "These values have no order.", mend)

    def _refuse(self, path: Path, message: str, mend: str) -> None:
        self._misfits.append(Misfit(path, message, mend))
