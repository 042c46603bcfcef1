"""Carrying definitions from one installation to another, and looking at what changed."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from openccm.content.pool import RenderPool
from openccm.errors import InvalidError
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.settings import Settings
from openccm.repository.contents import files_of
from openccm.repository.difference import Difference, difference
from openccm.repository.integrity import Verification, verify
from openccm.repository.moves import By
from openccm.repository.packages import (
    Taken,
    export_package,
    import_package,
    preview,
    read_package,
)
from openccm.repository.shelf import version_of
from openccm.simulation.desk import cases_among, refuse_failing
from openccm.simulation.scenario import House

ACTOR = "command line"


@asynccontextmanager
async def _database(settings: Settings) -> AsyncGenerator[Database]:
    database = Database(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def export_to(settings: Settings, folder: Path, definitions: Sequence[str]) -> list[str]:
    """Write what is in force, or the definitions named, below a folder; says what was written.

    Raises:
        OpenCCMError: One is not there, or the folder is not empty.
    """
    chosen = [_chosen(name) for name in definitions]
    async with _database(settings) as database, database.read() as session:
        rows = await export_package(session, folder, chosen)
    return [f"{row.code} version {row.version}" for row in rows]


def _chosen(name: str) -> tuple[str, int | None]:
    code, at, number = name.partition("@")
    if at and not number.isdecimal():
        raise InvalidError("definition", f"Write {code}@ and the number of a version, not {name}.")
    return code, int(number) if at else None


async def import_from(
    settings: Settings, folder: Path, *, dry_run: bool = False, live: bool = False
) -> list[str]:
    """Take a folder in, as drafts or live, and say what changed, or would.

    Raises:
        OpenCCMError: It has errors, uses what is neither there nor live, or a saved case of what is
            to go live comes out otherwise; nothing was taken.
    """
    async with _database(settings) as database:
        if dry_run:
            async with database.read() as session:
                return list(_told(await preview(session, folder, live=live)))
        by = By(ACTOR, utc_now())
        if live:
            await _require_cases(settings, database, folder)
        async with database.begin() as session:
            taken = await import_package(session, folder, by, live=live)
    return list(_told(taken, "live" if live else "a draft"))


async def _require_cases(settings: Settings, database: Database, folder: Path) -> None:
    """What goes live at once must pass its saved cases first, as what is submitted must."""
    async with database.read() as session:
        library, around = await read_package(session, folder)
    codes = [bundle.definition.code for bundle in library.bundles]
    async with RenderPool(processes=1) as renderer:
        refuse_failing(await cases_among(House(settings, renderer), around, codes))


def _told(taken: Sequence[Taken], became: str | None = None) -> Iterator[str]:
    for each in taken:
        yield f"{each.code}: {each.what}"
        if each.what == "changed":
            yield from (f"  {line}" for line in lines_of(each.changes))
        if each.version is not None:
            yield f"  version {each.version} is {became}"


async def differences(settings: Settings, code: str, before: int, after: int) -> list[str]:
    """What changed between two versions, a line each.

    Raises:
        NotFoundError: There is no such version.
    """
    async with _database(settings) as database, database.read() as session:
        files = [
            await files_of(session, await version_of(session, code, number))
            for number in (before, after)
        ]
    return list(lines_of(difference(*files)))


def lines_of(changes: Difference) -> Iterator[str]:
    """A difference as people read it: logic first, then the texts."""
    for value in changes.logic:
        yield f"{value.path}: {_shown(value.before)} → {_shown(value.after)}"
    for file in changes.texts:
        yield from (file.diff or f"{file.path}: {file.change}").splitlines()


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)


async def verification(settings: Settings) -> Verification:
    """Whether every version is as it was written."""
    async with _database(settings) as database, database.snapshot() as session:
        return await verify(session)
