"""HTML set as PDF: the same bytes for the same letter, and nothing fetched from anywhere."""

import base64
import hashlib
import io
import itertools
import logging
import mimetypes
import os
import re
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pypdf
from xhtml2pdf import document
from xhtml2pdf import xhtml2pdf_reportlab as layout
from xhtml2pdf.config.resources import RenderLimitError, ResourceAccessPolicy

from openccm.content import tuning, typefaces
from openccm.errors import TemplateError

POLICY = ResourceAccessPolicy.server(
    None,
    allow_remote=False,
    allow_remote_pdf_backgrounds=True,  # they come from the bundle: nothing else can be reached
)
MAX_WARNINGS = 50
MAX_WARNING = 200

REASONS = {
    "LayoutError": "something in it is larger than its page",
    "RecursionError": "its elements are nested too deep",
    "TTFError": "a typeface cannot be read",
}

LOSSES = frozenset(
    {
        "Could not paint the static frame %r",
        "The static frame %r dropped %d flowable(s) that did not fit.",
    }
)
"""Warnings of the library after which a page lacks something: a letter without its address."""

UNREAD = ("Blocked by the resource policy", "Could not get image data")
"""How the library speaks of a file that the bundle lacks; we say it better."""

_PAGES = re.compile(rb"/Count (\d+) /Kids \[[^]]*\] /Type /Pages")
_IDENTITY = re.compile(rb"(/ID\s*\[)<[0-9a-f]{32}>(\s*)<[0-9a-f]{32}>")
_TAIL = 4096


@dataclass(frozen=True, slots=True)
class Document:
    """A finished PDF, and what it would have had better."""

    content: bytes
    pages: int
    warnings: tuple[str, ...]


class Assets:
    """What a document may draw on: the bundle's own files, by their names."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self._addresses: dict[str, str] = {}

    def address(self, name: str) -> str | None:
        """The file as a ``data:`` address, or None where the bundle has no such file."""
        name = name.removeprefix("./")
        if name not in self._addresses:
            content = self._files.get(name)
            if content is None:
                return None
            kind = "font/ttf" if name.endswith(".ttf") else mimetypes.guess_type(name)[0]
            data = base64.b64encode(content).decode()
            self._addresses[name] = f"data:{kind or 'application/octet-stream'};base64,{data}"
        return self._addresses[name]


class Typesetter:
    """Sets documents, one at a time; faster for a template that it has set before."""

    def __init__(self, *, tuned: bool = True) -> None:
        self._tuned = tuned
        self._expected: dict[str, int | None] = {}
        typefaces.install()

    def typeset(
        self, html: str, assets: Assets, *, key: str = "", seed: str = "", created: float = 0.0
    ) -> Document:
        """The document; ``key`` names the template, so that its page count can be guessed.

        Raises:
            TemplateError: It cannot be set.
        """
        identity = hashlib.sha256(f"{seed}\0{created}\0{html}".encode()).hexdigest()

        def build(guess: int | None) -> Document:
            tuning.guess = tuning.Guess(guess)
            missing: list[str] = []
            with _reproducible(identity, created), _warnings() as records:
                content = _built(html, assets, records, missing)
            content = _identified(content, identity)
            return Document(content, _count(content), _sentences(records, missing))

        if not tuning.turn(self._tuned) or not key:
            return build(None)
        return self._guessing(key, build)

    def _guessing(self, key: str, build: Callable[[int | None], Document]) -> Document:
        """Guess the page count where guessing has been seen to make the very same bytes."""
        made = build(self._expected.get(key))
        if tuning.guess.passes > 1 and key not in self._expected:
            proved = build(made.pages).content == made.content
            self._expected[key] = made.pages if proved else None
        elif self._expected.get(key) is not None:
            self._expected[key] = made.pages
        return made


def _built(
    html: str, assets: Assets, records: list[logging.LogRecord], missing: list[str]
) -> bytes:
    def resolve(address: str, _base: str) -> str:
        found = assets.address(address)
        if found is None and not address.startswith("data:"):
            missing.append(f"{address[:80]!r} is not among the bundle's files, so it is left out.")
        return found or address

    output = io.BytesIO()
    document.pisaDocument(
        html,
        output,
        link_callback=resolve,
        resource_policy=POLICY,
        raise_exception=False,
        capacity=-1,
    )
    faults = [record.exc_info[1] for record in records if record.exc_info]
    for fault in faults:
        if isinstance(fault, MemoryError | SystemError):
            raise MemoryError from fault  # noqa: TRY004 - C extensions mean the same by both
        if fault is not None and not output.getvalue():
            raise TemplateError(_reason(fault), template="") from fault
    if any(record.msg in LOSSES for record in records):
        raise TemplateError("A frame of the page cannot hold what it should show.", template="")
    return output.getvalue()


def _reason(fault: BaseException) -> str:
    """Why a document cannot be set, never with its text in it."""
    kind = type(fault).__name__
    reason = str(fault) if isinstance(fault, RenderLimitError) else REASONS.get(kind, kind)
    return f"The document cannot be set: {reason}."


@contextmanager
def _reproducible(identity: str, created: float) -> Generator[None]:
    """The same dates and the same names inside, whenever and wherever it is set."""
    numbers = itertools.count()

    def name() -> SimpleNamespace:
        text = f"{identity}{next(numbers)}"
        return SimpleNamespace(hex=hashlib.sha256(text.encode()).hexdigest()[:32])

    before = os.environ.get("SOURCE_DATE_EPOCH")
    stock: Any = layout.uuid4
    os.environ["SOURCE_DATE_EPOCH"] = str(int(created))
    layout.uuid4 = name
    try:
        yield
    finally:
        layout.uuid4 = stock
        del os.environ["SOURCE_DATE_EPOCH"]
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before


class _Collected(logging.Handler):
    """Keeps the records instead of writing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


@contextmanager
def _warnings() -> Generator[list[logging.LogRecord]]:
    """What the library has to say about the document; Python warnings are for its developers."""
    collected = _Collected()
    logger = logging.getLogger("xhtml2pdf")
    level, spread = logger.level, logger.propagate
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    logger.addHandler(collected)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield collected.records
    finally:
        logger.removeHandler(collected)
        logger.setLevel(level)
        logger.propagate = spread


def _sentences(records: list[logging.LogRecord], missing: list[str]) -> tuple[str, ...]:
    """Each warning once, without the piece of the document that the library adds to it."""
    said = (record.getMessage().partition("\n")[0][:MAX_WARNING] for record in records)
    kept = (sentence for sentence in said if not missing or not sentence.startswith(UNREAD))
    return tuple(sorted({*kept, *missing}))[:MAX_WARNINGS]


def _identified(content: bytes, identity: str) -> bytes:
    """The same document with its ``/ID`` made from its identity; nothing in it moves."""
    given = f"<{identity[:32]}>".encode()
    tail = _IDENTITY.sub(rb"\1" + given + rb"\2" + given, content[-_TAIL:])
    return content[:-_TAIL] + tail


def _count(content: bytes) -> int:
    found = _PAGES.search(content)
    return int(found[1]) if found else len(pypdf.PdfReader(io.BytesIO(content)).pages)
