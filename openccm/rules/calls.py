"""The functions, methods and loops a rule may call."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import cel

from openccm.rules.findings import suggestion
from openccm.rules.scope import MAX_LOOPS, Scope, Typed
from openccm.rules.shapes import (
    ARTICLES,
    BOOLEAN,
    DURATION,
    NUMBER,
    UNKNOWN,
    Kind,
    Shape,
)
from openccm.rules.syntax import Constant, Invoke, Name, Node

Translate = Callable[[Node, Scope], Typed]
"""The way back into the translator, for arguments."""


@dataclass(frozen=True, slots=True)
class _Method:
    on: tuple[Kind, ...]
    arguments: tuple[Kind, ...]
    result: Shape
    code: str


_METHODS: Mapping[str, _Method] = {
    "startsWith": _Method(("text",), ("text",), BOOLEAN, "{}.startsWith({})"),
    "endsWith": _Method(("text",), ("text",), BOOLEAN, "{}.endsWith({})"),
    "contains": _Method(("text",), ("text",), BOOLEAN, "{}.contains({})"),
    "getFullYear": _Method(("date",), (), NUMBER, "double({}.getFullYear())"),
    "getMonth": _Method(("date",), (), NUMBER, "double({}.getMonth())"),
    "getDate": _Method(("date",), (), NUMBER, "double({}.getDate())"),
    "getDayOfWeek": _Method(("date",), (), NUMBER, "double({}.getDayOfWeek())"),
}
_LOOPS = ("all", "exists", "exists_one", "filter", "map")
_FUNCTIONS = ("size", "date", "timestamp", "duration")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_WORDED = re.compile(r"([0-9]{1,6}) (second|minute|hour|day|week)s?")
_SHORT = re.compile(r"(?:([0-9]{1,7})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,9})s)?")


def translate_call(node: Invoke, scope: Scope, translate: Translate) -> Typed:
    """A call of any kind; ``has`` is the translator's own."""
    if node.target is None:
        return _function(node, scope, translate)
    target = translate(node.target, scope)
    if target.shape.kind == "unknown":
        return target
    if node.function in _LOOPS:
        return _loop(node, target, scope, translate)
    if node.function == "size" and not node.arguments:
        return _size(node, target, scope)
    if node.function == "matches":
        return _matches(node, target, scope)
    return _method(node, target, scope, translate)


def _function(node: Invoke, scope: Scope, translate: Translate) -> Typed:
    if node.function not in _FUNCTIONS:
        mend = suggestion(node.function, ("has", *_FUNCTIONS))
        return scope.find(node.at, f"There is no function {node.function}.", mend)
    if node.function == "size":
        if len(node.arguments) != 1:
            return scope.find(node.at, "size takes one text or list.", "Write size(name).")
        return _size(node, translate(node.arguments[0], scope), scope)
    return _literal(node, scope)


def _size(node: Invoke, of: Typed, scope: Scope) -> Typed:
    if of.shape.kind == "list":
        return Typed(f"double(size({of.code}))", NUMBER)
    if of.shape.kind == "text":
        scope.computes = True
        return Typed(f"text_size({of.code})", NUMBER)
    if of.shape.kind == "unknown":
        return of
    return scope.find(
        node.at, f"size takes a text or a list, and this is {of.shape}.", "Take size away."
    )


def _literal(node: Invoke, scope: Scope) -> Typed:
    """``date("…")``, ``timestamp("…")`` or ``duration("…")``: read now, so that no run stumbles."""
    read, example = {
        "date": (_date, 'date("2026-01-31")'),
        "timestamp": (_timestamp, 'timestamp("2026-01-31T08:00:00Z")'),
        "duration": (_duration, 'duration("3 days") or duration("72h")'),
    }[node.function]
    argument = node.arguments[0] if len(node.arguments) == 1 else None
    if isinstance(argument, Constant) and isinstance(argument.value, str):
        typed = read(argument.value)
        if typed is not None:
            return typed
    return scope.find(
        node.at, f"{node.function} cannot read what stands in its brackets.", f"Write {example}."
    )


