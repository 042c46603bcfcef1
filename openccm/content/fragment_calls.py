"""Where templates ask for fragments: ``{{ fragment("COMPLAINTS", amount=bill.amount) }}``."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jinja2 import nodes

from openccm.content.inspection import Library, Problem

FRAGMENT = "fragment"

_HOW = (
    'A fragment is asked for by its code in quotes, and what it needs by name: fragment("CODE",'
    " amount=bill.amount)."
)


class Asked(NamedTuple):
    """One call."""

    file: str
    line: int
    code: str
    params: tuple[str, ...]


def fragment_calls(files: Mapping[str, bytes], entry: str) -> tuple[list[Asked], list[Problem]]:
    """Every fragment that a template and those it reaches ask for, and what is wrong with how."""
    library = Library(files)
    start = library.find(entry)
    calls: list[Asked] = []
    problems: list[Problem] = []
    for source, _ in library.reached(start) if start is not None else ():
        for call in _calls(source.tree) if source.tree else ():
            code = _code(call)
            if code is None:
                problems.append(Problem(source.path, call.lineno, _HOW))
            else:
                params = tuple(each.key for each in call.kwargs)
                calls.append(Asked(source.path, call.lineno, code, params))
    return calls, problems


def _calls(tree: nodes.Template) -> Iterator[nodes.Call]:
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == FRAGMENT:
            yield call


def _code(call: nodes.Call) -> str | None:
    (first, *others) = call.args or [None]
    plain = not others and call.dyn_args is None and call.dyn_kwargs is None
    if plain and isinstance(first, nodes.Const) and isinstance(first.value, str):
        return first.value
    return None
