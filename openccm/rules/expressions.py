"""Conditions in CEL: compiled once against declared fields, evaluated over plain nested data.

Numbers and money are decimals: ``bill.amount > 186.40`` and ``0.1 + 0.2 == 0.3`` mean what they
say (see ``openccm.rules.arithmetic``). Dates are compared with dates: ``bill.due_date < today``,
``date("2026-01-31")``, ``today + duration("3 days")``. A field without a value makes the rule
fail with its name, unless the rule asks first: ``agent != null && agent.startsWith("A")``.
"""

from collections.abc import Mapping
from typing import Any

import cel

from openccm.rules.arithmetic import Arithmetic
from openccm.rules.context import context_of, value_at
from openccm.rules.findings import ExpressionError, Finding, RuleError
from openccm.rules.parser import parse
from openccm.rules.scope import Scope
from openccm.rules.shapes import Shape
from openccm.rules.translator import expect


class Expression:
    """A compiled condition. Safe to keep and to share."""

    def __init__(self, source: str, code: str, scope: Scope) -> None:
        self.source = source
        self.reads = frozenset(scope.reads)
        """The fields whose values decide, dotted; for *explain* and for what must be gathered."""
        self.guards = frozenset(scope.guards)
        """The fields the condition asks for a value before it relies on them."""
        self._paths = {path: _shape_at(path, scope.fields) for path in self.reads | self.guards}
        self._loops = scope.loops
        self._computes = scope.computes
        self._program = cel.compile(code)

    def evaluate(self, data: Mapping[str, Any]) -> bool:
        """Whether the condition holds for ``data``: nested mappings, as templates see them.

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
        if arithmetic.failure is not None or not isinstance(answer, bool):
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


def compile_expression(source: str, fields: Mapping[str, Shape]) -> Expression:
    """The condition ``source`` over ``fields``, nested as in the data.

    Raises:
        ExpressionError: Something is to be mended; ``findings`` says all of it, with columns.
    """
    scope = Scope(fields)
    typed = expect("boolean", parse(source), scope)
    if scope.findings:
        raise ExpressionError(sorted(scope.findings, key=lambda finding: finding.at))
    try:
        return Expression(source, typed.code, scope)
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
