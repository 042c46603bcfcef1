"""Values that name a field of the data: what stands there is taken as it is."""

from collections.abc import Mapping
from typing import Any

from openccm.rules.context import value_at
from openccm.rules.findings import ExpressionError, Finding, suggestion
from openccm.rules.shapes import Shape, paths_of


class ValueExpression:
    """A named field, ready to be looked up."""

    def __init__(self, source: str, shape: Shape) -> None:
        self.source = source
        self.shape = shape
        """What the value looks like."""
        self.reads = frozenset({source})
        """The fields it is made of, dotted."""

    def evaluate(self, data: Mapping[str, Any]) -> Any:
        """The field's value in nested data; None where it has none."""
        return value_at(data, self.source)


def compile_value(source: str, fields: Mapping[str, Shape]) -> ValueExpression:
    """The value that ``source`` names among ``fields``.

    Raises:
        ExpressionError: There is no such field.
    """
    shape = Shape("object", fields=fields)
    for part in source.strip().split("."):
        below = shape.fields.get(part) if shape.kind == "object" else None
        if below is None:
            finding = Finding(0, f"There is no field {source}.", suggestion(source, _named(fields)))
            raise ExpressionError((finding,))
        shape = below
    return ValueExpression(source.strip(), shape)


def _named(fields: Mapping[str, Shape]) -> list[str]:
    return list(paths_of(fields))
