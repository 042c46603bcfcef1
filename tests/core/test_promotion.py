"""The commands that carry definitions about, on a database of their own."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from openccm.cli import app
from openccm.errors import InvalidError
from openccm.repository.shelf import in_force
from tests.core.authors import BILL, TEMPLATE, Authors
from tests.support.databases import Databases


@pytest.fixture
def run(authors: Authors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The command line, with the authors' repository."""
    monkeypatch.setenv("OPENCCM_DATABASE_URL", authors.database.url)
    monkeypatch.setenv("OPENCCM_DATA_DIR", str(tmp_path / "data"))

    async def told(*words: object) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, app, [str(word) for word in words])

    return told


async def test_a_package_goes_from_one_installation_to_another(
    authors: Authors,
    databases: Databases,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run,
) -> None:
    folder = tmp_path / "package"
    exported = await run("export", folder)
    monkeypatch.setenv("OPENCCM_DATABASE_URL", await databases.fresh())
    shown = await run("import", folder, "--dry-run", "--publish")
    taken = await run("import", folder, "--publish")
    again = await run("import", folder, "--publish")

    assert exported.output.splitlines()[0] == "billing version 1"
    assert shown.output.splitlines() == ["BILL-READY: new", "billing: new", "SPRING-OFFER: new"]
    assert "  version 1 is live" in taken.output.splitlines()
    assert set(again.output.split()) == {"BILL-READY:", "billing:", "SPRING-OFFER:", "unchanged"}


async def test_an_import_shows_what_changes_and_makes_drafts(
    authors: Authors, tmp_path: Path, run
) -> None:
    folder = tmp_path / "package"
    await run("export", folder, "--definition", BILL)
    (folder / "manifest.json").unlink()
    path = folder / "bill-ready/communication.yaml"
    path.write_text(path.read_text().replace("30 days", "14 days"))
    lines = (await run("import", folder)).output.splitlines()

    assert lines[:2] == [f"{BILL}: changed", "  $.duplicate.within: 30 days → 14 days"]
    assert lines[-1] == "  version 2 is a draft"
    assert await authors.states() == {1: "live", 2: "draft"}


async def test_a_difference_is_told_rules_first(authors: Authors, run) -> None:
    await authors.live("Good day\n")
    lines = (await run("diff", BILL, "--from", 1, "--to", 2)).output.splitlines()

    assert lines[:2] == [f"--- {TEMPLATE}", f"+++ {TEMPLATE}"]
    assert "+Good day" in lines


async def test_what_was_altered_ends_the_command_with_an_error(authors: Authors, run) -> None:
    whole = await run("verify")
    async with authors.database.begin() as session:
        await session.execute(text("UPDATE definition_version SET author = 'x'"))
    altered = await run("verify")

    assert (whole.exit_code, whole.output) == (0, "3 versions are as they were written\n")
    assert altered.exit_code == 1
    assert "BILL-READY version 1: its author is not what the trail says." in altered.output


async def test_a_version_is_chosen_by_its_number(tmp_path: Path, run) -> None:
    refused = await run("export", tmp_path / "package", "--definition", "BILL-READY@x")

    assert isinstance(refused.exception, InvalidError)
    assert "BILL-READY@" in str(refused.exception)


PLAY = {
    "process.yaml": "kind: process\ncode: REST\ntitle: Rest\n"
    "steps:\n  rest: {do: wait, for: 1 day}\n",
    "samples/ada.yaml": "title: Ada\nperson: {name: Ada}\n",
    "cases/rests.yaml": "title: It rests\nsample: ada\nstart: 2026-05-01 09:00\n"
    "expect: {outcome: %s, path: [rest]}\n",
}


@pytest.mark.parametrize(("outcome", "live"), [("done", True), ("cut", False)])
async def test_what_goes_live_at_once_must_pass_its_saved_cases(
    authors: Authors, tmp_path: Path, run, outcome: str, live: bool
) -> None:
    folder = tmp_path / "package"
    for name, text_of in PLAY.items():
        path = folder / "rest" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of.replace("%s", outcome))
    taken = await run("import", folder, "--publish")

    assert (taken.exit_code == 0) is live
    async with authors.database.read() as session:
        assert (await in_force(session, "REST") is not None) is live
