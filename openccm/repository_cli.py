"""The commands of ``openccm`` about the repository of definitions."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from openccm import promotion
from openccm.platform.settings import Settings

Folder = Annotated[Path, typer.Argument(help="The folder of the package.")]


def add_to(app: typer.Typer) -> None:
    """Make these commands part of a program."""
    app.command(name="export")(export_definitions)
    app.command(name="import")(import_definitions)
    app.command()(diff)
    app.command()(verify)


def export_definitions(
    folder: Folder,
    definition: Annotated[
        list[str] | None,
        typer.Option(help="A code, or a version of it as CODE@7; all that is live by default."),
    ] = None,
) -> None:
    """Write definitions as folders with a manifest, for another installation."""
    for line in asyncio.run(promotion.export_to(Settings.load(), folder, definition or [])):
        print(line)


def import_definitions(
    folder: Folder,
    dry_run: Annotated[bool, typer.Option(help="Only show what would change.")] = False,
    publish: Annotated[
        bool, typer.Option(help="Go live at once; for folders that were reviewed elsewhere.")
    ] = False,
) -> None:
    """Take definitions in as drafts; what did not change stays as it is."""
    taken = promotion.import_from(Settings.load(), folder, dry_run=dry_run, live=publish)
    for line in asyncio.run(taken):
        print(line)


def diff(
    code: Annotated[str, typer.Argument(help="The definition.")],
    before: Annotated[int, typer.Option("--from", help="The earlier version.")],
    after: Annotated[int, typer.Option("--to", help="The later version.")],
) -> None:
    """Show what changed between two versions: rules value by value, texts line by line."""
    for line in asyncio.run(promotion.differences(Settings.load(), code, before, after)):
        print(line)


def verify() -> None:
    """Prove that no version was altered; names the first one that was."""
    found = asyncio.run(promotion.verification(Settings.load()))
    if found.mismatch is not None:
        print(found.mismatch)
        raise typer.Exit(1)
    print(f"{found.versions} versions are as they were written")
