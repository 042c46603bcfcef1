"""Templates at arm's length: plain data in, text out, and nothing else within reach."""

from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from types import BuiltinMethodType, MethodType
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined, nodes
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference
from jinja2.sandbox import SandboxedEnvironment, safe_range
from jinja2.utils import Namespace, missing, pass_context
from markupsafe import Markup

from openccm.content.arithmetic import OPERATORS, calculate
from openccm.content.budget import current
from openccm.content.filters import FILTERS, NAMES
from openccm.content.grammar import counted, faults
from openccm.content.plain import kind_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEXT = _words("""
    capitalize count endswith find isalpha isdigit lower lstrip removeprefix removesuffix rstrip
    split splitlines startswith strip title upper""")
_DATE = _words("day month year weekday isoweekday isoformat")
_TIME = _words("hour minute second")
_LIST = _words("count index")
_LOOP = _words("""
    cycle changed depth depth0 first index index0 last length nextitem previtem revindex
    revindex0""")

READABLE: dict[type, frozenset[str]] = {
    str: _TEXT,
    Markup: _TEXT,
    dict: _words("get items keys values"),
    list: _LIST,
    tuple: _LIST,
    date: _DATE,
    datetime: _DATE | _TIME | {"date", "time"},
    time: _TIME,
    LoopContext: _LOOP,
}
"""What can be read or called on each kind of value, besides the data's own keys."""
METHODS: frozenset[str] = frozenset[str]().union(*READABLE.values())

_WITH_FRAGMENTS = ("account", "person", "reference", "sender", "today")


@pass_context
def fragment(context: Context, code: str, **params: Any) -> str:
    """The words of a fragment; it sees what it is handed, and for whom it is."""
    environment = context.environment
    template = environment.get_template(
        f"fragments/{code}.{'html' if environment.autoescape else 'txt'}"
    )
    given = {name: context.get(name) for name in _WITH_FRAGMENTS}
    text = "".join(template.generate({**given, **params}))
    return Markup(text) if environment.autoescape else text  # noqa: S704 - it was escaped within


CALLABLE = (Macro, BlockReference, BuiltinMethodType, MethodType)
FUNCTIONS = {"fragment": fragment, "namespace": Namespace, "range": safe_range}

OPEN = (Namespace, TemplateModule, TemplateReference, Undefined)
"""What shows all it has: it holds only what templates themselves put there."""

GROUP = frozenset({"grouper", "list"})
"""What ``groupby`` gives."""


class Absent(StrictUndefined):
    """Something the data does not have; using it fails, and says what there is instead."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name, owner = self._undefined_name, self._undefined_obj
        if owner is missing:
            return f"There is no {name!r} in the data."
        if not isinstance(owner, dict):
            return f"There is no {name!r} in {kind_of(owner)}."
        known = [key for key in owner if isinstance(key, str)]  # pyright: ignore[reportUnknownVariableType]
        near = get_close_matches(str(name), known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is: {', '.join(known[:12])}."
        return f"There is no {name!r} there; {hint}"


class Sandbox(SandboxedEnvironment):
    """Jinja reduced to reading plain data, every step of it counted."""

    intercepted_binops = frozenset(OPERATORS)

    def __init__(self, **options: Any) -> None:
        super().__init__(
            undefined=Absent,
            finalize=_printed,
            optimized=False,  # constants are worked out while running too, where they count
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            **options,
        )
        self.filters = dict(FILTERS)
        self.globals = dict(FUNCTIONS)

    def read(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """The template as its author wrote it, not yet checked."""
        return super()._parse(source, name, filename)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = self.read(source, name, filename)
        for fault in sorted(faults(template, self.tests)):
            raise TemplateSyntaxError(fault.message, fault.line, name, filename)
        return counted(template)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """The data's own key first, then what is readable on such a value."""
        if attribute.startswith("_"):
            raise SecurityError(f"{attribute!r} is private.")
        kind = _type(obj)
        if kind is dict:
            value: Any = obj.get(attribute, missing)
            if value is not missing:
                return value
        if obj is None:
            return None  # what belongs to something hidden is hidden too
        if attribute in READABLE.get(kind, ()) or _is_group(obj, attribute):
            return getattr(obj, attribute)
        if isinstance(obj, OPEN):
            return super().getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """By key from a dict, by position from a list or a text."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if obj is None:
            return None
        if isinstance(obj, dict | list | tuple | str | range):
            try:
                return obj[argument]  # pyright: ignore[reportUnknownVariableType]
            except LookupError:
                pass
        return self.undefined(obj=obj, name=argument)

    def call(self, _context: Context, _function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Call a macro, a block or one of the readable methods; data is never called."""
        if isinstance(_function, BuiltinMethodType | MethodType):
            current().charge_value(_function.__self__)
        elif not isinstance(_function, CALLABLE) and _function not in FUNCTIONS.values():
            raise SecurityError(f"{_capital(_function)} cannot be called.")
        current().charge(1)
        return _context.call(_function, *args, **kwargs)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Every sum is measured first."""
        return calculate(operator, left, right)

    def call_filter(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A filter named in a string, as ``map`` takes it."""
        if name not in NAMES:
            raise SecurityError(f"There is no filter called {name!r}.")
        current().charge(1)
        return super().call_filter(name, *args, **kwargs)

    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> Template:  # noqa: A002
        """Another template of the bundle, counted each time it is used."""
        current().charge(10)
        return super().get_template(name, parent, globals)


def _type(value: object) -> type[object]:
    return type(value)


def _is_group(obj: object, attribute: str) -> bool:
    return attribute in GROUP and _type(obj) is not tuple and isinstance(obj, tuple)


@pass_context
def _printed(_context: Context, value: Any) -> Any:
    """What ``{{ value }}`` prints: nothing for what is hidden, and never an object's innards."""
    if value is None:
        return ""
    if isinstance(value, str):
        current().charge_output(len(value))
    elif not isinstance(value, int | float | Decimal | date | time | Undefined):
        raise SecurityError(f"{_capital(value)} cannot be printed as it is.")
    return value


def _capital(value: object) -> str:
    return kind_of(value).capitalize()
