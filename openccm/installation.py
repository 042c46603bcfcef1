"""Preparing an installation before anything runs: folders, key, schema, definitions."""

from pathlib import Path

from openccm.access.users import ADMINISTRATOR, ensure_administrator
from openccm.migrations.schema import migrate
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.secrets import ensure_key_file
from openccm.platform.settings import Settings
from openccm.repository.checking import checked_library
from openccm.repository.versions import publish


async def prepare(settings: Settings) -> list[str]:
    """Make everything ready to start, and say what is new; safe to repeat.

    Raises:
        DefinitionError: A definition has errors; nothing was published.
    """
    prepare_folders(settings)
    lines = await bring_up_to_date(settings)
    if settings.definitions_dir.is_dir():
        lines += await publish_folder(settings, settings.definitions_dir, afresh=True)
    return lines


async def bring_up_to_date(settings: Settings) -> list[str]:
    """The newest schema, and somebody who may sign in; the first time, with which password."""
    await migrate(settings.database_url)
    database = Database(settings.database_url)
    try:
        password = await ensure_administrator(database, utc_now())
    finally:
        await database.close()
    if password is None:
        return []
    return [f"The user {ADMINISTRATOR} signs in with the one-time password {password}"]


def prepare_folders(settings: Settings) -> None:
    """Make the folders, and the master key where the settings name a file that is not there."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.spool_folder.mkdir(parents=True, exist_ok=True)
    kind, _, name = settings.master_key.partition(":")
    if kind == "file":
        ensure_key_file(Path(name))


async def publish_folder(settings: Settings, folder: Path, *, afresh: bool = False) -> list[str]:
    """Check a folder of definitions and make what changed live, all or none.

    With ``afresh`` a folder that did not change since does not undo what authors published.

    Raises:
        DefinitionError: Says every error by file, line and column.
    """
    library = checked_library(folder)
    database = Database(settings.database_url)
    try:
        async with database.begin() as session:
            versions = await publish(
                session, library, actor="command line", now=utc_now(), afresh=afresh
            )
    finally:
        await database.close()
    return [f"{each.code} version {each.version} is live" for each in versions]
