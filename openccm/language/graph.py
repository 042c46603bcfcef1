"""The picture of a process: its steps as nodes, its ways as edges, in the words of its author.

Made from the flow that the compiler follows, so a canvas shows what runs. A text that is still
being written has a picture too: a step that cannot be read is there with the ways that can.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from openccm.language.document import Document
from openccm.language.flow import JOIN, NEXT, Flow, flow_of, title_of
from openccm.language.process import ProcessDefinition, Stop
from openccm.language.scalars import TimeSpan
from openccm.language.steps import (
    ERROR,
    BranchStep,
    ListenStep,
    RepeatStep,
    Step,
    StepBase,
)

_STEP: TypeAdapter[StepBase] = TypeAdapter(Step)


class Node(BaseModel):
    """One step."""

    id: str
    do: str = Field(description="The kind of step; empty where none is written yet.")
    title: str
    line: int = Field(description="The line of the text where it begins.")
    home: str | None = Field(description="The parallel step in whose branch it stands.")
    undo: bool = Field(description="Whether it takes back what another step did.")
    readable: bool = Field(description="Whether everything it says could be read.")


class Edge(BaseModel):
    """One way from a step to another, or to ``end``."""

    source: str
    target: str
    way: str = Field(description="The outcome; `next`, `error`, `join` and `undo` are our words.")
    words: str = Field(description="What stands beside the line; nothing where it goes without.")


class StopSign(BaseModel):
    """What ends the process early, wherever it stands."""

    outcome: str
    event: str
    when: str | None
    undoing: bool


class Graph(BaseModel):
    """A process as a canvas draws it."""

    start: str | None
    nodes: list[Node]
    edges: list[Edge]
    stops: list[StopSign]


def graph_of(document: Document) -> Graph | None:
    """The picture of a text; None where it has no steps at all."""
    written = _mapping(document.data or {}, "steps")
    undoing = _mapping(document.data or {}, "undo")
    if not written:
        return None
    steps, undo = (
        {name: _read(each) for name, each in part.items()} for part in (written, undoing)
    )
    sketch = ProcessDefinition.model_construct(
        steps={name: step or _outline(written[name]) for name, step in steps.items()}
    )
    flow = flow_of(sketch)
    parts = (("steps", written, steps), ("undo", undoing, undo))
    return Graph(
        start=next(iter(written)),
        nodes=[
            _node(name, raw[name], read[name] is not None, document, part, flow)
            for part, raw, read in parts
            for name in raw
        ],
        edges=list(_edges(sketch, flow)),
        stops=list(_stops(_mapping(document.data or {}, "stops"))),
    )


def _mapping(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = data.get(name)
    return cast(dict[str, Any], found) if isinstance(found, dict) else {}


def _read(raw: Any) -> StepBase | None:
    try:
        return _STEP.validate_python(raw)
    except ValidationError:
        return None


def _outline(raw: Any) -> StepBase:
    """What every step may say, of one that cannot be read."""
    return StepBase.model_construct(
        title=_text(raw, "title"),
        next=_text(raw, "next"),
        error=_text(raw, "error"),
        undo=_text(raw, "undo"),
    )


def _text(raw: Any, name: str) -> str | None:
    found = cast(dict[str, Any], raw).get(name) if isinstance(raw, dict) else None
    return found if isinstance(found, str) and found else None


def _node(name: str, raw: Any, readable: bool, document: Document, part: str, flow: Flow) -> Node:
    return Node(
        id=name,
        do=_text(raw, "do") or "",
        title=_text(raw, "title") or title_of(name),
        line=document.place((part, name), key=True).line,
        home=flow.home.get(name),
        undo=part == "undo",
        readable=readable,
    )


def _edges(definition: ProcessDefinition, flow: Flow) -> Iterator[Edge]:
    for name, step in definition.steps.items():
        for way, target in flow.ways[name].items():
            yield Edge(source=name, target=target, way=way, words=_words(step, way))
        if step.undo:
            yield Edge(source=name, target=step.undo, way="undo", words="taken back by")


def _words(step: StepBase, way: str) -> str:
    """What an author calls a way."""
    match step:
        case ListenStep(within=TimeSpan() as within) if way == "silence":
            return f"silence for {within}"
        case RepeatStep(at_most=most) if way == "again":
            return f"again, at most {most} times"
        case RepeatStep() if way == NEXT:
            return "then"
        case BranchStep(cases=cases) if way in cases:
            return way.replace("-", " ")
        case _:
            return {NEXT: "", JOIN: "when all have arrived", ERROR: "if it fails"}.get(
                way, way.replace("_", " ").replace("-", " ")
            )


def _stops(written: Mapping[str, Any]) -> Iterator[StopSign]:
    for outcome, raw in written.items():
        try:
            stop = Stop.model_validate(raw)
        except ValidationError:
            continue
        yield StopSign(outcome=outcome, event=stop.event, when=stop.when, undoing=stop.undoing)
