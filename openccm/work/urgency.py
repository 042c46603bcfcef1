"""How urgent a to-do is: calculated from its type until a supervisor says otherwise."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from openccm.language.context import rule_fields
from openccm.language.todo_type import ToDoTypeDefinition
from openccm.language.values import nested, read_values
from openccm.rules.expressions import Expression, compile_expression
from openccm.rules.findings import RuleError


def priority_of(
    definition: ToDoTypeDefinition, context: Mapping[str, Any], *, level: int, today: date
) -> int:
    """The first rule that holds, else the type's own; escalations passed make it more urgent.

    A rule that has no answer for this context does not hold.
    """
    calculated = definition.priority
    if definition.priority_when:
        fields = rule_fields(definition.context)
        data = nested(read_values(definition.context, context).values) | {"today": today}
        for rule in definition.priority_when:
            if _holds(compile_expression(rule.when, fields), data):
                calculated = rule.priority
                break
    passed = definition.escalate[:level]
    return min([calculated, *(each.priority for each in passed if each.priority is not None)])


def _holds(rule: Expression, data: Mapping[str, Any]) -> bool:
    try:
        return rule.evaluate(data)
    except RuleError:
        return False
