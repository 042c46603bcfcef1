"""The tree of an expression: every node remembers where it was written."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """What all nodes share."""

    at: int


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A text, number, true, false or null as written."""

    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name at the beginning of a path."""

    name: str


@dataclass(frozen=True, slots=True)
class Select(Node):
    """A part of something: ``target.field``."""

    target: Node
    field: str


@dataclass(frozen=True, slots=True)
class Index(Node):
    """An entry of a list: ``target[key]``."""

    target: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Invoke(Node):
    """A function, or a method where there is a target."""

    function: str
    target: Node | None
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``!`` or ``-`` before something."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two sides and an operator between them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Conditions joined by ``&&`` or by ``||``; flat, so that long rules are not deep ones."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """``condition ? then : other``."""

    condition: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list written out."""

    items: tuple[Node, ...]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below."""
    for part in fields(node):
        value = getattr(node, part.name)
        for child in value if isinstance(value, tuple) else (value,):  # pyright: ignore[reportUnknownVariableType]
            if isinstance(child, Node):
                yield child


def deepest(root: Node) -> tuple[int, Node]:
    """How many levels the tree has, and the node at the bottom; never recursive itself."""
    found: tuple[int, Node] = (1, root)
    waiting: list[tuple[int, Node]] = [(1, root)]
    while waiting:
        level, node = waiting.pop()
        found = max(found, (level, node), key=lambda pair: pair[0])
        waiting.extend((level + 1, child) for child in children(node))
    return found
