"""Conditions and values in CEL: compiled once against declared fields, evaluated over plain data.

Numbers and money are decimals: ``bill.amount > 186.40`` and ``0.1 + 0.2 == 0.3`` mean what they
say (see ``openccm.rules.arithmetic``). Dates are compared with dates: ``bill.due_date < today``,
``date("2026-01-31")``, ``today + duration("3 days")``. A field without a value makes the rule
fail with its name, unless the rule asks first: ``agent != null && agent.startsWith("A")``.

A value expression gives what a condition would compare: ``bill.amount * 0.2``,
``today + duration("14 days")``, ``bill.paid ? "settled" : "open"``, or a whole field as it is.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import cel

from openccm.rules.arithmetic import Arithmetic
from openccm.rules.context import context_of, copy_of, result_of, value_at
from openccm.rules.findings import ExpressionError, Finding, RuleError
from openccm.rules.parser import parse
from openccm.rules.scope import Scope, Typed
from openccm.rules.shapes import Kind, Shape
from openccm.rules.syntax import Node
from openccm.rules.translator import expect, translate_value

Form = TypeVar("Form", "Expression", "ValueExpression")


class _Compiled:
    """What conditions and values share. Safe to keep and to share."""

    def __init__(self, source: str, typed: Typed, scope: Scope) -> None:
        self.source = source
        self.reads = frozenset(scope.reads)
        """The fields whose values decide, dotted; for *explain* and for what must be gathered."""
        self.guards = frozenset(scope.guards)
        """The fields it asks for a value before it relies on them."""
        self._paths = {path: _shape_at(path, scope.fields) for path in self.reads | self.guards}
        self._loops = scope.loops
        self._computes = scope.computes
        self._program = cel.compile(typed.code)

    def _answer(self, data: Mapping[str, Any]) -> Any:
        """What the engine makes of ``data``.

        Raises:
            RuleError: A field has no value or one of another kind, or a calculation has no result.
        """
        context = context_of(data, self._paths, loops=self._loops)
        arithmetic = Arithmetic()
        functions = dict(arithmetic.functions) if self._computes else None
        try:
            answer = self._program.execute(cel.Context(context, functions))
        except (
            KeyError,
            IndexError,
            TypeError,
            ValueError,
            RuntimeError,
            ArithmeticError,
        ) as error:
            raise self._refused(error, arithmetic, data) from None
        if arithmetic.failure is not None or answer is None:
            raise RuleError(f"The rule has no result. {arithmetic.failure or ''}".strip())
        return answer

    def _refused(
        self, error: Exception, arithmetic: Arithmetic, data: Mapping[str, Any]
    ) -> RuleError:
        missing = sorted(path for path in self.reads if value_at(data, path) is None)
        if arithmetic.failure is not None:
            return RuleError(f"The rule has no result. {arithmetic.failure}")
        if missing:
            return RuleError(f"There is no value for {', '.join(missing)}.", missing=missing)
        if isinstance(error, KeyError):
            return RuleError(f"An entry of a list has no value for {error.args[0]}.")
        if isinstance(error, IndexError):
            return RuleError("A list has fewer entries than the rule expects.")
        return RuleError("The rule has no result for this data.")


class Expression(_Compiled):
    """A compiled condition."""

    def evaluate(self, data: Mapping[str, Any]) -> bool:
        """Whether the condition holds for ``data``: nested mappings, as templates see them.

        Raises:
            RuleError: A field has no value or one of another kind, or a calculation has no result.
        """
        answer = self._answer(data)
        if not isinstance(answer, bool):
            raise RuleError("The rule has no result.")
        return answer


class ValueExpression(_Compiled):
    """A compiled expression that gives a value."""

    def __init__(self, source: str, typed: Typed, scope: Scope) -> None:
        super().__init__(source, typed, scope)
        self.shape = typed.shape
        """What the value looks like."""
        self._field = typed.path

    def evaluate(self, data: Mapping[str, Any]) -> Any:
        """The value: a decimal, text, date, datetime with zone, timedelta, bool, list or dict.

        An expression that only names a field gives the field's value as it stands, a copy of it
        for lists and groups, and None where it has none. The parts of lists and groups are those
        that are declared.

        Raises:
            RuleError: A field has no value or one of another kind, or a calculation has no result.
        """
        if self._field is None:
            return result_of(self._answer(data), self.shape)
        value = value_at(data, self._field)
        return None if value is None else copy_of(value, self.shape, self._field)


def compile_expression(source: str, fields: Mapping[str, Shape]) -> Expression:
    """The condition ``source`` over ``fields``, nested as in the data.

    Raises:
        ExpressionError: Something is to be mended; ``findings`` says all of it, with columns.
    """
    return _compiled(Expression, source, fields, lambda node, scope: expect("boolean", node, scope))


def compile_value(
    source: str, fields: Mapping[str, Shape], kind: Kind | None = None
) -> ValueExpression:
    """The value ``source`` over ``fields``, nested as in the data; of this kind, if one is named.

    Raises:
        ExpressionError: Something is to be mended; ``findings`` says all of it, with columns.
    """
    return _compiled(
        ValueExpression, source, fields, lambda node, scope: translate_value(node, scope, kind)
    )


def _compiled(
    form: type[Form],
    source: str,
    fields: Mapping[str, Shape],
    translated: Callable[[Node, Scope], Typed],
) -> Form:
    scope = Scope(fields)
    typed = translated(parse(source), scope)
    if scope.findings:
        raise ExpressionError(sorted(scope.findings, key=lambda finding: finding.at))
    try:
        return form(source, typed, scope)
    except ValueError:
        finding = Finding(0, "The rule is too complicated.", "Split it into several rules.")
        raise ExpressionError((finding,)) from None


def check_expression(source: str, fields: Mapping[str, Shape]) -> tuple[Finding, ...]:
    """Everything to be mended in ``source``; empty when it compiles."""
    try:
        compile_expression(source, fields)
    except ExpressionError as error:
        return error.findings
    return ()


def _shape_at(path: str, fields: Mapping[str, Shape]) -> Shape:
    first, *rest = path.split(".")
    shape = fields[first]
    for part in rest:
        shape = shape.fields[part]
    return shape
