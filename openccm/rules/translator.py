"""From the tree to what the engine evaluates, checking every type on the way.

CEL knows integers and doubles and mixes them only in comparisons; an author knows numbers. So
every number is written as a double, and every calculation becomes a call of our decimal
arithmetic (see ``openccm.rules.arithmetic``). Names cannot clash: fields hang below one variable
and loop variables are renamed.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import assert_never, cast

from openccm.rules.calls import quoted, translate_call
from openccm.rules.scope import ROOT, Scope, Typed
from openccm.rules.shapes import BOOLEAN, NULL, NUMBER, TEXT, UNKNOWN, Kind, Shape
from openccm.rules.syntax import (
    Binary,
    Chain,
    Choice,
    Constant,
    Index,
    Invoke,
    Items,
    Name,
    Node,
    Select,
    Unary,
)

_ORDERED = ("number", "text", "date", "datetime", "duration")
_SCALARS = (*_ORDERED, "boolean", "null")
_COMPUTED: Mapping[str, str] = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided",
    "%": "modulo",
}
_RESULTS: Mapping[tuple[str, Kind, Kind], Kind] = {
    ("+", "text", "text"): "text",
    ("+", "date", "duration"): "date",
    ("+", "duration", "date"): "date",
    ("+", "datetime", "duration"): "datetime",
    ("+", "duration", "datetime"): "datetime",
    ("+", "duration", "duration"): "duration",
    ("-", "date", "date"): "duration",
    ("-", "datetime", "datetime"): "duration",
    ("-", "date", "duration"): "date",
    ("-", "datetime", "duration"): "datetime",
    ("-", "duration", "duration"): "duration",
}
_MENDS: Mapping[Kind, str] = {
    "boolean": "Compare it with something.",
    "text": 'Use a field with a text, or write a text in quotes, like "E-mail".',
    "number": "Use a field with a number or an amount, or write a number like 186.40.",
    "date": 'Use a field with a date, today, or date("2026-01-31").',
    "datetime": 'Use a field with a moment, or timestamp("2026-01-31T08:00:00Z").',
    "duration": 'Write duration("3 days"), or take one moment from another.',
}
"""What gives a value of a kind."""


def translate(node: Node, scope: Scope) -> Typed:
    """The engine's code for ``node`` and the shape of its value."""
    if isinstance(node, Name | Select):
        return _value(node, scope)
    if isinstance(node, Binary | Chain | Unary | Choice):
        return _operation(node, scope)
    if isinstance(node, Constant):
        return _constant(node)
    return _compound(cast(Index | Items | Invoke, node), scope)


def _compound(node: Index | Items | Invoke, scope: Scope) -> Typed:
    match node:
        case Index():
            return _index(node, scope)
        case Items():
            return _items(node, scope)
        case Invoke(function="has", target=None):
            return _has(node, scope)
        case Invoke():
            return translate_call(node, scope, translate)
        case _:
            assert_never(node)


def expect(kind: Kind, node: Node, scope: Scope) -> Typed:
    """The code for ``node``, which must be of this kind."""
    return _of_kind(translate(node, scope), kind, node, scope)


def translate_value(node: Node, scope: Scope, kind: Kind | None) -> Typed:
    """The code for a whole expression that gives a value; a field may be a group or a list."""
    typed = _place(node, scope)
    if typed.path is not None:
        scope.reads.add(typed.path)
    if typed.shape.kind == "null":
        return scope.find(node.at, "null is no value.", "Name a field, or write a value.")
    return typed if kind is None else _of_kind(typed, kind, node, scope)


def _of_kind(typed: Typed, kind: Kind, node: Node, scope: Scope) -> Typed:
    if typed.shape.kind in (kind, "unknown"):
        return typed
    return scope.find(
        node.at,
        f"This is {typed.shape}, and {Shape(kind)} belongs here.",
        _MENDS.get(kind, "Use another field."),
    )


