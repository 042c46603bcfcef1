"""From plain data to models, and from pydantic's errors to problems an author can mend."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from openccm.language.document import Document
from openccm.language.problems import MAX_PROBLEMS, Path, Problem
from openccm.language.scalars import HOW_WRITTEN
from openccm.rules.findings import suggestion

Model = TypeVar("Model", bound=BaseModel)

_KEY = "[key]"
"""How pydantic says that the name itself is wrong, not the value behind it."""

_WANTED: Mapping[str, tuple[str, str]] = {
    "string_type": (
        "A text belongs here.",
        "Write a text; put numbers and true or false in quotes.",
    ),
    "model_type": ("Named values belong here.", "Write name: value below it, or {} for none."),
    "model_attributes_type": ("Named values belong here.", "Write name: value below it."),
    "dict_type": ("Named values belong here.", "Write name: value below it, or {} for none."),
    "tuple_type": ("A list belongs here.", "Write [one, two], or one entry a line after a dash."),
    "too_short": ("At least one entry belongs here.", "Add one."),
    "too_long": ("There are too many entries.", "Take some out."),
    "string_too_short": ("The text is empty.", "Write something."),
    "string_too_long": ("The text is too long.", "Shorten it."),
}


def validated(model: type[Model], document: Document) -> Model | list[Problem]:
    """The model, or everything that keeps the data from being one."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)[:MAX_PROBLEMS]
        return [_problem(model, document, detail) for detail in details]


def _problem(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Problem:
    loc = detail["loc"]
    path = _written(document.data, loc)
    kind = detail["type"]
    if kind == "missing":
        name = str(loc[-1])
        return document.problem(path, f"{name} is missing.", f"Add {name}: here.", key=True)
    if kind == "extra_forbidden":
        mend = suggestion(str(loc[-1]), _known_names(model, path[:-1], document.data))
        return document.problem(path, f"{loc[-1]} is not known here.", mend, key=True)
    message, mend = _told(detail)
    of_name = _KEY in loc or isinstance(detail["input"], dict)
    return document.problem(path, message, mend, key=of_name)


def _told(detail: ErrorDetails) -> tuple[str, str]:
    """The message and the mend of an error about a value."""
    kind, context, shown = detail["type"], detail.get("ctx", {}), _shown(detail["input"])
    if kind == "misfit":
        return context["message"], context["mend"]
    if kind == "string_pattern_mismatch":
        mend = HOW_WRITTEN.get(context["pattern"], "Write it on one line.")
        return f"{shown} is not written as it should be.", mend
    if kind == "literal_error":
        return f"{shown} is not possible here.", _choices(detail["input"], context["expected"])
    if kind in _WANTED:
        return _WANTED[kind]
    return f"{detail['msg']}.", "Compare it with the reference."


def _choices(given: Any, expected: str) -> str:
    names = [name.strip(" '") for name in expected.replace(" or ", ", ").split(",")]
    near = get_close_matches(str(given), names, n=1, cutoff=0.6)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"Use one of: {', '.join(names)}.{meant}"


def _shown(value: Any) -> str:
    if value is None:
        return "Nothing"
    if isinstance(value, str):
        return repr(value[:40])
    return "This" if isinstance(value, dict | list) else str(value)[:40]


def _written(data: Any, loc: tuple[int | str, ...]) -> Path:
    """The part of pydantic's location that stands in the file: without tags and missing names."""
    path: list[str | int] = []
    for step in loc:
        if isinstance(data, dict) and step in data:
            data = cast(dict[Any, Any], data)[step]
        elif isinstance(data, list) and isinstance(step, int) and step < len(cast(Any, data)):
            data = cast(list[Any], data)[step]
        else:
            continue
        path.append(step)
    return tuple(path)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _known_names(model: type[BaseModel], path: Path, data: Any) -> set[str]:
    """The names the model knows at a place of the data."""
    schema = _schema(model)
    places = list(_alternatives(schema, schema, data))
    for step in path:
        data = data[step]
        below = [child for place in places for child in _below(place, step)]
        places = [found for child in below for found in _alternatives(child, schema, data)]
    return {name for place in places for name in place.get("properties", {})}


def _alternatives(
    place: dict[str, Any], schema: dict[str, Any], data: Any
) -> Iterator[dict[str, Any]]:
    """The place itself with references followed and unions opened, by the tag if they have one."""
    if "$ref" in place:
        yield from _alternatives(schema["$defs"][place["$ref"].rsplit("/", 1)[-1]], schema, data)
        return
    yield place
    tag = place.get("discriminator")
    if tag is not None and isinstance(data, dict):
        meant = tag["mapping"].get(cast(dict[str, Any], data).get(tag["propertyName"]))
        if meant is not None:
            yield from _alternatives({"$ref": meant}, schema, data)
            return
    for choice in (*place.get("anyOf", ()), *place.get("oneOf", ())):
        yield from _alternatives(choice, schema, data)


def _below(place: dict[str, Any], step: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(step, int):
        candidates = [place.get("items")]
    elif step in place.get("properties", {}):
        candidates = [place["properties"][step]]
    else:
        candidates = [*place.get("patternProperties", {}).values()]
    yield from (candidate for candidate in candidates if isinstance(candidate, dict))
