"""Tuned, a letter looks exactly as stock xhtml2pdf sets it."""

import io
import shutil
import subprocess
from importlib import metadata

import pypdf
import pytest

from benchmarks.letters import bundle, letters
from openccm.content import tuning
from openccm.content.pdf import Assets, Document, Typesetter

SENTENCE = "Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy. "
PARAGRAPH = f"<p>{SENTENCE * 6}</p>"
FOOT = (
    "@frame text { left: 2cm; top: 2cm; width: 17cm; height: 24cm }"
    "@frame foot { -pdf-frame-content: foot; left: 2cm; top: 27cm; width: 17cm; height: 1cm }"
)
COUNTED = (
    f"<style>@page {{ size: a4; {FOOT} }} td {{ border: 1px solid #333; padding: 3px }}</style>"
    "<div id='foot'>page <pdf:pagenumber> of <pdf:pagecount></div>"
)
LONG_CELL = f"<tr><td>a</td><td>{SENTENCE * 9}</td></tr>"

PAGES = {
    **{letter.name: letter.html for letter in letters()},
    "table over pages": COUNTED + "<table repeat='1'><tr><th>a</th><th>b</th></tr>"
    + ("<tr><td>1</td><td>2</td></tr>" * 8 + LONG_CELL) * 6 + "</table>",
    "contents": COUNTED + f"<pdf:toc/><h1>One</h1>{PARAGRAPH * 8}<h1>Two</h1>{PARAGRAPH * 8}",
    "numbers start again": COUNTED + PARAGRAPH * 8
    + "<pdf:nextpage/><pdf:resetpagenumber/>" + PARAGRAPH * 9,
    "last page only": COUNTED.replace("foot;", "foot; -pdf-frame-pages: last;") + PARAGRAPH * 20,
    "pictures": COUNTED
    + "<p><img src='assets/logo.png' width='90'> <img src='assets/logo.png'></p>"
    "<div style='background-image: url(assets/logo.png); padding: 1cm'>a</div>" + PARAGRAPH * 9,
    "page background": "<style>@page { size: a4; margin: 2cm;"
    " background-image: url(assets/logo.png) }</style>" + PARAGRAPH * 12 + "<pdf:pagecount>",
    "right to left": "<p dir='rtl'>مرحبا بالعالم 88 شارع</p><p>שלום עולם</p>",
    "boxes": COUNTED
    + f"<div style='border: 1px solid red; border-radius: 5px'>{PARAGRAPH}</div>" * 9
    + "<div style='display: flex'><div>a</div><div>b</div></div><ol type='i'><li>a<li>b</ol>",
    "landscape": "<style>@page { size: a4 landscape }</style>" + PARAGRAPH * 9 + "<pdf:pagecount>",
}  # fmt: skip


def drawn(document: Document) -> bytes:
    command = ["pdftoppm", "-r", "60", "-"]
    return subprocess.run(command, input=document.content, capture_output=True, check=True).stdout


def text_of(document: Document) -> list[str]:
    pages = pypdf.PdfReader(io.BytesIO(document.content)).pages
    return [page.extract_text() for page in pages]


@pytest.fixture(scope="module")
def stock() -> Typesetter:
    return Typesetter(tuned=False)


@pytest.fixture(scope="module")
def tuned() -> Typesetter:
    return Typesetter()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_the_same_tuned(stock: Typesetter, tuned: Typesetter, name: str) -> None:
    assets = Assets(bundle())
    expected = stock.typeset(PAGES[name], assets, key=name)

    for _ in range(3):  # unknown, proved, guessed
        made = tuned.typeset(PAGES[name], assets, key=name)

        assert made.pages == expected.pages
        assert made.warnings == expected.warnings
        assert text_of(made) == text_of(expected)
        if shutil.which("pdftoppm"):
            assert drawn(made) == drawn(expected)


def test_the_letters_have_the_pages_they_are_named_for(stock: Typesetter) -> None:
    pages = [stock.typeset(letter.html, Assets(bundle())).pages for letter in letters()]

    assert pages == [1, 3]


def test_a_wrong_guess_is_put_right(stock: Typesetter, tuned: Typesetter) -> None:
    for times in (4, 30, 30, 4, 12):
        html = COUNTED + PARAGRAPH * times
        made = tuned.typeset(html, Assets({}), key="growing")

        assert text_of(made) == text_of(stock.typeset(html, Assets({})))


def test_a_right_guess_saves_a_pass(tuned: Typesetter) -> None:
    passes: list[int] = []
    for _ in range(3):
        tuned.typeset(COUNTED + PARAGRAPH * 9, Assets({}), key="steady")
        passes.append(tuning.guess.passes)

    assert passes[1:] == [1, 1]


def test_other_versions_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tuning.available()

    monkeypatch.setattr(tuning, "version", lambda name: metadata.version(name) + ".1")

    assert not tuning.available()
