"""YAML 1.2, core schema, from text to data.

Built on PyYAML's events alone, without its resolver, constructor and recursion. ``NO``, ``on``
and ``20:00`` are texts. Anchors and aliases are refused altogether: a value that appears where
nobody wrote it cannot be reviewed line by line, and aliases of aliases exhaust memory.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

from openccm.language.core_schema import resolved
from openccm.language.document import Document
from openccm.language.problems import MAX_PROBLEMS, Mark, Path, Problem
from openccm.language.source import UNFIT, text_of

MAX_DEPTH = 20
MAX_VALUES = 50_000
MAX_TEXT = 10_000
"""Longest single text, in characters; longer ones belong into templates."""

_LOADER = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
_SYNTAX: tuple[tuple[str, str, str], ...] = (
    # The parser counts on its own where it has to look far ahead of what it tells.
    ("maximum nesting depth", f"Nested deeper than {MAX_DEPTH} levels.", "Nest less."),
    (
        "mapping values are not allowed",
        "A colon stands where no further mapping can begin.",
        "Put the text in quotes, or begin a new line.",
    ),
    (
        "',' or|end of stream|unexpected document",
        "A bracket or quote is not closed.",
        "Close it.",
    ),
    (
        "cannot start any token",
        "This character has a meaning of its own here.",
        "Put the text in quotes.",
    ),
    (
        "expected key|block end|'-' indicator|node content",
        "This does not fit the lines above.",
        "Check the indentation, and brackets and dashes.",
    ),
    ("expected ':'", "A colon is missing.", 'Write "name: value".'),
    ("escape", "A backslash in double quotes begins nothing known.", "Write \\\\ for \\."),
)


def read_document(content: bytes, file: str) -> Document:
    """The data of a YAML file and everything wrong with it as YAML; never raises."""
    text = text_of(content, file)
    if not isinstance(text, str):
        return Document(file, None, problems=tuple(text))
    reader = _Reader(file, tuple(text.split("\n")))
    complete = reader.read(text)
    return Document(
        file,
        cast(dict[str, Any], reader.data) if complete else None,
        reader.lines,
        reader.values,
        reader.keys,
        tuple(reader.problems),
    )


@dataclass(slots=True)
class _Level:
    """A mapping or list that is still being read."""

    path: Path
    target: dict[str, Any] | list[Any]
    key: str | None = None

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.target, dict) and self.key is None

    @property
    def next_path(self) -> Path:
        step = self.key if isinstance(self.target, dict) else len(self.target)
        return (*self.path, "?" if step is None else step)

    def put(self, value: Any) -> None:
        if isinstance(self.target, list):
            self.target.append(value)
        elif self.key is not None:
            self.target[self.key] = value
            self.key = None


class _Reader:
    """Puts events together; a loop with its own stack, so that depth costs no recursion."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file = file
        self.lines = lines
        self.data: Any = None
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self._levels: list[_Level] = []
        self._documents = 0

    def read(self, text: str) -> bool:
        """Whether the text was read to its end."""
        try:
            events = cast(Iterator[yaml.Event], yaml.parse(text, Loader=_LOADER))
            if not all(self._take(event) for event in events):
                return False
        except yaml.MarkedYAMLError as error:
            self._syntax(error)
            return False
        if not isinstance(self.data, dict):
            empty = self.data is None
            message = "The file is empty." if empty else "The file does not hold a mapping."
            self._find((), self._mark(1, 1), message, 'Begin with lines such as "kind: …".')
            return False
        return True

    def _take(self, event: yaml.Event) -> bool:
        """Whether reading can go on after this event."""
        mark = self._mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.DocumentStartEvent):
            return self._document(event, mark)
        if isinstance(event, yaml.CollectionEndEvent):
            self._levels.pop()
        elif isinstance(event, yaml.NodeEvent):
            self._ornaments(event, mark)
            return self._node(event, mark)
        return True

    def _document(self, event: yaml.DocumentStartEvent, mark: Mark) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._find((), mark, "A second document begins here.", "Use one file for each.")
            return False
        if event.version or event.tags:
            self._find((), self._mark(1, 1), "Lines with % are not read.", "Take the line out.")
        return True

    def _ornaments(self, event: yaml.NodeEvent, mark: Mark) -> None:
        path = self._levels[-1].next_path if self._levels else ()
        if event.anchor is not None:
            message = f"Anchors and aliases are not read: {event.anchor[:40]}."
            self._find(path, mark, message, "Write the value out where it is used.")
        if getattr(event, "tag", None) is not None:
            self._find(path, mark, "Tags are not read.", "Take it out; quote what shall be text.")

    def _node(self, event: yaml.NodeEvent, mark: Mark) -> bool:
        level = self._levels[-1] if self._levels else None
        if level is not None and level.awaits_key:
            return self._key(event, mark, level)
        path = level.next_path if level else ()
        if len(self.values) >= MAX_VALUES:
            self._find(path, mark, f"More than {MAX_VALUES:,} values.", "Split the file.")
            return False
        self.values[path] = mark
        if isinstance(event, yaml.CollectionStartEvent):
            return self._collection(event, mark, path)
        scalar = self._scalar(event, mark, path) if isinstance(event, yaml.ScalarEvent) else None
        self._put(scalar)
        return True

    def _key(self, event: yaml.NodeEvent, mark: Mark, level: _Level) -> bool:
        if not isinstance(event, yaml.ScalarEvent):
            self._find(level.path, mark, "A name is a single word.", "Take the ? or brackets out.")
            return False
        key = self._scalar(event, mark, level.path)
        if not isinstance(key, str):
            shown = event.value[:40] or "Nothing"
            self._find(level.path, mark, f"{shown} is no name.", "Put names in quotes.")
            key = event.value
        path = (*level.path, key)
        if path in self.keys:
            first = self.keys[path].line
            self._find(path, mark, f"{key[:80]} stands twice, first in line {first}.", "Keep one.")
        self.keys.setdefault(path, mark)
        level.key = key
        return True

    def _collection(self, event: yaml.CollectionStartEvent, mark: Mark, path: Path) -> bool:
        if len(self._levels) >= MAX_DEPTH:
            self._find(path, mark, f"Nested deeper than {MAX_DEPTH} levels.", "Nest less.")
            return False
        target = dict[str, Any]() if isinstance(event, yaml.MappingStartEvent) else list[Any]()
        self._put(target)
        self._levels.append(_Level(path, target))
        return True

    def _put(self, value: Any) -> None:
        if self._levels:
            self._levels[-1].put(value)
        else:
            self.data = value

    def _scalar(self, event: yaml.ScalarEvent, mark: Mark, path: Path) -> Any:
        text: str = event.value
        if len(text) > MAX_TEXT:
            message = f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are read."
            self._find(path, mark, message, "Move long texts into templates.")
            return text[:MAX_TEXT]
        if UNFIT.search(text):
            self._find(path, mark, "The text holds a control character.", "Take it out.")
        if event.style or not event.implicit[0]:
            return text
        try:
            return resolved(text)
        except ValueError:
            message = f"{text[:40]} is no number that can be used here."
            self._find(path, mark, message, "Put it in quotes if it is meant as text.")
            return text

    def _syntax(self, error: yaml.MarkedYAMLError) -> None:
        found = error.problem_mark or error.context_mark
        mark = self._mark(found.line + 1, found.column + 1) if found else Mark(1, 1)
        message, mend = _explained(f"{error.context or ''} {error.problem or ''}".strip())
        began = error.context_mark
        if began is not None and began.line + 1 != mark.line:
            message = f"{message} (Begun in line {began.line + 1}.)"
        self._find((), mark, message, mend)

    def _mark(self, line: int, column: int) -> Mark:
        """A place that exists: the parser reports the end as one line behind the last."""
        if line <= len(self.lines):
            return Mark(line, column)
        return Mark(len(self.lines), len(self.lines[-1]) + 1)

    def _find(self, path: Path, mark: Mark, message: str, mend: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem.at(self.file, mark, path, message, mend))


def _explained(told: str) -> tuple[str, str]:
    """What the parser says, in words for an author: the message and the mend."""
    for pattern, message, mend in _SYNTAX:
        if re.search(pattern, told):
            return message, mend
    return f"This is not YAML: {told}.", "Compare it with an example."
