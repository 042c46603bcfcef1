"""The types a rule knows: what the declared fields look like."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "text", "number", "date", "datetime", "duration", "boolean", "list", "object", "null", "unknown"
]

ARTICLES: Mapping[Kind, str] = {
    "text": "a text",
    "number": "a number",
    "date": "a date",
    "datetime": "a date with time",
    "duration": "a duration",
    "boolean": "true or false",
    "list": "a list",
    "object": "a group of fields",
    "null": "null",
    "unknown": "unknown",
}
"""How messages name a kind."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value looks like. ``money`` is a number that may bear a currency."""

    kind: Kind
    fields: Mapping[str, "Shape"] = field(default_factory=dict[str, "Shape"])
    """The parts of an object."""
    item: "Shape | None" = None
    """What each entry of a list looks like."""
    currency: str | None = None

    def __str__(self) -> str:
        return ARTICLES[self.kind]


UNKNOWN = Shape("unknown")
"""Stands where a finding already says what is wrong, so that one mistake is told once."""

NUMBER = Shape("number")
TEXT = Shape("text")
BOOLEAN = Shape("boolean")
DURATION = Shape("duration")
NULL = Shape("null")


def paths_of(fields: Mapping[str, Shape], prefix: str = "") -> Iterator[str]:
    """Every name an author may write, dotted: groups and their parts."""
    for name, shape in fields.items():
        yield prefix + name
        if shape.kind == "object":
            yield from paths_of(shape.fields, f"{prefix}{name}.")
