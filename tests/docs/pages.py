"""The documents as tests read them: their text, headings, links and examples."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = tuple(
    sorted(
        path.relative_to(ROOT).as_posix()
        for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    )
)

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[(?:[^\[\]]|`[^`]*`)*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced example."""

    page: str
    language: str
    text: str

    @property
    def path(self) -> str | None:
        """The file it shows, where its first line says so."""
        found = re.match(r"(?:#|\{#) ((?:[\w.-]+/)+[\w.-]+)(?: #\})?\n", self.text)
        return found[1] if found else None


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose_of(page: str) -> str:
    """The text without its examples."""
    return _BLOCK.sub("", text_of(page))


def blocks(language: str) -> list[Block]:
    """The examples in a language, of all pages."""
    return [
        Block(page, language, found[2])
        for page in PAGES
        for found in _BLOCK.finditer(text_of(page))
        if found[1] == language
    ]


def links_of(page: str) -> list[str]:
    return _LINK.findall(prose_of(page))


def anchors_of(page: str) -> set[str]:
    """The addresses of a page's headings, as its readers' sites make them."""
    words = (re.sub(r"[`*]", "", heading) for heading in _HEADING.findall(prose_of(page)))
    return {re.sub(r"[^\w\- ]", "", word.lower()).strip().replace(" ", "-") for word in words}
