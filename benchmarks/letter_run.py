"""Letters of a print run, merged, marked and manifested, against merging the same pages alone.

``python benchmarks/letter_run.py [LETTERS]``: 10,000 unless told otherwise, each a one-page letter
with fonts of its own. A run is to be ready within 15 seconds.
"""

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pikepdf

from openccm.communications.desk import Desk, open_desk
from openccm.content.port import Part, RenderJob
from openccm.installation import prepare
from openccm.language.letter_extract import LetterExtractDefinition
from openccm.language.loader import load_definitions
from openccm.letters.building import make_files
from openccm.letters.tables import LetterPiece, PrintRun
from openccm.platform.columns import new_id
from openccm.platform.settings import Settings

DEFINITIONS = Path(__file__).parents[1] / "definitions"
GOAL = 15.0
DIFFERENT = 25
TEMPLATE = """
<html lang="en"><head><title>Bill {{ number }}</title><style>
@page { size: a4 portrait; @frame text { left: 25mm; top: 60mm; width: 165mm; height: 210mm; } }
body { font-family: Sans; font-size: 10pt; } h1 { font-family: Serif; }
</style></head><body><h1>Your bill {{ number }}</h1><p>Dear customer,</p><table>
{% for line in lines %}<tr><td>Meter 88-{{ line }}</td><td>{{ line * 3 }} kWh</td></tr>{% endfor %}
</table><p><strong>Kind regards</strong><br>Brightwater Energy</p></body></html>
"""
NOW = datetime(2026, 5, 1, 22, tzinfo=UTC)


async def measure(number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(data_dir=Path(folder), definitions_dir=DEFINITIONS)
        await prepare(settings)
        async with open_desk(settings, channels=False) as desk:
            documents = await _documents(desk, number)
            layout = load_definitions(DEFINITIONS).of(LetterExtractDefinition)["PRINT-HOUSE"]
            pieces = [_piece(place, digest) for place, digest in enumerate(documents, start=1)]
            run = PrintRun(
                id=new_id(),
                number=1,
                extract=layout.code,
                version=1,
                letters=number,
                sheets=number,
                pages=number,
                sealed_at=NOW,
                opened_at=NOW,
                updated_at=NOW,
            )
            began = time.perf_counter()
            files = await make_files(desk, run, layout, pieces)
            whole = time.perf_counter() - began
            bare = await asyncio.to_thread(_bare, settings, documents)
    size = sum(made.size for made in files.made) / 1e6
    print(f"{number} letters in {len(files.made)} files, {size:.0f} MB, {files.records} records")
    print(f"  merged, marked, manifested  {whole:6.2f} s  {number / whole:7.0f} letters/s")
    print(f"  merged alone, one process   {bare:6.2f} s  ratio {whole / bare:.2f}")
    print(
        f"  goal for 10,000             {GOAL:6.2f} s  ratio {whole / GOAL * 10_000 / number:.2f}"
    )


async def _documents(desk: Desk, number: int) -> list[str]:
    """Hashes of so many stored letters; a comment at its end makes each a document of its own."""
    letters = [await _letter(desk, place) for place in range(DIFFERENT)]
    return [
        await desk.store.put(letters[place % DIFFERENT] + b"%% %d\n" % place)
        for place in range(number)
    ]


async def _letter(desk: Desk, place: int) -> bytes:
    job = RenderJob(
        digest="letter-run",
        files={"templates/letter.html": TEMPLATE.encode()},
        parts=(Part(name="letter", kind="pdf", entry="letter.html"),),
        context={"number": f"B-{place}", "lines": list(range(1, 26))},
    )
    (made,) = await desk.renderer.render(job)
    return made.content


def _piece(place: int, digest: str) -> LetterPiece:
    return LetterPiece(
        id=UUID(int=place),
        communication_id=UUID(int=place),
        ordinal=0,
        kind="original",
        sequence=place,
        state="extracted",
        document_hash=digest,
        pages=1,
        sheets=1,
        envelope="DL",
        postcode="LS1 4AP",
        records=["generic"],
        facts={
            "letter": {"definition": "OVERDUE-L1", "language": "en", "date": "2026-05-01"},
            "person": {"key": f"P-{place}", "salutation": "Dear Ana"},
            "account": {"key": f"A-{place}"},
            "address": {"lines": ["Ana Moreno-Quill", "14 Mill Lane", "Leeds LS1 4AP"]},
        },
        created_at=NOW,
        updated_at=NOW,
    )


def _bare(settings: Settings, documents: Sequence[str]) -> float:
    """The same pages put together by the library alone, from files that are read once."""
    root = Path(settings.document_store.removeprefix("file://"))
    contents = [(root / digest[:2] / digest).read_bytes() for digest in documents]
    began = time.perf_counter()
    for start in range(0, len(contents), 1000):
        out = pikepdf.new()
        sources = [pikepdf.open(io.BytesIO(each)) for each in contents[start : start + 1000]]
        for source in sources:
            out.pages.extend(source.pages)
        out.save(io.BytesIO())
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
