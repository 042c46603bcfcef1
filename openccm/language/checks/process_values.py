"""The expressions of a process: each compiles, gives what is wanted, and knows its names."""

from collections.abc import Iterator, Mapping

from openccm.language.context import shape_of
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.fields import FieldShape
from openccm.language.flow import Flow
from openccm.language.problems import Path, Problem
from openccm.language.process import ProcessDefinition
from openccm.language.process_context import (
    event_fields,
    given_by,
    kept_by,
    process_fields,
    step_fields,
)
from openccm.language.steps import Handed, ListenStep, SetStep, StepBase, Written
from openccm.rules.expressions import compile_expression, compile_value
from openccm.rules.findings import ExpressionError, suggestion
from openccm.rules.shapes import Kind, Shape


class Values:
    """Findings about all expressions of one process."""

    def __init__(
        self,
        definition: ProcessDefinition,
        flow: Flow,
        document: Document,
        used: Mapping[str, Definition],
    ) -> None:
        self._definition = definition
        self._document = document
        self._used = used
        self._fields = process_fields(definition, used)
        self._late = {name for name, _ in kept_by(definition, used)} | set(definition.events)
        self._known = _known_before(definition, flow, self._late)
        self._own = dict[str, Shape]()
        self.heard = set[str]()
        """The events that something listens to."""

    def check(self) -> Iterator[Problem]:
        """All of them, in reading order."""
        for name, variable in self._definition.variables.items():
            if variable.start is not None:
                start = Written(("start",), variable.start, (shape_of(variable).kind,))
                yield from self._expression(("variables", name), start, frozenset())
        yield from self._stops()
        for part, steps in (("steps", self._definition.steps), ("undo", self._definition.undo)):
            for name, step in steps.items():
                yield from self._step((part, name), step, self._known.get(name))

    def _stops(self) -> Iterator[Problem]:
        for outcome, stop in self._definition.stops.items():
            path: Path = ("stops", outcome)
            self.heard.add(stop.event)
            if stop.event not in self._definition.events:
                mend = suggestion(stop.event, self._definition.events)
                message = f"There is no event {stop.event}."
                yield self._document.problem((*path, "event"), message, mend)
            elif stop.when is not None:
                fields = event_fields(self._definition, self._used, stop.event)
                try:
                    condition = compile_expression(stop.when, fields)
                except ExpressionError as error:
                    yield from self._findings((*path, "when"), stop.when, error)
                    continue
                if not condition.reads | condition.guards:
                    message = "This is always the same, whatever happens."
                    mend = "Name a field of the event or of the process, or take when: out."
                    yield self._document.problem((*path, "when"), message, mend)

    def _expression(
        self, step: Path, written: Written, known: frozenset[str] | None
    ) -> Iterator[Problem]:
        """Findings about one expression; ``known`` are the late names that can be there by then."""
        path: Path = (*step, *written.place)
        try:
            found = compile_value(written.source, self._fields | self._own)
        except ExpressionError as error:
            yield from self._findings(path, written.source, error)
            return
        if written.kinds and found.shape.kind not in written.kinds:
            message = f"This gives {found.shape}, and {_any_of(written.kinds)} is wanted."
            yield self._document.problem(path, message, "Write another expression.")
        if known is None:
            return
        roots = {read.partition(".")[0] for read in found.reads - found.guards}
        for name in sorted(roots & self._late - known):
            message = f"{name} has no value here: no step before this one gives it one."
            yield self._document.problem(path, message, "Move the step, or ask for another value.")

    def _findings(self, path: Path, source: str, error: ExpressionError) -> Iterator[Problem]:
        for finding in error.findings:
            mark = self._document.inside(path, source, finding.at)
            yield self._document.problem(path, finding.message, finding.mend, mark=mark)

    def _step(self, path: Path, step: StepBase, known: frozenset[str] | None) -> Iterator[Problem]:
        self._own = step_fields(self._definition, self._used, step)
        for written in step.expressions():
            yield from self._expression(path, written, known)
        if isinstance(step, SetStep):
            for name, source in step.values.items():
                written = Written(("values", name), source, self._variable(name))
                yield from self._expression(path, written, known)
        if isinstance(step, ListenStep):
            self.heard.update(step.events)
        for handed in step.hands():
            yield from self._handed(path, handed, known)

    def _handed(
        self, path: Path, handed: Handed, known: frozenset[str] | None
    ) -> Iterator[Problem]:
        """Whether what is handed over is what the other definition takes."""
        target = self._used.get(handed.code)
        takes: Mapping[str, FieldShape] = target.takes() if target is not None else {}
        place = tuple(handed.place.split("."))
        for name, source in handed.values.items():
            where: Path = (*path, *place, name)
            kinds = (shape_of(takes[name]).kind,) if name in takes else ()
            yield from self._expression(path, Written((*place, name), source, kinds), known)
            if target is not None and name not in takes:
                message = f"{handed.code} takes no {name}."
                yield self._document.problem(where, message, suggestion(name, takes), key=True)
        for name, field in takes.items():
            if name not in handed.values and getattr(field, "missing", "hide") == "fail":
                message = f"{handed.code} needs {name}."
                mend = f"Add {name}: below {handed.place}:."
                yield self._document.problem((*path, *place), message, mend, key=True)

    def _variable(self, name: str) -> tuple[Kind, ...]:
        variable = self._definition.variables.get(name)
        return (shape_of(variable).kind,) if variable else ()


def _any_of(kinds: tuple[Kind, ...]) -> str:
    return " or ".join(str(Shape(kind)) for kind in kinds)


def _known_before(
    definition: ProcessDefinition, flow: Flow, late: set[str]
) -> dict[str, frozenset[str]]:
    """Which of the late names can have a value when a step begins."""
    known: dict[str, frozenset[str]] = {}
    waiting = [(next(iter(definition.steps)), frozenset[str]())]
    while waiting:
        name, before = waiting.pop()
        if name not in flow.ways or (name in known and before <= known[name]):
            continue
        known[name] = known.get(name, frozenset()) | before
        step = definition.steps[name]
        after = known[name] | (given_by(step) & late)
        waiting.extend((target, after) for target in flow.ways[name].values())
    return known
