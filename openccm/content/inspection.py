"""What is wrong with a template, and which other templates it needs, known before any data is."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from openccm.content.grammar import faults, referenced_templates
from openccm.content.sandbox import FUNCTIONS, Sandbox
from openccm.content.templates import Bundle

SPECIAL = frozenset({"caller", "kwargs", "loop", "self", "super", "varargs", *FUNCTIONS})
"""Names that are there in every template and are no data."""

TOO_DEEP = "What stands in the template is nested too deep."


class Problem(NamedTuple):
    """Something in a template that its author has to mend."""

    file: str
    line: int
    message: str


class Source(NamedTuple):
    """One template read: where it stands and what it says, unless it cannot be understood."""

    path: str
    tree: nodes.Template | None
    problem: Problem | None = None


class Library:
    """The templates that one template reaches, each read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._bundle = Bundle(files)
        self._sandbox = Sandbox(loader=self._bundle)
        self._read: dict[str, Source] = {}

    def source(self, text: str, name: str) -> Source:
        """A template that stands in no file, such as a subject."""
        return self._parsed(text, name)

    def find(self, name: str) -> Source | None:
        """A template of the bundle by the name another one calls it, or None."""
        path = self._bundle.path_of(name)
        if path is None:
            return None
        if path not in self._read:
            self._read[path] = self._load(name, path)
        return self._read[path]

    def reached(self, start: Source) -> Iterator[tuple[Source, list[tuple[str, int]]]]:
        """Every template reached, with the names it calls that are not there."""
        waiting, seen = [start], {start.path}
        while waiting:
            source = waiting.pop(0)
            absent: list[tuple[str, int]] = []
            for name, line, required in referenced_templates(source.tree) if source.tree else ():
                other = self.find(name)
                if other is None and required:
                    absent.append((name, line))
                elif other is not None and other.path not in seen:
                    seen.add(other.path)
                    waiting.append(other)
            yield source, absent

    def refusals(self, source: Source) -> Iterator[Problem]:
        """What the rules and the compiler have against one template."""
        if source.tree is None:
            return
        refused = sorted(set(faults(source.tree, self._sandbox.tests)))
        yield from (Problem(source.path, line, message) for line, message in refused)
        if refused:
            return
        try:
            self._sandbox.compile(source.tree, source.path, source.path)
        except TemplateSyntaxError as error:
            yield Problem(source.path, error.lineno, error.message or "It cannot be compiled.")
        except SyntaxError:
            yield Problem(source.path, 1, TOO_DEEP)

    def _load(self, name: str, path: str) -> Source:
        try:
            text, _, _ = self._bundle.get_source(self._sandbox, name)
        except TemplateSyntaxError as error:
            return Source(path, None, Problem(path, 1, error.message or ""))
        return self._parsed(text, path)

    def _parsed(self, text: str, path: str) -> Source:
        try:
            return Source(path, self._sandbox.read(text, path, path))
        except TemplateSyntaxError as error:
            return Source(path, None, Problem(path, error.lineno, error.message or ""))
        except RecursionError:
            return Source(path, None, Problem(path, 1, TOO_DEEP))


def check_template(
    files: Mapping[str, bytes], entry: str, *, source: str | None = None
) -> list[Problem]:
    """Everything wrong with a template and those it reaches; ``source`` stands in for the file."""
    library = Library(files)
    start = library.find(entry) if source is None else library.source(source, entry)
    if start is None:
        return [Problem(entry, 1, f"There is no template {entry!r} in the bundle.")]
    try:
        return _problems(library, start)
    except RecursionError:
        return [Problem(start.path, 1, TOO_DEEP)]


def _problems(library: Library, start: Source) -> list[Problem]:
    reached = list(library.reached(start))
    made = {name for each, _ in reached if each.tree for name in _made_names(each.tree)}
    problems: list[Problem] = []
    for each, absent in reached:
        problems += [each.problem] if each.problem else []
        problems += library.refusals(each)
        problems += [
            Problem(each.path, line, f"There is no template {name!r} in the bundle.")
            for name, line in absent
        ]
        problems += _unknown_functions(each, made)
    return problems + _circles(library, start)


def _unknown_functions(source: Source, made: set[str]) -> Iterator[Problem]:
    for call in source.tree.find_all(nodes.Call) if source.tree else ():
        if isinstance(call.node, nodes.Name) and call.node.name not in made | SPECIAL:
            message = f"There is no function called {call.node.name!r}."
            yield Problem(source.path, call.lineno, message)


def _made_names(tree: nodes.Template) -> Iterator[str]:
    """Names that templates themselves give to something."""
    yield from (macro.name for macro in tree.find_all(nodes.Macro))
    yield from (each.target for each in tree.find_all(nodes.Import))
    for each in tree.find_all(nodes.FromImport):
        yield from (name if isinstance(name, str) else name[1] for name in each.names)
    yield from (name.name for name in tree.find_all(nodes.Name) if name.ctx != "load")


def _circles(library: Library, start: Source) -> list[Problem]:
    """Layouts that end up extending themselves."""
    path: list[str] = []
    source: Source | None = start
    while source and source.tree and source.path not in path:
        path.append(source.path)
        extends = source.tree.find(nodes.Extends)
        if extends is None or not isinstance(extends.template, nodes.Const):
            return []
        source = library.find(extends.template.value)
    if source is None or source.tree is None:
        return []
    return [Problem(source.path, 1, "The template extends itself by way of others.")]
