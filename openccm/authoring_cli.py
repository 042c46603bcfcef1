"""The commands of ``openccm`` for those who write definitions."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from openccm import authoring
from openccm.language import explaining
from openccm.platform.settings import Settings
from openccm.simulation import telling

What = Annotated[str, typer.Argument(help="A definition's folder, or the code of a live one.")]
AsJson = Annotated[bool, typer.Option("--json", help="As data, for programs.")]


def add_to(app: typer.Typer) -> None:
    """Make these commands part of a program."""
    app.command()(explain_plan)
    app.command()(simulate)
    app.command(name="test")(play_cases)


def explain_plan(what: What, as_json: AsJson = False) -> None:
    """Show what a definition compiles to: its steps, what waits, what is tried again."""
    explained = asyncio.run(authoring.explained(Settings.load(), what))
    if as_json:
        print(json.dumps(explained.model_dump(mode="json"), indent=2, ensure_ascii=False))
        return
    for line in explaining.lines_of(explained):
        print(line)


def simulate(
    what: What,
    sample: Annotated[
        str | None, typer.Option(help="A sample of the definition; its first where left out.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="A real person's key, instead of the sample's person.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help='When it begins: "2026-05-01 09:00". Now where left out.')
    ] = None,
    event: Annotated[
        list[str] | None,
        typer.Option(help='An event that comes in: "paid amount=100". Repeatable.'),
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option(help='When: "2026-05-03 09:00", or "3 days" after the beginning.'),
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help='What comes of a step: "review=approved@2 hours". Repeatable.'),
    ] = None,
    case: Annotated[str | None, typer.Option(help="Play a saved case.")] = None,
    as_json: AsJson = False,
) -> None:
    """Play a definition through with a clock of its own; nothing is kept, nothing is sent."""
    wish = authoring.Wish(sample, person, start, event or [], at or [], answer or [], case)
    told = asyncio.run(authoring.simulated(Settings.load(), what, wish))
    if as_json:
        print(told.model_dump_json(indent=2))
        return
    for line in telling.lines_of(told):
        print(line)


def play_cases(
    folder: Annotated[Path, typer.Argument(help="The folder of definitions, or of one.")] = Path(
        "definitions"
    ),
    accept: Annotated[
        bool, typer.Option(help="Keep what the cases write now as what they shall write.")
    ] = False,
) -> None:
    """Play every saved case; each must come out as it says."""
    results = asyncio.run(authoring.tested(Settings.load(), folder, accept=accept))
    for result in results:
        print(f"{'ok  ' if result.passed else 'FAIL'} {result.code}: {result.name}")
        for problem in result.problems:
            print(f"     {problem}")
        for line in result.differences:
            print(f"     {line}")
    failed = sum(not result.passed for result in results)
    print(f"{len(results)} cases, {failed} differ")
    if failed:
        raise typer.Exit(1)
