"""What changed between two versions: texts line by line, logic value by value."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from openccm.language.kinds import FILES
from openccm.language.problems import Path, json_path
from openccm.language.yaml12 import read_document

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that is not the same in both."""

    path: str
    change: Change
    diff: str | None
    """A unified diff; None where one of them is no text."""


@dataclass(frozen=True, slots=True)
class LogicChange:
    """One value of the definition that is not the same in both."""

    path: str
    """JSON path of the value, as problems name it."""
    change: Change
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that changed between two versions."""

    texts: tuple[FileChange, ...]
    logic: tuple[LogicChange, ...]


def difference(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Difference:
    """What changed from the files of one version to those of another."""
    return Difference(tuple(_texts(before, after)), tuple(_logic(before, after)))


def _texts(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[FileChange]:
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old != new:
            yield FileChange(path, _change(old, new), _unified(path, old or b"", new or b""))


def _change(old: object, new: object) -> Change:
    if old is None:
        return "added"
    return "removed" if new is None else "changed"


def _unified(path: str, old: bytes, new: bytes) -> str | None:
    try:
        texts = [content.decode("utf-8").splitlines() for content in (old, new)]
    except UnicodeDecodeError:
        return None
    lines = difflib.unified_diff(*texts, fromfile=path, tofile=path, lineterm="")
    return "\n".join(lines)


def _logic(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[LogicChange]:
    old, new = _values(before), _values(after)
    for path in dict.fromkeys([*old, *new]):
        if path not in old:
            yield LogicChange(json_path(path), "added", None, new[path])
        elif path not in new:
            yield LogicChange(json_path(path), "removed", old[path], None)
        elif old[path] != new[path]:
            yield LogicChange(json_path(path), "changed", old[path], new[path])


def _values(files: Mapping[str, bytes]) -> dict[Path, Any]:
    """Every single value of the definition by its path; nothing of one that cannot be parsed."""
    name = next((name for name in FILES if name in files), None)
    data = read_document(files[name], name).data if name is not None else None
    return dict(_leaves((), data)) if data is not None else {}


def _leaves(path: Path, value: Any) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[str, Any]", value).items():
            yield from _leaves((*path, key), inner)
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):  # pyright: ignore[reportUnknownVariableType]
        for place, inner in enumerate(cast("list[Any]", value)):
            yield from _leaves((*path, place), inner)
    else:
        yield path, value
