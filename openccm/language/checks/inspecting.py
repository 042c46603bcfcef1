"""What is found in templates: the room of templates looks, the language judges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from openccm.rules.shapes import Shape


class FragmentCall(NamedTuple):
    """One place at which a template asks for a fragment."""

    file: str
    line: int
    code: str
    params: tuple[str, ...]
    """The names of what it hands over."""


@dataclass(frozen=True, slots=True)
class TemplateFindings:
    """What was found in one template and all it includes."""

    names: set[str] = field(default_factory=set[str])
    """The data it reads, dotted, as deep as it is read; ``[]`` is each entry of a list."""
    problems: list[tuple[str, int, str]] = field(default_factory=list[tuple[str, int, str]])
    """File, line and what is wrong there."""
    fragments: list[FragmentCall] = field(default_factory=list[FragmentCall])


InspectTemplate = Callable[[Mapping[str, bytes], str], TemplateFindings]
"""Reads the template at a path of the files; the room of templates provides it."""


def is_known(parts: list[str], fields: Mapping[str, Shape]) -> bool:
    """Whether the data has this name, going into groups and entries as it does."""
    name = parts[0].removesuffix("[]")
    shape = fields.get(name)
    if shape is None:
        return False
    if parts[0].endswith("[]"):
        if shape.kind != "list" or shape.item is None:
            return False
        shape = shape.item
    return len(parts) == 1 or (shape.kind == "object" and is_known(parts[1:], shape.fields))


def mention(text: str, name: str) -> int:
    """Where a text first writes a name, or its last part; -1 where it does not."""
    whole = text.find(name.replace("[]", ""))
    return whole if whole >= 0 else text.find(name.rpartition(".")[2].removesuffix("[]"))
