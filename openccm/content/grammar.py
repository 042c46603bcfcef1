"""What a template may say, and how its loops and operators come to be counted.

The parsed template is checked against the house's rules and rewritten so that every loop, ``~``
and slice goes through a filter that counts it (see ``budget``).
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from openccm.content.filters import CHARGE, CUT, JOIN, LOOP, NAMES

_WEIGHT_OF_A_CHARACTER = 100
"""So many characters of fixed text cost as much as a turn of a loop."""

Charged = nodes.Macro | nodes.CallBlock | nodes.Block


class Fault(NamedTuple):
    """Something a template may not say."""

    line: int
    message: str


def faults(template: nodes.Template, tests: Iterable[str]) -> Iterator[Fault]:
    """Everything in the template that the rules refuse, in no particular order."""
    for node in template.find_all(nodes.Node):
        message = _refusal(node, tests)
        if message:
            yield Fault(node.lineno, message)


def referenced_templates(template: nodes.Template) -> Iterator[tuple[str, int, bool]]:
    """Every template this one names: name, line, whether it must be there."""
    for node in template.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        required = not getattr(node, "ignore_missing", False)
        for name in names_in(node.template) or ():
            yield name, node.lineno, required


def names_in(expression: nodes.Expr) -> list[str] | None:
    """The template names that are written out, or None if they are computed."""
    options = expression.items if isinstance(expression, nodes.List | nodes.Tuple) else [expression]
    names = [each.value for each in options if isinstance(each, nodes.Const)]
    if len(names) != len(options) or not all(isinstance(name, str) for name in names):
        return None
    return names


def counted(template: nodes.Template) -> nodes.Template:
    """The template with its loops, ``~`` and slices going through counting filters."""
    return cast("nodes.Template", _Counting().visit(template))


def _refusal(node: nodes.Node, tests: Iterable[str]) -> str | None:
    message = None
    match node:
        case nodes.Extends() | nodes.Include() | nodes.Import() | nodes.FromImport():
            if names_in(node.template) is None:
                message = "The name of another template must be written out in quotes."
        case nodes.EvalContextModifier():
            message = "{% autoescape %} is not available: values are always made safe."
        case nodes.For(recursive=True):
            message = "Recursive loops are not available."
        case nodes.Filter(name=name) if name not in NAMES:
            message = f"There is no filter called {name!r}."
        case nodes.Test(name=name) if name not in tests:
            message = f"There is no test called {name!r}."
        case nodes.Getattr() | nodes.Getitem():
            message = _access_refusal(node)
        case _:
            pass
    return message


def _access_refusal(node: nodes.Getattr | nodes.Getitem) -> str | None:
    if isinstance(node, nodes.Getattr):
        name: object = node.attr
    else:
        name = node.arg.value if isinstance(node.arg, nodes.Const) else None
    if isinstance(name, str) and name.startswith("_"):
        return f"{name!r} is private: names that begin with _ cannot be read."
    return None


def _weight(body: Iterable[nodes.Node]) -> int:
    """What the fixed text of a body costs each time it is printed."""
    texts = (
        data for node in body for data in _and_below(node) if isinstance(data, nodes.TemplateData)
    )
    return 1 + sum(len(text.data) for text in texts) // _WEIGHT_OF_A_CHARACTER


def _and_below(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    yield from node.find_all(nodes.Node)


class _Counting(NodeTransformer):
    """Puts a filter where the author wrote an operator or a loop."""

    def visit(self, node: nodes.Node, *args: object, **kwargs: object) -> nodes.Node:
        """The node with all below it done, itself last."""
        weight = _weight(node.body) if isinstance(node, nodes.For | Charged) else 0
        self.generic_visit(node)
        match node:
            case nodes.For():
                node.iter = _filter(node.iter, LOOP, [nodes.Const(weight)], node.lineno)
            case nodes.Macro() | nodes.CallBlock() | nodes.Block():
                charge = _filter(nodes.Const(weight), CHARGE, [], node.lineno)
                node.body.insert(0, nodes.ExprStmt(charge, lineno=node.lineno))
            case nodes.Concat():
                return _filter(nodes.List(node.nodes), JOIN, [], node.lineno)
            case nodes.Getitem(arg=nodes.Slice() as bounds):
                each = (bounds.start, bounds.stop, bounds.step)
                arguments = [bound or nodes.Const(None) for bound in each]
                return _filter(node.node, CUT, arguments, node.lineno)
            case _:
                pass
        return node


def _filter(value: nodes.Node, name: str, arguments: list[nodes.Expr], line: int) -> nodes.Filter:
    made = nodes.Filter(value, name, arguments, [], None, None)
    return cast("nodes.Filter", made.set_lineno(line))