def _operation(node: Binary | Chain | Unary | Choice, scope: Scope) -> Typed:
    match node:
        case Binary():
            return _binary(node, scope)
        case Chain(operator=operator, operands=operands):
            codes = [expect("boolean", operand, scope).code for operand in operands]
            return Typed("(" + f" {operator} ".join(codes) + ")", BOOLEAN)
        case Unary(operator="!", operand=operand):
            return Typed(f"!({expect('boolean', operand, scope).code})", BOOLEAN)
        case Unary(operand=operand):
            return Typed(f"-({expect('number', operand, scope).code})", NUMBER)
        case Choice():
            return _choice(node, scope)
        case _:
            assert_never(node)


def _constant(node: Constant) -> Typed:
    match node.value:
        case None:
            return Typed("null", NULL)
        case bool(value):
            return Typed("true" if value else "false", BOOLEAN)
        case Decimal():
            return Typed(repr(float(node.value)), NUMBER)
        case str(text):
            return Typed(quoted(text), TEXT)


def _value(node: Name | Select, scope: Scope) -> Typed:
    """A field that is read, not merely passed on the way."""
    typed = _place(node, scope)
    if typed.path is None:
        return typed
    if typed.shape.kind == "object":
        parts = ", ".join(f"{typed.path}.{name}" for name in list(typed.shape.fields)[:5])
        return scope.find(node.at, f"{typed.path} is a group of fields.", f"Name one: {parts}.")
    scope.reads.add(typed.path)
    return typed


def _place(node: Node, scope: Scope) -> Typed:
    """Where a name or a part points."""
    if isinstance(node, Name):
        return _named(node, scope)
    if not isinstance(node, Select):
        return translate(node, scope)
    target = _place(node.target, scope)
    if target.shape.kind == "unknown":
        return target
    path = f"{target.path}.{node.field}" if target.path else None
    if target.shape.kind != "object":
        return scope.find(
            node.at, f"{node.field} is asked of {target.shape}, which has no parts.", "Take it out."
        )
    shape = target.shape.fields.get(node.field)
    if shape is None:
        return scope.unknown_field(node.at, path or node.field, target.shape)
    code = f"{target.code}.{node.field}"
    return Typed(code, shape, path, (*target.steps, code))


def _named(node: Name, scope: Scope) -> Typed:
    local = scope.local(node.name)
    if local is not None:
        return local
    shape = scope.fields.get(node.name)
    if shape is None:
        return scope.unknown_field(node.at, node.name)
    code = f"{ROOT}.{node.name}"
    return Typed(code, shape, node.name, (code,))


def _guard(node: Node, scope: Scope) -> Typed:
    """Whether a field has a value: each step of the way must be there."""
    typed = _place(node, scope)
    if typed.shape.kind == "unknown":
        return Typed("false", BOOLEAN)
    if not typed.steps:
        return scope.find(node.at, "Only a field can have no value.", "Name a field.")
    if typed.path is not None:
        scope.guards.add(typed.path)
    return Typed("(" + " && ".join(f"has({step})" for step in typed.steps) + ")", BOOLEAN)


def _has(node: Invoke, scope: Scope) -> Typed:
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], Select):
        return scope.find(
            node.at, "has asks for a part of a group.", "Write has(bill.amount), or name != null."
        )
    return _guard(node.arguments[0], scope)


def _index(node: Index, scope: Scope) -> Typed:
    target = translate(node.target, scope)
    key = node.key.value if isinstance(node.key, Constant) else None
    if target.shape.kind == "unknown":
        return target
    if target.shape.kind != "list" or not isinstance(key, Decimal) or key % 1 or key > 9999:
        return scope.find(
            node.at, "Square brackets take a whole number after a list.", "Write list[0]."
        )
    return Typed(f"{target.code}[{int(key)}]", target.shape.item or UNKNOWN)


def _items(node: Items, scope: Scope) -> Typed:
    items = [translate(item, scope) for item in node.items]
    shapes = [typed.shape for typed in items]
    if any(shape.kind not in (*_SCALARS, "unknown") for shape in shapes):
        return scope.find(node.at, "A list in a rule holds plain values.", "Name single values.")
    if len({shape.kind for shape in shapes} - {"unknown"}) > 1:
        return scope.find(node.at, "A list holds values of one kind.", "Split the list.")
    code = "[" + ", ".join(typed.code for typed in items) + "]"
    return Typed(code, Shape("list", item=shapes[0] if shapes else UNKNOWN))


