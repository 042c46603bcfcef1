"""A YAML file as plain data that remembers where each value was written."""

from dataclasses import dataclass, field
from typing import Any

from openccm.language.problems import START, Mark, Path, Problem, Severity


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of a file. ``data`` is None where the text does not parse."""

    file: str
    data: dict[str, Any] | None
    lines: tuple[str, ...] = ()
    values: dict[Path, Mark] = field(default_factory=dict[Path, Mark])
    keys: dict[Path, Mark] = field(default_factory=dict[Path, Mark])
    problems: tuple[Problem, ...] = ()
    """What is wrong with it as YAML."""

    def place(self, path: Path, *, key: bool = False) -> Mark:
        """Where a value begins (or its key), or the nearest thing around it that was written."""
        chosen = (self.keys, self.values) if key else (self.values, self.keys)
        while path:
            for marks in chosen:
                if path in marks:
                    return marks[path]
            path, chosen = path[:-1], (self.keys, self.values)
        return self.values.get((), START)

    def inside(self, path: Path, text: str, offset: int) -> Mark:
        """The place of a character in a text; exact where the text stands on one line."""
        mark = self.place(path)
        line = self.lines[mark.line - 1] if mark.line <= len(self.lines) else ""
        for start in (mark.column - 1, mark.column):
            if line.startswith(text, start):
                return Mark(mark.line, start + offset + 1)
        return mark

    def problem(
        self,
        path: Path,
        message: str,
        mend: str,
        *,
        mark: Mark | None = None,
        key: bool = False,
        severity: Severity = "error",
    ) -> Problem:
        """A finding about the value at ``path``, or about its key."""
        at = mark or self.place(path, key=key)
        return Problem.at(self.file, at, path, message, mend, severity)
