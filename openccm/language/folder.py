"""From the files of a folder to a bundle: pure, so that a folder may also come by HTTP."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from openccm.language.bundle import Bundle, digest_of
from openccm.language.definition import Definition
from openccm.language.document import Document
from openccm.language.kinds import FILES, KINDS
from openccm.language.problems import START, InvalidDefinition, Problem, errors_of
from openccm.language.validation import validated
from openccm.language.yaml12 import read_document

SHARED = "shared"
"""The folder whose templates and assets all definitions may use."""

README = "README.md"

PLACES = ("templates", "samples", "cases", "assets")
"""The folders that a definition's folder may hold."""

MAX_FILE = 5_000_000
MAX_FILES = 500
MAX_TOTAL = 50_000_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MAX_DEPTH = 4


def bundle_of(
    folder: str, files: Mapping[str, bytes], shared: Mapping[str, bytes] | None = None
) -> Bundle | list[Problem]:
    """The bundle, or everything that keeps these files from being one."""
    problems = list(misplaced(folder, files))
    found = [name for name in FILES if name in files]
    if len(found) != 1:
        return [*problems, _without_definition(folder, found)]
    name = found[0]
    document = read_document(files[name], f"{folder}/{name}")
    problems += document.problems
    definition = _definition(FILES[name], document)
    if isinstance(definition, list):
        return [*problems, *definition]
    if errors_of(problems):
        return problems
    complete = with_shared(files, shared or {})
    return Bundle(folder, definition, complete, digest_of(complete), document)


def read_bundle(files: Mapping[str, bytes]) -> Definition:
    """The definition in files that were a bundle before.

    Raises:
        InvalidDefinition: They never were, or are from a release that allowed more.
    """
    bundle = bundle_of("bundle", files)
    if isinstance(bundle, list):
        raise InvalidDefinition(bundle)
    return bundle.definition


def with_shared(files: Mapping[str, bytes], shared: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files and those shared ones whose name stands in one of them, step by step.

    ``templates/letter.html`` of the shared folder becomes ``templates/shared/letter.html`` and is
    needed where ``shared/letter.html`` is written.
    """
    complete, waiting = dict(files), list(files.values())
    unused = {_shared_path(path): content for path, content in shared.items()}
    while waiting and unused:
        text = waiting.pop()
        for path in [path for path in unused if path.partition("/")[2].encode() in text]:
            complete[path] = unused.pop(path)
            waiting.append(complete[path])
    return complete


def misplaced(folder: str, files: Mapping[str, bytes]) -> Iterator[Problem]:
    """What is wrong with names and sizes."""
    for path, content in files.items():
        finding = _odd_name(path) or _too_big(len(content))
        if finding:
            yield Problem.at(f"{folder}/{path}", START, (), *finding)
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
        message = f"The folder has more than {MAX_FILES} files or {MAX_TOTAL:,} bytes."
        yield Problem.at(folder, START, (), message, "Take out what is not needed.")


def _odd_name(path: str) -> tuple[str, str] | None:
    parts = path.split("/")
    if any(not _NAME.fullmatch(part) or ".." in part for part in parts):
        return "The name has odd characters.", "Use letters, digits, dots, hyphens, underscores."
    known = parts[0] in PLACES if len(parts) > 1 else _known_file(path)
    if not known or len(parts) > _MAX_DEPTH:
        places = ", ".join((*FILES, *PLACES, README))
        return "This file has no place here.", f"Use one of: {places}."
    return None


def _known_file(name: str) -> bool:
    return name == README or name in FILES


def _too_big(size: int) -> tuple[str, str] | None:
    if size <= MAX_FILE:
        return None
    return f"The file has more than {MAX_FILE:,} bytes.", "Make it smaller."


def _without_definition(folder: str, found: list[str]) -> Problem:
    if found:
        message, mend = f"The folder holds {' and '.join(found)}.", "Use one folder for each."
    else:
        message = "The folder holds no definition."
        mend = f"Add {' or '.join(FILES)}."
    return Problem.at(folder, START, (), message, mend)


def _definition(kind: str, document: Document) -> Definition | list[Problem]:
    """The definition in a document; nothing is added where the text itself did not parse."""
    if document.data is None:
        return []
    written: Any = document.data.get("kind")
    if written is not None and written != kind:
        message = f"{document.file.rpartition('/')[2]} defines a {kind}."
        return [document.problem(("kind",), message, f"Write kind: {kind}.")]
    return validated(KINDS[kind], document)


def _shared_path(path: str) -> str:
    place, _, rest = path.partition("/")
    return f"{place}/{SHARED}/{rest}"