def _date(text: str) -> Typed | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return Typed(f'timestamp("{day.isoformat()}T00:00:00Z")', Shape("date"))


def _timestamp(text: str) -> Typed | None:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Typed(f'timestamp("{moment.isoformat()}")', Shape("datetime"))


def _duration(text: str) -> Typed | None:
    worded = _WORDED.fullmatch(text)
    if worded:
        return Typed(f'duration("{int(worded[1]) * _SECONDS[worded[2]]}s")', DURATION)
    short = _SHORT.fullmatch(text)
    if not text or short is None:
        return None
    hours, minutes, seconds = (int(group or 0) for group in short.groups())
    return Typed(f'duration("{hours * 3600 + minutes * 60 + seconds}s")', DURATION)


def _loop(node: Invoke, over: Typed, scope: Scope, translate: Translate) -> Typed:
    name = node.arguments[0] if len(node.arguments) == 2 else None
    if over.shape.kind != "list" or over.shape.item is None or not isinstance(name, Name):
        return scope.find(
            node.at,
            f"{node.function} goes through a list with a name for its entries.",
            f"Write list.{node.function}(line, line.amount > 0).",
        )
    with scope.loop(name.name, over.shape.item) as variable:
        if scope.loops > MAX_LOOPS:
            return scope.find(node.at, "Loops are nested too deeply.", "Split the rule.")
        inner = translate(node.arguments[1], scope)
    if node.function != "map" and inner.shape.kind not in ("boolean", "unknown"):
        return scope.find(
            node.arguments[1].at,
            f"{node.function} needs a condition, and this is {inner.shape}.",
            "Compare it with something.",
        )
    code = f"{over.code}.{node.function}({variable}, {inner.code})"
    return Typed(
        code,
        {"filter": over.shape, "map": Shape("list", item=inner.shape)}.get(node.function, BOOLEAN),
    )


def _matches(node: Invoke, target: Typed, scope: Scope) -> Typed:
    """A pattern is a written-out text, tried once now: a bad one must not wait for a customer."""
    pattern = node.arguments[0] if len(node.arguments) == 1 else None
    mend = 'Write name.matches("^[A-Z]{2}[0-9]+$").'
    if target.shape.kind != "text" or not isinstance(pattern, Constant):
        return scope.find(node.at, "matches compares a text with a quoted pattern.", mend)
    if not isinstance(pattern.value, str):
        return scope.find(pattern.at, "A pattern is a quoted text.", mend)
    code = quoted(pattern.value)
    try:
        cel.compile(f'"".matches({code})').execute({})
    except (ValueError, RuntimeError):
        return scope.find(pattern.at, "This is no regular expression.", "Mend the pattern.")
    return Typed(f"{target.code}.matches({code})", BOOLEAN)


def _method(node: Invoke, target: Typed, scope: Scope, translate: Translate) -> Typed:
    method = _METHODS.get(node.function)
    if method is None:
        mend = suggestion(node.function, (*_METHODS, *_LOOPS, "size", "matches"))
        return scope.find(node.at, f"There is no function {node.function}.", mend)
    given = [translate(argument, scope) for argument in node.arguments]
    kinds = tuple(typed.shape.kind for typed in given)
    if "unknown" in kinds:
        return Typed("null", UNKNOWN)
    if target.shape.kind not in method.on or kinds != method.arguments:
        wanted = ", ".join(ARTICLES[kind] for kind in method.arguments) or "nothing"
        return scope.find(
            node.at,
            f"{node.function} cannot be used so on {target.shape}.",
            f"It belongs to {' or '.join(ARTICLES[kind] for kind in method.on)} "
            f"and takes {wanted} in its brackets.",
        )
    return Typed(method.code.format(target.code, *(typed.code for typed in given)), method.result)


def quoted(text: str) -> str:
    """``text`` as the engine reads it, with nothing but plain characters inside the quotes."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable() and character not in '"\\':
        return character
    return f"\\U{ord(character):08x}"
