"""The way from an empty folder to a process works as the page tells it."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from openccm.cli import app
from tests.docs.pages import Block, blocks

PAGE = "docs/processes.md"
FILES = [
    block
    for block in (*blocks("yaml"), *blocks("jinja"))
    if block.page == PAGE and block.path is not None
]
ANSWERS = {block.text for block in blocks("") if block.page == PAGE}


def commands() -> list[list[str]]:
    """The commands of the page that need nothing but the folder."""
    found = [block.text for block in blocks("sh") if block.page == PAGE]
    words = [shlex.split(text.replace("\\\n", " "))[1:] for text in found]
    return [each for each in words if each[0] != "key"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for block in FILES:
        write(tmp_path, block)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, block: Block) -> None:
    assert block.path is not None
    path = folder / block.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")


def run(*words: str) -> str:
    return CliRunner().invoke(app, list(words)).output


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_each_command_says_what_the_page_says(folder: Path, words: list[str]) -> None:
    assert run(*words) in ANSWERS


def test_the_slip_is_told_as_the_page_tells_it(folder: Path) -> None:
    process = folder / "definitions/meter-visit/process.yaml"
    text = process.read_text(encoding="utf-8")
    process.write_text(text.replace("read: judge}", "read: judgement}"), encoding="utf-8")
    (told,) = [answer for answer in ANSWERS if "judgement" in answer]

    assert told in run("check", "definitions")


def test_the_plan_can_be_explained(folder: Path) -> None:
    told = run("explain-plan", "definitions/meter-visit")

    assert told.startswith("METER-VISIT: a run of its own for each, because of hear.\n")
    assert "2. hear: Listen for read.\n" in told
    assert "   silence -> again\n" in told


def test_a_case_is_accepted_and_then_compared(folder: Path) -> None:
    run("test", "definitions", "--accept")
    template = folder / "definitions/meter-welcome/templates/email.en.txt"
    template.write_text("Dear {{ person.name }},\nwelcome to {{ meter }}.\n", encoding="utf-8")
    told = run("test", "definitions")

    assert told.startswith("FAIL METER-VISIT: silence\n")
    assert "+welcome to M-417." in told
    assert told.endswith("1 cases, 1 differ\n")
