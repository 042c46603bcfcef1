"""The typefaces every letter can rely on: ``Sans`` and ``Serif``, embedded in each document.

They cover the Latin, Greek and Cyrillic scripts with Vietnamese; what they lack (Hebrew, Arabic,
Armenian, Georgian, arrows, signs) comes from a third that steps in by itself.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal

from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus.tables import CellStyle
from xhtml2pdf import default, document
from xhtml2pdf.context import pisaContext

FOLDER = Path(__file__).with_name("fonts")

FACES = {
    "openccm-sans": ("NotoSans-Regular", "NotoSans-Bold", "NotoSans-Italic", "NotoSans-BoldItalic"),
    "openccm-serif": (
        "NotoSerif-Regular",
        "NotoSerif-Bold",
        "NotoSerif-Italic",
        "NotoSerif-BoldItalic",
    ),
    "openccm-more": ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans", "DejaVuSans-Bold"),
}
"""Regular, bold, italic and bold italic of each family."""

MORE = "openccm-more"

ALIASES = {
    "openccm-sans": """sans sans-serif sansserif helvetica arial verdana geneva ui-sans-serif
        system-ui ui-rounded fantasy emoji""",
    "openccm-serif": """serif times times-roman georgia ui-serif cursive math fangsong""",
    MORE: "more",
}
"""The CSS names of each family, base-14 names too: no document leans on its viewer's fonts."""

STYLES: tuple[tuple[Literal[0, 1], Literal[0, 1]], ...] = ((0, 0), (1, 0), (0, 1), (1, 1))


@cache
def install() -> None:
    """Make the typefaces known to this process."""
    for family, faces in FACES.items():
        for face in set(faces):
            pdfmetrics.registerFont(TTFont(face, FOLDER / f"{face}.ttf"))
        for (bold, italic), face in zip(STYLES, faces, strict=True):
            addMapping(family, bold, italic, face)
        default.DEFAULT_FONT.update(dict.fromkeys(ALIASES[family].split(), family))
    default.DEFAULT_FONT["times new roman"] = "openccm-serif"
    rl_config.canvas_basefontname = FACES["openccm-sans"][0]
    CellStyle.fontname = FACES["openccm-sans"][0]
    if hasattr(document, "pisaContext"):
        document.pisaContext = Context


class Context(pisaContext):  # pyright: ignore[reportUntypedBaseClass]
    """xhtml2pdf's context, which asks the third typeface for what the named ones cannot draw."""

    def getFontNames(self, names: Any) -> list[str]:  # noqa: N802
        """The families that may draw a text, the last of them ours."""
        families: list[str] = super().getFontNames(names)
        return [*families, MORE] if families and MORE not in families else families
