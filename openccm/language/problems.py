"""What is wrong with a definition, in one shape: where it stands, what it is, how to mend it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict

from openccm.errors import DefinitionError

Path = tuple[str | int, ...]
"""The way to a value: keys and list positions."""

Severity = Literal["error", "warning"]

MAX_PROBLEMS = 100
"""As many as one reading of a file tells."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Mark(NamedTuple):
    """A place in a text, counted from 1 as editors do."""

    line: int
    column: int


START = Mark(1, 1)


class Problem(BaseModel):
    """One finding about a definition. Errors keep it from being used, warnings do not."""

    model_config = ConfigDict(frozen=True)

    file: str
    """The file inside the definitions folder: ``bill-ready/communication.yaml``."""
    line: int
    column: int
    path: str
    """JSON path of the value: ``$.channels.email.subject``."""
    message: str
    mend: str
    """What its author can do."""
    severity: Severity = "error"

    @classmethod
    def at(
        cls,
        file: str,
        mark: Mark,
        path: Path,
        message: str,
        mend: str,
        severity: Severity = "error",
    ) -> Self:
        """A finding about the value at ``path``, shown at ``mark``."""
        return cls(
            file=file,
            line=mark.line,
            column=mark.column,
            path=json_path(path),
            message=message,
            mend=mend,
            severity=severity,
        )

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message} {self.mend} ({self.path})"


class InvalidDefinition(DefinitionError):
    """A definition cannot be used; ``problems`` says all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)

    @property
    def members(self) -> Mapping[str, Any]:
        """Each problem, with its place and mend."""
        return {"problems": [problem.model_dump() for problem in self.problems]}


def json_path(path: Path) -> str:
    """``path`` as JSONPath: ``$.data['bill.amount'].type``."""
    parts = ["$"]
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        elif _PLAIN_KEY.fullmatch(part):
            parts.append(f".{part}")
        else:
            parts.append("['" + part[:80].replace("\\", "\\\\").replace("'", "\\'") + "']")
    return "".join(parts)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that keep a definition from being used."""
    return [problem for problem in problems if problem.severity == "error"]


def in_reading_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by file and place, each once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda found: (found.file, found.line, found.column, found.message))
