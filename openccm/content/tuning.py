"""xhtml2pdf made faster without changing a pixel of what it draws.

Everything here reaches into private parts of two libraries. It is proved for exactly the versions
in ``KNOWN``; with any other, the stock library does the work unchanged.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, Final, cast

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from xhtml2pdf import context, document, util
from xhtml2pdf import xhtml2pdf_reportlab as layout

KNOWN = {"xhtml2pdf": "0.2.28", "reportlab": "5.1.0"}

MAX_KEPT_IMAGES = 32
MAX_KEPT_PIXELS = 1_000_000

DEFAULT_CSS = "the default CSS"

Function = Callable[..., Any]
_ABSENT: Final = object()


@dataclass(slots=True)
class Guess:
    """How many pages the document being set may have, and what came of it."""

    pages: int | None = None
    passes: int = 1
    counted: int = 0


guess = Guess()
"""Of the document being set: there is one at a time, as in xhtml2pdf itself."""


def available() -> bool:
    """Whether the libraries are the ones that the changes were proved with."""
    return all(version(name) == number for name, number in KNOWN.items())


def turn(on: bool) -> bool:
    """Put the changes in place or take them back; answers whether they are in place."""
    switch = _switch()
    if switch is None:
        return False
    switch.turn(on)
    return on


@cache
def _switch() -> "_Switch | None":
    return _Switch() if available() else None


class _Switch:
    """All changes, each with what it takes the place of."""

    def __init__(self) -> None:
        self._on = False
        self._changes: list[tuple[Any, str, Any, Any]] = [
            (owner, name, vars(owner).get(name, _ABSENT), make(getattr(owner, name)))
            for owner, name, make in CHANGES
        ]

    def turn(self, on: bool) -> None:
        """Make it so, unless it is so already."""
        if on == self._on:
            return
        for owner, name, old, new in self._changes:
            if on or old is not _ABSENT:
                setattr(owner, name, new if on else old)
            else:
                delattr(owner, name)
        self._on = on


def _kept_caches(_stock: Function) -> Function:
    """Colours, sizes and the widths of words are the same in the next document."""
    return lambda: None


def _shallow_frame(stock: Function) -> Function:
    """A frame is copied for each table cell only to keep its cursor: one level deep is enough."""

    def copied(frame: Any, memo: dict[int, Any]) -> Any:
        if "pisaStaticStory" in frame.__dict__:
            return stock(frame, memo)
        new = frame.__class__.__new__(frame.__class__)
        new.__dict__.update(frame.__dict__)
        memo[id(frame)] = new
        return new

    return copied


def _remembered(stock: Function) -> Function:
    """The same word, or name, comes out the same every time."""
    return lru_cache(maxsize=4096)(stock)


def _font_from_memory(stock: Function) -> Function:
    """A font that comes with the template is not written to a file to be read again."""

    def registered(name: str, file: Any, data: bytes | None = None) -> str:
        return stock(name, file, file.getData() if data is None else data)

    return registered


def _default_css_once(stock: Function) -> Function:
    """The library's own style sheet is parsed once."""
    parsed: dict[str, Any] = {}

    def parse(self: Any, text: str, source: str) -> Any:
        if source != DEFAULT_CSS:
            return stock(self, text, source)
        if text not in parsed:
            parsed[text] = stock(self, text, source)
        return parsed[text]

    return parse


def _image_once(stock: Function) -> Function:
    """A logo is decoded once, not for every letter."""
    kept: dict[bytes, Any] = {}

    def image(self: Any) -> Any:
        reader = kept.get(self._imgdata) or stock(self)
        width, height = reader.getSize()
        if width * height <= MAX_KEPT_PIXELS and not layout.looks_like_svg(self._imgdata):
            if len(kept) >= MAX_KEPT_IMAGES:
                kept.clear()
            kept[self._imgdata] = reader
        return reader

    return image


def _compressed_once(stock: Function) -> Function:
    """And its pixels are compressed once."""

    def load(self: Any, reader: Any) -> None:
        kept: dict[str, dict[str, Any]] = reader.__dict__.setdefault("_compressed", {})
        key = str(self.mask)
        if key not in kept:
            before = dict(self.__dict__)
            stock(self, reader)
            after = self.__dict__.items()
            kept[key] = {n: copy.copy(value) for n, value in after if before.get(n) is not value}
        # A document marks what it holds as its own, so each gets a copy of the mask.
        self.__dict__.update({n: copy.copy(value) for n, value in kept[key].items()})

    return load


def _formatted(stock: Function) -> Function:
    """Most of what a document consists of are plain numbers, bytes and names."""

    def formatted(element: Any, doc: Any, toplevel: int = 0) -> bytes:
        kind = cast("type[object]", type(element))
        if kind is int:
            return b"%d" % element
        if kind is bytes:
            return element
        if kind is str:
            return element.encode("extpdfdoc")
        return stock(element, doc, toplevel)

    return formatted


def _guessed_count(stock: Function) -> Function:
    """``page 1 of n`` needs n: start with a guess, and lay out again only where it was wrong."""

    def build(self: Any, story: list[Any], **options: Any) -> int:
        if guess.pages:
            _tell(self, guess.pages)
            self._guessed = guess.pages
        guess.passes = stock(self, story, **options)
        guess.counted = self.page
        return guess.passes

    return build


def _satisfied_guess(stock: Function) -> Function:
    """Whether the guess was right, and nothing else asks for another pass."""

    def satisfied(self: Any) -> bool:
        pages = self.__dict__.pop("_guessed", None)
        if pages is None:
            return stock(self)
        counts = all(isinstance(each, layout.PmlPageCount) for each in self._indexingFlowables)
        if pages == self.page and counts and not self.pageNumberResets:
            return True
        _tell(self, self.page)
        return stock(self)

    return satisfied


def _tell(doc: Any, pages: int) -> None:
    """Let the document believe what a first pass would have told it."""
    doc._page_count = pages
    for template in doc.pageTemplates:
        template._page_count = pages


CHANGES: list[tuple[Any, str, Callable[[Any], Any]]] = [
    (document, "reset_caches", _kept_caches),
    (layout.PmlFrame, "__deepcopy__", _shallow_frame),
    (util, "_reshape_for", _remembered),
    (context, "registerTTFont", _font_from_memory),
    (context.pisaContext, "_parseCSSSource", _default_css_once),
    (layout.PmlImage, "getImage", _image_once),
    (pdfdoc.PDFImageXObject, "loadImageFromSRC", _compressed_once),
    (pdfdoc, "format", _formatted),
    (pdfdoc, "PDFName", _remembered),
    (layout.PmlBaseDoc, "multiBuild", _guessed_count),
    (layout.PmlBaseDoc, "_allSatisfied", _satisfied_guess),
    (rl_config, "useA85", lambda _stock: 0),
]
"""What is changed where, and what makes the new from the old."""
