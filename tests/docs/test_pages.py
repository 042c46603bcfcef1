"""The documents hang together, keep their measure, and speak of the project alone."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, anchors_of, links_of, prose_of, text_of

RECORDS = sorted((ROOT / "docs/adr").glob("0*.md"))
IMAGES = sorted((ROOT / "docs/images").iterdir())
LARGEST_IMAGE = 400_000


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for link in links_of(page):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors_of(target.resolve().relative_to(ROOT).as_posix()), link


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[str](), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in links_of(page):
            target = ((ROOT / page).parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(ROOT):
                waiting.append(target.relative_to(ROOT).as_posix())

    assert set(PAGES) <= reached


@pytest.mark.parametrize(("page", "lines"), [("README.md", 90), ("CONTRIBUTING.md", 120)])
def test_a_first_page_is_short(page: str, lines: int) -> None:
    assert len(text_of(page).splitlines()) <= lines


@pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.name)
def test_an_image_is_small_and_used(image: Path) -> None:
    assert image.stat().st_size < LARGEST_IMAGE
    assert any(image.name in text_of(page) for page in PAGES)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_says_what_and_at_what_price(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    places = [
        text.find(f"**{part}.**")
        for part in ("Context", "Decision", "Consequences", "Alternatives")
    ]

    assert 0 < places[0] < places[1] < places[2] < places[3]
    assert re.search(r"\bprice\b", text[places[2] : places[3]])
    assert text.startswith(f"# {record.stem[:4]}. ")
    assert f"({record.name})" in text_of("docs/adr/README.md")


def test_records_are_numbered_without_gaps() -> None:
    assert [int(path.stem[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


AMERICAN = re.compile(
    r"\b(behavior|color|center|canceled|catalog|favor|gray|honor|labeled|modeled|\w+yze[ds]?"
    r"|(?:organi|recogni|normali|authori|customi|initiali|seriali|summari)z\w+)\b"
)


@pytest.mark.parametrize("page", PAGES)
def test_prose_is_british(page: str) -> None:
    prose = re.sub(r"`[^`]*`", "", prose_of(page)).replace("Authorization", "")

    assert AMERICAN.findall(prose) == []


SKIPPED = {".git", ".venv", "var", "secrets", "node_modules", "dist", "build", "__pycache__"}
TEXTS = {
    ".css",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".sql",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    "",
}
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|mnt|media)/\w")


def sources() -> list[Path]:
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in SKIPPED]
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != "uv.lock"]
    for folder in folders:
        if not folder.name.startswith(".") or folder.name in (".ci", ".github"):
            files += [path for path in folder.rglob("*") if not SKIPPED & set(path.parts)]
    return [path for path in files if path.is_file() and path.suffix in TEXTS]


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): MACHINE.findall(text)
        for path in sources()
        if MACHINE.search(text := path.read_text(encoding="utf-8", errors="replace"))
    }

    assert found == {}


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
    found = [path for path in sources() if words.search(path.read_text("utf-8", "replace"))]

    assert found == []
