"""From bytes to text: what an editor may have done to a file that YAML must not see."""

import re
from collections.abc import Iterator

from openccm.language.problems import START, Mark, Problem

MAX_BYTES = 1_000_000
"""A definition of 200 fields has 15 kB."""

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_SAVE = "Save the file as UTF-8 without a byte order mark."
UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Control characters, byte order marks, and line breaks that only YAML 1.1 knows."""
_TABBED = re.compile(r"^ *\t", re.MULTILINE)
_MAX_PROBLEMS = 20


def oversize(file: str, size: int) -> Problem | None:
    """The problem of a file that is too big to be read at all."""
    if size <= MAX_BYTES:
        return None
    message = f"The file has {size:,} bytes; a definition has at most {MAX_BYTES:,}."
    return _problem(file, START, message, "Move texts into templates and data into services.")


def text_of(content: bytes, file: str) -> str | list[Problem]:
    """The text of a YAML file, or why it cannot be read."""
    too_big = oversize(file, len(content))
    if too_big is not None:
        return [too_big]
    if content.startswith(_BOMS):
        return [_problem(file, START, "The file begins with a byte order mark.", _SAVE)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        mark = mark_at(before, len(before))
        return [_problem(file, mark, "This byte is not UTF-8.", _SAVE)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return list(_unfit(text, file)) or text


def mark_at(text: str, offset: int) -> Mark:
    """Line and column of a character."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Mark(text.count("\n", 0, offset) + 1, offset - line_start + 1)


def _unfit(text: str, file: str) -> Iterator[Problem]:
    """Characters that YAML forbids or that its versions read differently, and tabs that indent."""
    for count, match in enumerate(UNFIT.finditer(text)):
        if count == _MAX_PROBLEMS:
            return
        name = f"U+{ord(match[0]):04X}"
        mark = mark_at(text, match.start())
        yield _problem(file, mark, f"The character {name} cannot stand here.", "Take it out.")
    for count, match in enumerate(_TABBED.finditer(text)):
        if count == _MAX_PROBLEMS:
            return
        mark = mark_at(text, match.end() - 1)
        yield _problem(file, mark, "This line is indented with a tab.", "Indent with spaces.")


def _problem(file: str, mark: Mark, message: str, mend: str) -> Problem:
    return Problem.at(file, mark, (), message, mend)