def _choice(node: Choice, scope: Scope) -> Typed:
    condition = expect("boolean", node.condition, scope)
    then, other = translate(node.then, scope), translate(node.other, scope)
    if "unknown" in (then.shape.kind, other.shape.kind):
        return Typed("null", UNKNOWN)
    if then.shape.kind != other.shape.kind or then.shape.kind not in _SCALARS:
        return scope.find(
            node.at,
            f"The two results are {then.shape} and {other.shape}.",
            "Give both the same kind of plain value.",
        )
    _same_currency(node, then.shape, other.shape, scope)
    shape = then.shape if then.shape.currency else other.shape
    return Typed(f"({condition.code} ? {then.code} : {other.code})", shape)


def _binary(node: Binary, scope: Scope) -> Typed:
    if node.operator in ("==", "!="):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(other, Constant) and other.value is None:
                guard = _guard(side, scope)
                return guard if node.operator == "!=" else Typed(f"!{guard.code}", BOOLEAN)
    left, right = translate(node.left, scope), translate(node.right, scope)
    if node.operator in _COMPUTED:
        return _computed(node, left, right, scope)
    if "unknown" in (left.shape.kind, right.shape.kind):
        return Typed("false", BOOLEAN)
    return _compared(node, left, right, scope)


def _compared(node: Binary, left: Typed, right: Typed, scope: Scope) -> Typed:
    within = right.shape.item if node.operator == "in" else right.shape
    if node.operator == "in" and (right.shape.kind != "list" or within is None):
        return scope.find(
            node.at, f"in looks into a list, and this is {right.shape}.", 'Write x in ["a", "b"].'
        )
    allowed = _ORDERED if node.operator.startswith(("<", ">")) else _SCALARS
    if within is None or left.shape.kind != within.kind or left.shape.kind not in allowed:
        return scope.find(
            node.at,
            f"{node.operator} cannot compare {left.shape} with {within}.",
            _comparable(left.shape, within),
        )
    _same_currency(node, left.shape, within, scope)
    return Typed(f"({left.code} {node.operator} {right.code})", BOOLEAN)


def _comparable(left: Shape, right: Shape | None) -> str:
    kinds = {left.kind, right.kind if right else "unknown"}
    if "date" in kinds and "text" in kinds:
        return 'Write a date as date("2026-01-31").'
    if "datetime" in kinds and "text" in kinds:
        return 'Write a moment as timestamp("2026-01-31T08:00:00Z").'
    if "number" in kinds and "text" in kinds:
        return "Write a number without quotes, a text with quotes."
    return "Compare values of the same kind."


def _computed(node: Binary, left: Typed, right: Typed, scope: Scope) -> Typed:
    kinds = (left.shape.kind, right.shape.kind)
    if "unknown" in kinds:
        return Typed("null", UNKNOWN)
    if kinds == ("number", "number"):
        scope.computes = True
        if node.operator in "+-":
            _same_currency(node, left.shape, right.shape, scope)
        currency = left.shape.currency or right.shape.currency
        code = f"{_COMPUTED[node.operator]}({left.code}, {right.code})"
        return Typed(code, Shape("number", currency=currency))
    result = _RESULTS.get((node.operator, *kinds))
    if result is None:
        return scope.find(
            node.at,
            f"{node.operator} has no meaning between {left.shape} and {right.shape}.",
            "Use two numbers, two texts, or a date and a duration.",
        )
    return Typed(f"({left.code} {node.operator} {right.code})", Shape(result))


def _same_currency(node: Node, left: Shape, right: Shape, scope: Scope) -> None:
    if left.currency and right.currency and left.currency != right.currency:
        scope.find(
            node.at,
            f"{left.currency} and {right.currency} are different currencies.",
            "Use two amounts of one currency.",
        )
