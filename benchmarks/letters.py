"""How fast letters are set, tuned against stock xhtml2pdf, and whether they look the same."""

import gc
import hashlib
import io
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
from PIL import Image, ImageDraw

from openccm.content.pdf import Assets, Document, Typesetter
from openccm.content.port import Part
from openccm.content.templates import Templates

GOAL = 1.5
ROUNDS = 7
LETTERS = {"1 page": 3, "3 pages": 45}
"""The letters measured, and how many lines their bill has."""
COPIES = {"1 page": 12, "3 pages": 4}
RESOLUTION = "60"

TEMPLATE = """
<html lang="en"><head><title>Your bill {{ bill.number }}</title><style>
@page { size: a4 portrait;
  @frame head { -pdf-frame-content: head; left: 20mm; top: 12mm; width: 170mm; height: 18mm; }
  @frame window { -pdf-frame-content: window; left: 20mm; top: 45mm; width: 85mm; height: 40mm; }
  @frame text { left: 20mm; top: 95mm; width: 170mm; height: 178mm; }
  @frame foot { -pdf-frame-content: foot; left: 20mm; top: 280mm; width: 170mm; height: 10mm; }
}
body { font-family: Sans; font-size: 10pt; line-height: 1.4; }
h1 { font-family: Serif; font-size: 16pt; color: #005a8c; margin: 0 0 4mm 0; }
table { width: 100%; } td, th { padding: 1.2mm 2mm; text-align: left; }
.number { text-align: right; } th { background-color: #005a8c; color: #fff; }
tr.odd td { background-color: #eef4f8; } .small { font-size: 7.5pt; color: #555; }
.total td { border-top: 1pt solid #005a8c; font-weight: bold; }
</style></head><body>
<div id="head"><img src="assets/logo.png" style="width: 45mm; height: 12mm"></div>
<div id="window">{{ address|lines }}</div>
<div id="foot" class="small">Brightwater Energy · Σύνολο · Всего ·
  page <pdf:pagenumber> of <pdf:pagecount></div>
<h1>Your bill {{ bill.number }}</h1>
<p>Dear {{ person.name }},</p>
<p>thank you for being with us. We will collect <strong>{{ bill.amount|money("EUR") }}</strong>
on {{ bill.due_date|date }}. <em>Nothing needs to be done.</em></p>
<table repeat="1"><tr><th>Item</th><th class="number">Usage</th><th class="number">Amount</th></tr>
{% for line in bill.lines %}
<tr class="{{ loop.cycle("odd", "even") }}"><td>{{ line.text }}</td>
<td class="number">{{ line.usage|number }} kWh</td>
<td class="number">{{ line.amount|money("EUR") }}</td></tr>
{% endfor %}
<tr class="total"><td>Total</td><td></td>
<td class="number">{{ bill.amount|money("EUR") }}</td></tr></table>
<p>If you have questions, call us between 8 and 18 o’clock or write to us. We are happy to help
with payment plans, meter readings and moving home.</p>
<p>Kind regards<br>Brightwater Energy</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter before it is set."""

    name: str
    html: str


def logo() -> bytes:
    image = Image.new("RGBA", (360, 96), (0, 0, 0, 0))
    drawing = ImageDraw.Draw(image)
    drawing.ellipse((4, 4, 92, 92), fill=(0, 90, 140, 255))
    drawing.rectangle((110, 30, 350, 66), fill=(240, 150, 20, 255))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def bundle() -> dict[str, bytes]:
    return {"templates/letter.html": TEMPLATE.encode(), "assets/logo.png": logo()}


def context(lines: int) -> dict[str, Any]:
    bill_lines = [
        {"text": f"Day rate, meter 88-{1000 + n}", "usage": 3 * n, "amount": Decimal(n) / 4}
        for n in range(1, lines + 1)
    ]
    return {
        "person": {"name": "Zdzisława Łączyńska-Brzęk"},
        "address": ["Nguyễn Thị Hồng", "Straße des 17. Juni 135", "10623 Berlin"],
        "bill": {
            "number": "B-1042",
            "amount": sum((line["amount"] for line in bill_lines), Decimal()),
            "due_date": date(2026, 12, 3),
            "lines": bill_lines,
        },
    }


def letters() -> list[Letter]:
    templates = Templates(bundle())
    part = Part(name="letter", kind="pdf", entry="letter.html")
    return [
        Letter(name, templates.render(part, context(lines), "en-IE"))
        for name, lines in LETTERS.items()
    ]


def looks(document: Document) -> str:
    """A hash over what the pages look like, or over their text where poppler is absent."""
    if shutil.which("pdftoppm") is None:
        pages = pypdf.PdfReader(io.BytesIO(document.content)).pages
        return hashlib.sha256("\f".join(page.extract_text() for page in pages).encode()).hexdigest()
    drawn = subprocess.run(
        ["pdftoppm", "-r", RESOLUTION, "-"], input=document.content, capture_output=True, check=True
    )
    return hashlib.sha256(drawn.stdout).hexdigest()


def pages_a_second(setter: Typesetter, assets: Assets, letter: Letter) -> float:
    setter.typeset(letter.html, assets, key=letter.name)  # the change of typesetter costs a little
    start = time.process_time()
    pages = sum(
        setter.typeset(letter.html, assets, key=letter.name).pages
        for _ in range(COPIES[letter.name])
    )
    return pages / (time.process_time() - start)


def measure(setters: dict[str, Typesetter], assets: Assets, letter: Letter) -> dict[str, float]:
    """Pages a second for each typesetter, taking turns so that both meet the same machine."""
    found: dict[str, list[float]] = {name: [] for name in setters}
    for _ in range(ROUNDS):
        for name, setter in setters.items():
            gc.collect()
            if name == "tuned":  # as in the rendering processes
                gc.disable()
            found[name].append(pages_a_second(setter, assets, letter))
            gc.enable()
    return {name: statistics.median(rates) for name, rates in found.items()}


def main(arguments: Sequence[str]) -> int:
    setters = {"stock": Typesetter(tuned=False), "tuned": Typesetter()}
    assets = Assets(bundle())
    ratios: list[float] = []
    same = True
    print(f"{'letter':<10}{'stock':>10}{'tuned':>10}{'ratio':>8}   pages/s on one core")
    for letter in letters():
        made = {
            name: [setter.typeset(letter.html, assets, key=letter.name) for _ in range(3)]
            for name, setter in setters.items()
        }
        same &= looks(made["stock"][0]) == looks(made["tuned"][-1])
        rates = measure(setters, assets, letter)
        ratios.append(rates["tuned"] / rates["stock"])
        print(f"{letter.name:<10}{rates['stock']:>10.1f}{rates['tuned']:>10.1f}{ratios[-1]:>7.2f}×")
    ratio = statistics.geometric_mean(ratios)
    what = "pixels" if shutil.which("pdftoppm") else "text (pdftoppm is not here)"
    print(f"tuned/stock {ratio:.2f}× (goal {GOAL}×); {what} {'equal' if same else 'DIFFER'}")
    return 0 if same and ratio >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
