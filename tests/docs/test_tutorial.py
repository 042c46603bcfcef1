"""The tutorial of definitions works: what its reader writes is checked, published and rendered."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from openccm.content.port import Part, RenderJob
from openccm.content.press import Press
from openccm.language.bundle import Library
from openccm.language.communication import CommunicationDefinition
from openccm.language.sample import Sample
from openccm.language.values import nested, read_values
from openccm.language.yaml12 import read_document
from openccm.repository.checking import checked_library
from tests.docs.pages import ROOT, blocks

CODE = "METER-READING"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The definitions of a reader who has done all that is asked."""
    folder = tmp_path_factory.mktemp("tutorial") / "definitions"
    shutil.copytree(ROOT / "definitions", folder)
    for block in (*blocks("yaml"), *blocks("jinja")):
        if block.path and block.path.startswith("definitions/meter-reading/"):
            path = folder.parent / block.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return checked_library(folder)


def test_the_reader_has_nothing_to_mend(library: Library) -> None:
    assert [str(problem) for problem in library.problems] == []
    assert CODE in library.of(CommunicationDefinition)


def test_the_slip_is_told_as_the_page_tells_it(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "definitions")
    letter = tmp_path / "definitions/meter-reading/templates/letter.en.html"
    text = letter.read_text(encoding="utf-8")
    letter.write_text(text.replace("{{ reading.meter }}", "{{ reading.metre }}"), encoding="utf-8")

    (problem,) = checked_library(tmp_path / "definitions").problems

    assert f"{problem}\n" in "".join(block.text for block in blocks(""))


@pytest.mark.parametrize("entry", ["email.en.html", "email.en.txt", "letter.en.html"])
def test_the_sample_is_rendered(library: Library, entry: str) -> None:
    bundle = library.bundle(CODE)
    data = read_document(bundle.files["samples/ordinary.yaml"], "ordinary.yaml").data
    sample = Sample.model_validate(data)
    values = nested(read_values(bundle.definition.data, sample.data).values)  # pyright: ignore
    context = {
        **values,
        "person": sample.person,
        "account": sample.account,
        "address": {"lines": list(sample.address)},
        "reference": "0123456789AB",
        "today": date(2026, 11, 20),
        "sender": {"name": "Brightwater Energy", "address": "service@brightwater.example"},
        "unsubscribe_url": "https://openccm.example/u/1",
    }
    kind = "pdf" if entry.startswith("letter") else "text" if entry.endswith("txt") else "html"
    part = Part(name="it", kind=kind, entry=f"templates/{entry}")
    press = Press()
    press.keep(bundle.digest, bundle.files)

    (made,) = press.make(
        RenderJob(digest=bundle.digest, files={}, parts=(part,), context=context, locale="en-GB")
    )

    assert not made.warnings
    assert made.content.startswith(b"%PDF") if kind == "pdf" else b"M-00417" in made.content
