"""Reading definition folders from disk: the one module of the language that touches files."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from openccm.language.bundle import Bundle, Library
from openccm.language.folder import (
    MAX_FILE,
    MAX_FILES,
    PLACES,
    README,
    SHARED,
    bundle_of,
    misplaced,
)
from openccm.language.kinds import FILES
from openccm.language.problems import START, Problem, in_reading_order
from openccm.language.source import MAX_BYTES, oversize

_MAX_DEPTH = 4
_MAX_GROUPS = 5


def load_folder(path: Path) -> Bundle | list[Problem]:
    """One definition folder with what it needs of ``shared``, or all its problems."""
    problems: list[Problem] = []
    if not _is_folder(path, path.name, problems):
        return problems or [_problem(path.name, "There is no such folder.", "Name a folder.")]
    shared, _ = _shared(root_of(path))
    return _load(path, path.name, shared)


def load_definitions(root: Path) -> Library:
    """Every definition folder below ``root``, at any depth of groups.

    One with an error yields no bundle and harms no other.
    """
    if not root.is_dir():
        message = "There is no such folder."
        return Library(problems=(_problem(str(root), message, "Name the definitions folder."),))
    shared, problems = _shared(root)
    bundles: list[Bundle] = []
    for path in _definition_folders(root, root, problems):
        loaded = _load(path, path.relative_to(root).as_posix(), shared)
        if isinstance(loaded, Bundle):
            bundles.append(loaded)
        else:
            problems += loaded
    unique, doubled = _unique(bundles)
    return Library(unique, tuple(in_reading_order([*problems, *doubled])))


def root_of(path: Path) -> Path:
    """The folder of all definitions that a definition's folder stands in.

    That is the nearest one above with a ``shared`` folder; without any, the one it stands in.
    """
    above = path.resolve().parents
    return next((each for each in above[:_MAX_GROUPS] if _holds_shared(each)), above[0])


def _holds_shared(folder: Path) -> bool:
    path = folder / SHARED
    return path.is_dir() and {each.name for each in path.iterdir()} <= {"templates", "assets"}


def _definition_folders(root: Path, group: Path, problems: list[Problem]) -> Iterator[Path]:
    """What holds a definition, or should; a group holds nothing but such folders and groups."""
    for path in sorted(group.iterdir()):
        label = path.relative_to(root).as_posix()
        kept = path.name.startswith(".") or path == root / SHARED
        if kept or not _is_folder(path, label, problems):
            continue
        if not _is_group(path):
            yield path
        elif label.count("/") < _MAX_GROUPS - 1:
            yield from _definition_folders(root, path, problems)
        else:
            problems.append(_problem(label, "It stands too deep.", "Use fewer groups."))


def _is_group(folder: Path) -> bool:
    try:
        names = {each.name for each in folder.iterdir() if not each.name.startswith(".")}
    except OSError:
        return False
    names.discard(README)
    return bool(names) and not names & {*PLACES} and all((folder / each).is_dir() for each in names)


def _load(path: Path, label: str, shared: Mapping[str, bytes]) -> Bundle | list[Problem]:
    files, problems = _files(path, label)
    if f"templates/{SHARED}" in {name.rpartition("/")[0] for name in files}:
        message = f"templates/{SHARED} is kept for the shared folder."
        problems.append(_problem(label, message, "Use another name."))
    loaded = bundle_of(label, files, shared)
    if not problems:
        return loaded
    readable = any(name in files for name in FILES)
    return [*problems, *loaded] if readable and isinstance(loaded, list) else problems


def _unique(bundles: list[Bundle]) -> tuple[tuple[Bundle, ...], list[Problem]]:
    """Bundles whose code nobody else bears; of two with one code, neither can be meant."""
    bearers: dict[str, list[Bundle]] = {}
    for bundle in bundles:
        bearers.setdefault(bundle.definition.code, []).append(bundle)
    unique = tuple(each for each in bundles if len(bearers[each.definition.code]) == 1)
    return unique, [
        _doubled(bundle, [each.folder for each in bearing if each is not bundle])
        for bearing in bearers.values()
        if len(bearing) > 1
        for bundle in bearing
    ]


def _doubled(bundle: Bundle, others: list[str]) -> Problem:
    code = bundle.definition.code
    message = f"{bundle.folder} and {' and '.join(others)} both define {code}."
    return bundle.document.problem(("code",), message, "Change one code.")


def _shared(root: Path) -> tuple[dict[str, bytes], list[Problem]]:
    path = root / SHARED
    if not path.exists():
        return {}, []
    files, problems = _files(path, SHARED)
    problems += misplaced(SHARED, files)
    return {name: content for name, content in files.items() if "/" in name}, problems


def _is_folder(path: Path, label: str, problems: list[Problem]) -> bool:
    if path.is_symlink():
        message = "This is a link, which may lead anywhere."
        problems.append(_problem(label, message, "Put the folder itself here."))
        return False
    return path.is_dir()


def _files(folder: Path, label: str) -> tuple[dict[str, bytes], list[Problem]]:
    """The contents by path; hidden files are left out, links and oversize files are refused."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    waiting = [folder]
    while waiting:
        for entry in sorted(_entries(waiting.pop(), label, problems), key=lambda each: each.name):
            path = Path(entry.path).relative_to(folder).as_posix()
            if entry.is_dir(follow_symlinks=False) and path.count("/") < _MAX_DEPTH:
                waiting.append(Path(entry.path))
            elif len(files) <= MAX_FILES:
                content = _content(entry, path, f"{label}/{path}", problems)
                files |= {path: content} if content is not None else {}
    return files, problems


def _entries(folder: Path, label: str, problems: list[Problem]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not entry.name.startswith(".")]
    except OSError as error:
        problems.append(_problem(label, f"It cannot be read: {error.strerror}.", "Check rights."))
        return []


def _content(
    entry: os.DirEntry[str], path: str, label: str, problems: list[Problem]
) -> bytes | None:
    """The bytes of a plain file, never more than allowed."""
    if not entry.is_file(follow_symlinks=False):
        message = "This is no plain file; links are not followed."
        problems.append(_problem(label, message, "Put the file itself here."))
        return None
    definition = path in FILES
    limit = MAX_BYTES if definition else MAX_FILE
    try:
        with Path(entry.path).open("rb") as file:
            content = file.read(limit + 1)
        size = max(len(content), entry.stat(follow_symlinks=False).st_size)
    except OSError as error:
        problems.append(_problem(label, f"It cannot be read: {error.strerror}.", "Check rights."))
        return None
    if len(content) <= limit:
        return content
    too_big = oversize(label, size) if definition else None
    message = f"The file has {size:,} bytes; at most {MAX_FILE:,} are read."
    problems.append(too_big or _problem(label, message, "Make it smaller."))
    return None


def _problem(file: str, message: str, mend: str) -> Problem:
    return Problem.at(file, START, (), message, mend)
