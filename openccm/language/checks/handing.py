"""Values that one definition hands to another: they compile, fit, and are all that is needed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from openccm.language.context import shape_of
from openccm.language.document import Document
from openccm.language.fields import FieldShape
from openccm.language.problems import Path, Problem
from openccm.rules.expressions import ValueExpression, compile_expression, compile_value
from openccm.rules.findings import ExpressionError, suggestion
from openccm.rules.shapes import Shape


@dataclass(frozen=True, slots=True)
class Giver:
    """Whoever hands values over: what its expressions can name, and where they stand."""

    document: Document
    fields: Mapping[str, Shape]
    declared: Mapping[str, FieldShape]
    """The fields of its own, which may have no value."""

    def condition(self, source: str, path: Path) -> Iterator[Problem]:
        """Findings about a condition; what it reads should be sure to have a value."""
        try:
            expression = compile_expression(source, self.fields)
        except ExpressionError as error:
            yield from self.told(error, source, path)
            return
        for name in sorted(expression.reads - expression.guards):
            if name in self.declared and _may_lack(self.declared[name]):
                message = f"{name} may have no value; then this condition fails."
                mend = f"Ask first: {name} != null && …"
                yield self.document.problem(path, message, mend, severity="warning")

    def value(self, source: str, path: Path) -> ValueExpression | list[Problem]:
        """A value, compiled; or what is wrong with it."""
        try:
            return compile_value(source, self.fields)
        except ExpressionError as error:
            return list(self.told(error, source, path))

    def text(self, source: str, path: Path, what: str) -> Iterator[Problem]:
        """Findings about a value that has to be a text or can stand as one."""
        value = self.value(source, path)
        if isinstance(value, list):
            yield from value
        elif value.shape.kind not in ("text", "number", "date"):
            message = f"{what} is a text, and this is {value.shape}."
            yield self.document.problem(path, message, "Name a field with a text.")

    def values(
        self,
        given: Mapping[str, str],
        wanted: Mapping[str, FieldShape],
        path: Path,
        taken: str = "is not taken from a payload there",
    ) -> Iterator[Problem]:
        """What is given must be asked for, fit, and be all that cannot be missing."""
        for name, source in given.items():
            place: Path = (*path, name)
            if name not in wanted:
                mend = suggestion(name, wanted)
                yield self.document.problem(place, f"{name} {taken}.", mend, key=True)
                continue
            value = self.value(source, place)
            if isinstance(value, list):
                yield from value
            else:
                yield from self._fits(value, wanted[name], place)
        for name, field in wanted.items():
            if name not in given and getattr(field, "missing", "hide") == "fail":
                message = f"{name} is missing, and nothing can be done without it."
                place = path if given else path[:-1]
                mend = f"Add {name}: to {path[-1]}:."
                yield self.document.problem(place, message, mend, key=True)

    def told(self, error: ExpressionError, source: str, path: Path) -> Iterator[Problem]:
        """Each finding about an expression, at its place in the text."""
        for finding in error.findings:
            mark = self.document.inside(path, source, finding.at)
            yield self.document.problem(path, finding.message, finding.mend, mark=mark)

    def _fits(self, value: ValueExpression, wanted: FieldShape, path: Path) -> Iterator[Problem]:
        difference = _difference(value.shape, shape_of(wanted))
        if difference is not None:
            mend = "Take it from another field, or declare this one as it is wanted."
            yield self.document.problem(path, difference, mend)
        for name in value.reads:
            field = self.declared.get(name)
            needed = getattr(wanted, "missing", "hide") == "fail"
            if field is not None and _may_lack(field) and needed:
                message = f"{name} may have no value, and nothing can be done without it."
                mend = f"See to it that {name} has one: missing: fail, a default, required: true."
                yield self.document.problem(path, message, mend)


def _may_lack(field: FieldShape) -> bool:
    return getattr(field, "missing", "hide") == "hide"


def _difference(given: Shape, wanted: Shape) -> str | None:
    """In what a value is not as it is wanted."""
    if given.kind != wanted.kind:
        return f"This is {given}, and {wanted} is wanted."
    if given.currency != wanted.currency and wanted.currency is not None:
        return f"This is in {given.currency or 'no fixed currency'}, not in {wanted.currency}."
    if given.item is not None and wanted.item is not None:
        return _difference(given.item, wanted.item)
    for name, part in wanted.fields.items():
        if name not in given.fields:
            return f"This has no {name}, which is wanted."
        below = _difference(given.fields[name], part)
        if below is not None:
            return f"{name}: {below}"
    extra = given.fields.keys() - wanted.fields.keys()
    return f"{min(extra)} is not wanted." if extra else None
