"""The command ``openccm``."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from openccm import access_cli, installation
from openccm.access.keys import SCOPES, issue_key, register_system
from openccm.authoring_cli import add_to as add_authoring
from openccm.contract_tests import plugin_lines, run_contract_test
from openccm.errors import OpenCCMError
from openccm.parties.search.renewal import renew
from openccm.platform.clock import utc_now
from openccm.platform.database import Database
from openccm.platform.foreground import run_in_foreground
from openccm.platform.settings import Settings
from openccm.platform.supervisor import Stack
from openccm.repository.checking import checked_library
from openccm.repository_cli import add_to as add_repository

app = typer.Typer(
    help="Open-source customer communication management.",
    no_args_is_help=True,
    add_completion=False,
)
plugin = typer.Typer(help="What installed packages and other systems bring.", no_args_is_help=True)
app.add_typer(plugin, name="plugin")
add_repository(app)
add_authoring(app)
access_cli.add_to(app)
Folder = Annotated[Path, typer.Argument(help="The folder of definitions.")]


@app.command()
def check(folder: Folder = Path("definitions")) -> None:
    """Check definitions; every finding names file, line, column and the mend."""
    library = checked_library(folder)
    for problem in library.problems:
        print(problem)
    errors = [problem for problem in library.problems if problem.severity == "error"]
    print(f"{len(library.bundles)} definitions, {len(errors)} errors")
    if errors:
        raise typer.Exit(1)


@app.command()
def migrate() -> None:
    """Bring the database up to the newest schema; the first time, make an administrator."""
    settings = Settings.load()
    installation.prepare_folders(settings)
    for line in asyncio.run(installation.bring_up_to_date(settings)):
        print(line)


@app.command()
def index() -> None:
    """Index persons, accounts and premises anew, so that the search finds them as they stand."""
    number = asyncio.run(_index(Settings.load()))
    print(f"{number} persons, accounts and premises can be found.")


@app.command()
def publish(folder: Folder = Path("definitions")) -> None:
    """Check definitions and make them live; what did not change keeps its version."""
    for line in asyncio.run(installation.publish_folder(Settings.load(), folder)):
        print(line)


@app.command()
def key(
    system: Annotated[str, typer.Argument(help="Code of the core system, e.g. BILLING.")],
    scope: Annotated[list[str], typer.Option(help=f"One of: {', '.join(SCOPES)}. Repeatable.")],
    definition: Annotated[
        list[str] | None, typer.Option(help="A definition it may use; all by default.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="What it may decide, e.g. legal. Repeatable.")
    ] = None,
    days: Annotated[int | None, typer.Option(help="Days until it expires.")] = None,
) -> None:
    """Register a core system and print a new API key, this once."""
    print(asyncio.run(_key(Settings.load(), system, scope, definition or None, role or [], days)))


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="Bring the demo company and the lab.")] = False,
) -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    if demo:
        _become_demo("up")
    settings = Settings.load()
    for line in asyncio.run(installation.prepare(settings)):
        print(line)
    asyncio.run(run_in_foreground(Stack(settings, tell=print)))


@app.command()
def demo() -> None:
    """Send a few communications on a stack of its own and show what became of each."""
    _become_demo("story")


@plugin.command("list")
def list_plugins() -> None:
    """Show what installed packages offer, and whether it can be loaded."""
    for line in asyncio.run(plugin_lines()):
        print(line)


@plugin.command("test")
def check_plugin(
    code: Annotated[str, typer.Argument(help="Code of a hook or a data service.")],
    folder: Annotated[Path, typer.Option(help="The folder of definitions.")] = Path("definitions"),
) -> None:
    """Ask a hook or a data service as OpenCCM would, and judge the answers."""
    report = asyncio.run(run_contract_test(Settings.load(), code, folder))
    for line in report.lines():
        print(line)
    if not report.passed:
        raise typer.Exit(1)


async def _index(settings: Settings) -> int:
    database = Database(settings.database_url)
    try:
        return await renew(database)
    finally:
        await database.close()


async def _key(
    settings: Settings,
    system: str,
    scopes: list[str],
    definitions: list[str] | None,
    roles: list[str],
    days: int | None,
) -> str:
    database, now = Database(settings.database_url), utc_now()
    expires = now + timedelta(days=days) if days else None
    try:
        async with database.begin() as session:
            await register_system(session, system, system.title(), actor="command line", now=now)
            _, plain = await issue_key(
                session,
                system,
                scopes,
                definitions=definitions,
                roles=roles,
                actor="command line",
                now=now,
                expires_at=expires,
            )
    finally:
        await database.close()
    return plain


def _become_demo(word: str) -> None:
    """Give this process to the demo, which the core does not know; so Ctrl-C reaches it."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "demo", word])  # noqa: S606


def main() -> None:
    """Run the command; what OpenCCM refuses on purpose is one clear message."""
    try:
        app()
    except OpenCCMError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
