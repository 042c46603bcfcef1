"""Packages: versions as folders, to be carried to another installation and taken in there."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from openccm.errors import ConflictError, InvalidError
from openccm.language.bundle import Bundle, Library
from openccm.language.folder import SHARED
from openccm.language.loader import load_definitions
from openccm.language.problems import InvalidDefinition, Problem, errors_of
from openccm.repository.checking import problems_of
from openccm.repository.contents import files_of
from openccm.repository.difference import Difference, difference
from openccm.repository.drafts import Text, save_draft
from openccm.repository.lifecycles import IN_FORCE
from openccm.repository.moves import By
from openccm.repository.search import Wanted, search
from openccm.repository.shelf import in_force, in_state, open_version, uses_of, version_of
from openccm.repository.surroundings import library_around
from openccm.repository.tables import DefinitionVersion
from openccm.repository.versions import publish

MANIFEST = "manifest.json"
FORM = 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking one definition in does, or did."""

    code: str
    what: Literal["new", "changed", "unchanged"]
    changes: Difference
    version: int | None = None
    """The draft or version that was made."""


async def export_package(
    session: AsyncSession, folder: Path, chosen: Sequence[tuple[str, int | None]] = ()
) -> list[DefinitionVersion]:
    """Write versions below an empty folder, all that is in force unless some are chosen.

    Raises:
        NotFoundError: There is no such version.
        ConflictError: A chosen definition is not in force, or two need different shared files.
        InvalidError: The folder is not empty.
    """
    rows = await _chosen(session, chosen)
    bundles = {row.code: await files_of(session, row) for row in rows}
    shared = _shared_of(bundles)
    order, folders = await _ordered(session, rows), _folders(bundles)
    manifest = {
        "format": FORM,
        "definitions": [
            {
                "code": row.code,
                "kind": row.kind,
                "version": row.version,
                "digest": row.digest,
                "folder": folders[row.code],
            }
            for row in order
        ],
    }
    contents = {f"{SHARED}/{path}": content for path, content in shared.items()}
    for code, files in bundles.items():
        own = {path: content for path, content in files.items() if not _is_shared(path)}
        contents |= {f"{folders[code]}/{path}": content for path, content in own.items()}
    contents[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
    await asyncio.to_thread(_write, folder, contents)
    return order


async def _chosen(
    session: AsyncSession, chosen: Sequence[tuple[str, int | None]]
) -> list[DefinitionVersion]:
    if not chosen:
        return list(await search(session, Wanted(limit=1_000_000)))
    rows: list[DefinitionVersion] = []
    for code, number in chosen:
        row = await (
            in_state(session, code, IN_FORCE)
            if number is None
            else version_of(session, code, number)
        )
        if row is None:
            raise ConflictError(f"No version of {code} is in force. Name one: {code}@1.")
        rows.append(row)
    return rows


async def _ordered(
    session: AsyncSession, rows: Sequence[DefinitionVersion]
) -> list[DefinitionVersion]:
    """What others rely on comes first."""
    by_code = {row.code: row for row in sorted(rows, key=lambda row: row.code)}
    codes = {row.id: row.code for row in rows}
    uses: dict[str, list[str]] = {}
    for use in await uses_of(session, list(codes)):
        uses.setdefault(codes[use.version_id], []).append(use.code)
    ordered: dict[str, DefinitionVersion] = {}
    visiting = set[str]()

    def visit(code: str) -> None:
        if code in by_code and code not in visiting:
            visiting.add(code)
            for used in sorted(uses.get(code, ())):
                visit(used)
            ordered[code] = by_code[code]

    for code in by_code:
        visit(code)
    return list(ordered.values())


def _shared_of(bundles: Mapping[str, Mapping[str, bytes]]) -> dict[str, bytes]:
    """The files of the shared folder, by path in it; all bundles must have the same."""
    found: dict[str, tuple[str, bytes]] = {}
    for code, files in bundles.items():
        for path, content in files.items():
            owner, known = found.setdefault(path, (code, content))
            if _is_shared(path) and known != content:
                raise ConflictError(
                    f"{owner} and {code} have different {path}. "
                    "Export them apart, or publish both with the same one."
                )
    return {
        path.replace(f"/{SHARED}/", "/", 1): content
        for path, (_, content) in found.items()
        if _is_shared(path)
    }


def _is_shared(path: str) -> bool:
    return path.split("/")[1:2] == [SHARED] and path.count("/") > 1


def _folders(codes: Iterable[str]) -> dict[str, str]:
    """A folder for each code; those that differ by capitals alone must not fall together."""
    folders: dict[str, str] = {}
    for code in sorted(codes):
        name, count = code.lower(), 1
        while name in folders.values() or name == SHARED:
            count += 1
            name = f"{code.lower()}-{count}"
        folders[code] = name
    return folders


def _write(folder: Path, contents: Mapping[str, bytes]) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidError("folder", f"{folder} is there and not empty.")
    for path, content in contents.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


async def preview(session: AsyncSession, folder: Path, *, live: bool = False) -> list[Taken]:
    """What taking a folder in would change.

    Raises:
        InvalidDefinition: It has errors, or uses a code that is neither there nor live.
        ConflictError: It is not what its manifest says.
    """
    library, _ = await read_package(session, folder)
    return [await _compared(session, bundle, live=live) for bundle in library.bundles]


async def import_package(
    session: AsyncSession, folder: Path, by: By, *, live: bool = False
) -> list[Taken]:
    """Take a folder in: drafts of all that changed, or live versions at once. All or none.

    Raises:
        InvalidDefinition: It has errors, or uses a code that is neither there nor live.
        ConflictError: It is not what its manifest says, or somebody else works at one of these.
    """
    library, around = await read_package(session, folder)
    taken = [await _compared(session, bundle, live=live) for bundle in library.bundles]
    if live:
        made = await publish(session, library, actor=by.actor, now=by.now, around=around)
        numbers = {row.code: row.version for row in made}
    else:
        changed = [each.code for each in taken if each.what != "unchanged"]
        numbers = {code: await _drafted(session, library.bundle(code), by) for code in changed}
    return [Taken(each.code, each.what, each.changes, numbers.get(each.code)) for each in taken]


async def _drafted(session: AsyncSession, bundle: Bundle, by: By) -> int:
    code = bundle.definition.code
    live = await in_force(session, code)
    standing = await open_version(session, code)
    own = standing is not None and standing.author == by.actor
    text = Text(
        bundle.files,
        base=live.version if live is not None else None,
        seen=standing.digest if standing is not None and own else None,
        note="imported",
    )
    saved = await save_draft(session, code, text, by)
    return saved.version.version


async def read_package(session: AsyncSession, folder: Path) -> tuple[Library, Library]:
    """The definitions of a folder, checked among those they rely on here, and these together.

    Raises:
        InvalidDefinition: It has errors, or uses a code that is neither there nor live.
        ConflictError: It is not what its manifest says.
    """
    library = await asyncio.to_thread(load_definitions, folder)
    around = await library_around(session, library.bundles)
    problems = await asyncio.to_thread(_problems, library, around)
    if problems:
        raise InvalidDefinition(problems)
    await asyncio.to_thread(_require_manifest, folder, library)
    return Library(library.bundles), around


def _problems(library: Library, around: Library) -> list[Problem]:
    found = [*errors_of(library.problems)]
    known = {bundle.definition.code for bundle in around.bundles}
    for bundle in library.bundles:
        missing = list(_missing(bundle, known))
        found += missing or errors_of(problems_of(bundle, around))
    return found


def _missing(bundle: Bundle, known: set[str]) -> Iterator[Problem]:
    for use in bundle.definition.uses():
        if use.code not in known:
            message = f"It uses the {use.kind} {use.code}, which is neither here nor live."
            yield bundle.document.problem((), message, f"Add {use.code} to the package.")


def _require_manifest(folder: Path, library: Library) -> None:
    path = folder / MANIFEST
    if not path.exists():
        return
    try:
        listed: dict[str, str] = {
            each["code"]: each["digest"] for each in json.loads(path.read_bytes())["definitions"]
        }
    except (ValueError, KeyError, TypeError):
        raise ConflictError(f"{path} is no manifest. Take it out, or export again.") from None
    found = {bundle.definition.code: bundle.digest for bundle in library.bundles}
    for code in sorted(listed.keys() | found.keys()):
        if listed.get(code) != found.get(code):
            raise ConflictError(
                f"{code} is not what {MANIFEST} says. Take the manifest out to import all the same."
            )


async def _compared(session: AsyncSession, bundle: Bundle, *, live: bool = False) -> Taken:
    """A definition beside the draft that is there, else, or for going live, what is in force."""
    code = bundle.definition.code
    standing = await in_force(session, code)
    draft = None if live else await open_version(session, code)
    known = [row for row in (draft, standing) if row is not None]
    if bundle.digest in {row.digest for row in known}:
        return Taken(code, "unchanged", difference({}, {}))
    before = await files_of(session, known[0]) if known else {}
    return Taken(code, "changed" if known else "new", difference(before, bundle.files))
