"""Which data a template reads, by name: ``bill.amount``, ``bill.lines[].text``."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from jinja2 import nodes

from openccm.content.grammar import names_in
from openccm.content.inspection import SPECIAL, Library, Source
from openccm.content.sandbox import METHODS

KEEPING = frozenset(
    {"d", "default", "list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort"}
    | {"unique"}
)
"""Filters whose result is the list they were given, or some of it."""
PICKING = frozenset({"first", "last", "max", "min"})
"""Filters whose result is one item of their list."""
FIELD_FIRST = frozenset({"groupby", "rejectattr", "selectattr", "sum", "unique"})
"""Filters that may be given the name of a field without saying ``attribute=``."""


@dataclass(frozen=True, slots=True)
class Value:
    """Where in the data something comes from."""

    path: str
    listed: bool = False
    """A list that a filter made: its items come from the path, it has none of its own."""
    grouped: bool = False
    """What ``groupby`` made, and later one of its groups."""

    @property
    def item(self) -> "Value":
        """What a loop over it gives."""
        if self.listed:
            return Value(self.path)
        return Value(self.path, grouped=True) if self.grouped else Value(f"{self.path}[]")

    def field(self, name: str) -> "Value | None":
        """What ``value.name`` reads."""
        if self.grouped:
            return Value(self.path) if name == "list" else None
        return None if self.listed else Value(f"{self.path}.{name}")


@dataclass(frozen=True, slots=True)
class Procedure:
    """A macro, walked through anew for each call with what the call hands it."""

    macro: nodes.Macro
    scope: "Scope"


Meaning = Value | Procedure | dict[str, Procedure] | None
Scope = dict[str, Meaning]


def referenced(files: Mapping[str, bytes], entry: str, *, source: str | None = None) -> set[str]:
    """The data that a template and all it includes read; ``source`` stands in for the file.

    Each piece is named as deep as it is read: ``bill.amount`` makes ``bill`` go without saying,
    ``bill.lines[].text`` is a field of each item of a list.
    """
    library = Library(files)
    start = library.find(entry) if source is None else library.source(source, entry)
    reader = Reader(library)
    if start is not None:
        with suppress(RecursionError):  # a template so deep is refused by its own check
            reader.read(start, {}, {})
    return {name for name in reader.found if not _implied(name, reader.found)}


def _implied(name: str, names: set[str]) -> bool:
    return any(other.startswith((f"{name}.", f"{name}[")) for other in names)


class Reader:
    """Walks through templates as a rendering would, taking every branch."""

    def __init__(self, library: Library) -> None:
        self.found: set[str] = set()
        self._library = library
        self._open: list[object] = []
        self._blocks: dict[str, list[nodes.Block]] = {}

    def read(self, source: Source, scope: Scope, blocks: Mapping[str, list[nodes.Block]]) -> None:
        """One template, whose blocks may have been redefined by those that extend it."""
        if source.tree is None or source.path in self._open:
            return
        self._open.append(source.path)
        own = {block.name: [block] for block in source.tree.find_all(nodes.Block)}
        redefined = {
            name: [*blocks.get(name, []), *own.get(name, [])] for name in own.keys() | blocks
        }
        layout = source.tree.find(nodes.Extends)
        if layout is None:
            outer, self._blocks = self._blocks, redefined
            self._walk(source.tree.body, scope)
            self._blocks = outer
        else:
            silent = (nodes.Output, nodes.Block, nodes.Extends)
            self._walk((each for each in source.tree.body if not isinstance(each, silent)), scope)
            self._others(layout.template, scope, redefined)
        self._open.pop()

    def _others(
        self, named: nodes.Expr, scope: Scope, blocks: Mapping[str, list[nodes.Block]]
    ) -> None:
        for name in names_in(named) or ():
            source = self._library.find(name)
            if source is not None:
                self.read(source, scope, blocks)

    def _walk(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.For():
                self._loop(node, scope)
            case nodes.Assign() | nodes.With() | nodes.Macro():
                self._name(node, scope)
            case nodes.Block():
                self._block(node.name, 0, scope)
            case nodes.Include():
                self._others(node.template, dict(scope), {})
            case nodes.Import() | nodes.FromImport():
                self._import(node, scope)
            case _:
                self._below(node, scope)

    def _name(self, node: nodes.Assign | nodes.With | nodes.Macro, scope: Scope) -> None:
        """What gives a name to something."""
        if isinstance(node, nodes.Assign):
            self._bind(node.target, self._value(node.node, scope), scope)
        elif isinstance(node, nodes.Macro):
            scope[node.name] = Procedure(node, scope)
        else:
            inner = dict(scope)
            for target, value in zip(node.targets, node.values, strict=True):
                self._bind(target, self._value(value, scope), inner)
            self._walk(node.body, inner)

    def _below(self, node: nodes.Node, scope: Scope) -> None:
        """Whatever has no meaning of its own: what it holds is read or walked."""
        if isinstance(node, nodes.AssignBlock):
            self._bind(node.target, None, scope)
        inner = dict(scope) if isinstance(node, nodes.CallBlock) else scope
        for argument in node.args if isinstance(node, nodes.CallBlock) else ():
            inner[argument.name] = None
        for child in node.iter_child_nodes(exclude=("target", "args")):
            if isinstance(child, nodes.Expr):
                self._use(child, scope)
            else:
                self._statement(child, inner)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        listed = self._value(node.iter, scope)
        inner = dict(scope)
        inner["loop"] = None
        if isinstance(listed, Value):
            self._count(Value(listed.path))
            self._bind_item(node.target, listed.item, inner)
        else:
            self._bind(node.target, None, inner)
        if node.test is not None:
            self._use(node.test, inner)
        self._walk(node.body, inner)
        self._walk(node.else_, scope)

    def _bind_item(self, target: nodes.Node, item: Value, scope: Scope) -> None:
        if item.grouped and isinstance(target, nodes.Tuple):
            self._bind(target.items[0], None, scope)
            self._bind(target.items[1], Value(item.path), scope)
        else:
            self._bind(target, item, scope)

    def _bind(self, target: nodes.Node, meaning: Meaning, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = meaning
            return
        self._use_if(meaning)
        scope.update((name.name, None) for name in target.find_all(nodes.Name))

    def _block(self, name: str, depth: int, scope: Scope) -> None:
        definitions = self._blocks.get(name, [])
        if depth >= len(definitions):
            return
        definition = definitions[depth]
        self._walk(definition.body, dict(scope))
        if any(each.name == "super" for each in definition.find_all(nodes.Name)):
            self._block(name, depth + 1, scope)

    def _import(self, node: nodes.Import | nodes.FromImport, scope: Scope) -> None:
        macros: dict[str, Procedure] = {}
        for name in names_in(node.template) or ():
            source = self._library.find(name)
            if source is not None and source.tree is not None:
                found = source.tree.find_all(nodes.Macro)
                macros.update((macro.name, Procedure(macro, {})) for macro in found)
        if isinstance(node, nodes.Import):
            scope[node.target] = macros
            return
        for each in node.names:
            name, alias = (each, each) if isinstance(each, str) else each
            scope[alias] = macros.get(name)

    def _use(self, node: nodes.Node, scope: Scope) -> None:
        self._use_if(self._value(node, scope))

    def _use_if(self, meaning: Meaning) -> None:
        if isinstance(meaning, Value):
            self._count(meaning)

    def _count(self, value: Value) -> None:
        self.found.add(value.path)

    def _value(self, node: nodes.Node, scope: Scope) -> Meaning:
        """What an expression stands for; what it reads on the way is counted."""
        match node:
            case nodes.Name(name=name):
                return scope.get(name) if name in scope or name in SPECIAL else Value(name)
            case nodes.Getattr():
                return self._field(self._value(node.node, scope), node.attr)
            case nodes.Getitem():
                return self._element(node, scope)
            case nodes.Filter():
                return self._filtered(node, scope)
            case nodes.Call():
                return self._called(node, scope)
            case _:
                for child in node.iter_child_nodes():
                    self._use(child, scope)
                return None

    def _field(self, owner: Meaning, name: str) -> Meaning:
        if isinstance(owner, dict):
            return owner.get(name)
        return owner.field(name) if isinstance(owner, Value) else None

    def _element(self, node: nodes.Getitem, scope: Scope) -> Meaning:
        owner = self._value(node.node, scope)
        self._use(node.arg, scope)
        if not isinstance(owner, Value) or isinstance(node.arg, nodes.Slice):
            return owner
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
        return owner.field(key) if isinstance(key, str) else owner.item

    def _filtered(self, node: nodes.Filter, scope: Scope) -> Meaning:
        given = self._value(node.node, scope) if node.node is not None else None
        self._use_all((*node.args, *node.kwargs), scope)
        if not isinstance(given, Value):
            return None
        name = _field_named(node)
        read = Value(f"{given.item.path}.{name}", listed=True) if name else None
        self._use_if(read)
        if node.name == "map":
            return read or Value(given.item.path, listed=True)
        if node.name == "groupby":
            return Value(given.path, grouped=True)
        if node.name in KEEPING:
            return given
        if node.name in PICKING:
            return given.item
        self._use_if(read or given)
        return None

    def _called(self, node: nodes.Call, scope: Scope) -> Meaning:
        method = node.node if isinstance(node.node, nodes.Getattr) else None
        if method is not None and method.attr in METHODS:
            return self._method(method, node, scope)
        function = self._value(node.node, scope)
        if isinstance(function, Procedure):
            self._procedure(function, node, scope)
        else:
            self._use_if(function)
            self._use_all((*node.args, *node.kwargs), scope)
        return None

    def _method(self, method: nodes.Getattr, node: nodes.Call, scope: Scope) -> Meaning:
        self._use_all((*node.args, *node.kwargs), scope)
        owner = self._value(method.node, scope)
        if method.attr == "get" and isinstance(owner, Value) and node.args:
            key = node.args[0]
            return owner.field(key.value) if isinstance(key, nodes.Const) else owner.item
        self._use_if(owner)
        return None

    def _procedure(self, procedure: Procedure, call: nodes.Call, scope: Scope) -> None:
        macro = procedure.macro
        if any(each is macro for each in self._open):
            return
        inner = dict(procedure.scope)
        inner.update((argument.name, None) for argument in macro.args)
        for argument, given in zip(macro.args, call.args, strict=False):
            inner[argument.name] = self._value(given, scope)
        inner.update((each.key, self._value(each.value, scope)) for each in call.kwargs)
        self._open.append(macro)
        self._walk(macro.body, inner)
        self._open.pop()

    def _use_all(self, expressions: Iterable[nodes.Node], scope: Scope) -> None:
        for expression in expressions:
            self._use(expression, scope)


def _field_named(node: nodes.Filter) -> str | None:
    """The field that a filter looks at in each item, if it says one."""
    named = [each.value for each in node.kwargs if each.key == "attribute"]
    if not named and node.name in FIELD_FIRST:
        named = node.args[:1]
    values = [each.value for each in named if isinstance(each, nodes.Const)]
    return values[0] if values and isinstance(values[0], str) else None
