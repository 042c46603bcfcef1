"""The press: puts the documents of a run together into print files, in processes of their own.

Runs as ``python -m openccm.letters.press ORDER``; the answer is the last line of its output. What
it makes depends on its order and the stored documents alone: the same order gives the same bytes.
"""

import asyncio
import ctypes
import hashlib
import io
import os
import signal
import sys
import zlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pikepdf
from pydantic import BaseModel, ConfigDict

from openccm.content.documents import open_store
from openccm.errors import OpenCCMError, StorageError
from openccm.letters.marks import Place, copy_word, datamatrix, omr

A4 = (595.276, 841.89)
_PR_SET_PDEATHSIG = 1


class Strict(BaseModel):
    """What crosses the line to the press."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PressPiece(Strict):
    """One letter to be printed."""

    sequence: int
    document: str
    pages: int
    sheets: int
    inserts: int = 0
    copy_mark: bool = False


class PressFile(Strict):
    """One print file and what is in it, in order."""

    name: str
    pieces: tuple[PressPiece, ...]


class PressOrder(Strict):
    """Everything a run's print files are made of."""

    run: int
    folder: Path
    store: str
    extras: dict[str, str] = {}
    """Documents that the store does not have yet: hash to a file."""
    sides: int = 2
    marks: tuple[str, ...] = ()
    files: tuple[PressFile, ...]


class Pressed(Strict):
    """A print file as it was made."""

    name: str
    size: int
    sha256: str
    pages: int
    first_pages: tuple[int, ...]
    """Where each letter begins, from 1."""


class PressAnswer(Strict):
    """What the press says at its end."""

    files: tuple[Pressed, ...] = ()
    fault: str | None = None


def press(order: PressOrder) -> PressAnswer:
    """Make all files, as many at once as there are processors."""
    processes = min(len(order.files), os.cpu_count() or 1)
    if processes < 2:
        return PressAnswer(files=tuple(press_file(order, each) for each in order.files))
    with ProcessPoolExecutor(processes, get_context("fork"), _die_with_parent) as pool:
        made = pool.map(press_file, [order] * len(order.files), order.files)
        return PressAnswer(files=tuple(made))


def press_file(order: PressOrder, file: PressFile) -> Pressed:
    """Make one file, under its name once it is whole.

    Raises:
        StorageError: A document is missing, altered, or has other pages than was noted.
    """
    contents = asyncio.run(_contents(order, file.pieces))
    out = pikepdf.new()
    sources: list[pikepdf.Pdf] = []
    first_pages: list[int] = []
    for piece, content in zip(file.pieces, contents, strict=True):
        first_pages.append(len(out.pages) + 1)
        sources.append(_add(order, out, piece, content))
    part, target = order.folder / f"{file.name}.part", order.folder / file.name
    out.save(
        part,
        deterministic_id=True,
        compress_streams=False,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    data = part.read_bytes()
    part.rename(target)
    return Pressed(
        name=file.name,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        pages=len(out.pages),
        first_pages=tuple(first_pages),
    )


def pages_of(content: bytes) -> int:
    """How many pages a document has.

    Raises:
        StorageError: It is no PDF that can be printed.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return len(document.pages)
    except (pikepdf.PdfError, ValueError):
        raise StorageError("The stored document is no PDF that can be printed.") from None


def with_copy_mark(content: bytes) -> bytes:
    """The document with the word COPY on each page.

    Raises:
        StorageError: It is no PDF that can be printed.
    """
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            for page in document.pages:
                _draw(document, page, [copy_word()])
            made = io.BytesIO()
            document.save(made, deterministic_id=True)
            return made.getvalue()
    except (pikepdf.PdfError, ValueError):
        raise StorageError("The stored document is no PDF that can be printed.") from None


async def _contents(order: PressOrder, pieces: Sequence[PressPiece]) -> list[bytes]:
    store = open_store(order.store)
    found: list[bytes] = []
    for piece in pieces:
        extra = order.extras.get(piece.document)
        content = _read(extra) if extra else await store.get(piece.document)
        if content is None:
            raise StorageError(f"The document of letter {piece.sequence} is not in the store.")
        found.append(content)
    return found


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _add(order: PressOrder, out: pikepdf.Pdf, piece: PressPiece, content: bytes) -> pikepdf.Pdf:
    """The letter's pages, marked; every letter begins on the front of a sheet."""
    source = pikepdf.open(io.BytesIO(content))
    if len(source.pages) != piece.pages:
        raise StorageError(f"The document of letter {piece.sequence} has other pages than noted.")
    begin = len(out.pages)
    out.pages.extend(source.pages)
    for number in range(1, piece.pages + 1):
        sheet = (number - 1) // order.sides + 1
        place = Place(
            order.run,
            piece.sequence,
            number,
            piece.pages,
            sheet,
            piece.sheets,
            piece.inserts,
        )
        drawn = [copy_word()] if piece.copy_mark else []
        if "datamatrix" in order.marks:
            drawn.append(datamatrix(place))
        if "omr" in order.marks and (number - 1) % order.sides == 0:
            drawn.append(omr(place))
        if drawn:
            _draw(out, out.pages[begin + number - 1], drawn)
    if piece.pages % order.sides:
        out.add_blank_page(page_size=A4)
    return source


def _draw(out: pikepdf.Pdf, page: pikepdf.Page, drawn: Sequence[bytes]) -> None:
    # What the page itself draws is kept apart: it may leave its own colours and origin behind.
    page.contents_add(b"q\n", prepend=True)
    body = b"\n".join((b"\nQ", *(b"q\n" + each + b"\nQ" for each in drawn)))
    # Packed here: asked to pack what is not, the library would unpack all that is to look at it.
    stream = pikepdf.Stream(out, b"")
    stream.write(zlib.compress(body), filter=pikepdf.Name.FlateDecode)
    page.contents_add(stream)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main(words: Sequence[str]) -> int:
    """Press an order from a file, and answer on the standard output."""
    _die_with_parent()
    order = PressOrder.model_validate_json(Path(words[0]).read_bytes())
    try:
        answer = press(order)
    except OpenCCMError as error:
        answer = PressAnswer(fault=str(error))
    sys.stdout.write(answer.model_dump_json() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
