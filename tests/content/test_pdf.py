"""Documents: reproducible, self-contained, complete, and honest about what they lack."""

import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

from openccm.content.pdf import Assets, Typesetter
from openccm.content.typefaces import FOLDER
from openccm.errors import TemplateError

NOTHING = Assets({})
PARAGRAPH = "<p>" + "Lorem ipsum dolor sit amet, consetetur sadipscing elitr. " * 12 + "</p>"
COUNTED = (
    "<style>@page { size: a4;"
    " @frame text { left: 2cm; top: 2cm; width: 17cm; height: 24cm }"
    " @frame foot { -pdf-frame-content: foot; left: 2cm; top: 27cm; width: 17cm; height: 1cm } }"
    "</style><div id='foot'>page <pdf:pagenumber> of <pdf:pagecount></div>"
)


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter()


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def fonts_of(content: bytes) -> list[Any]:
    fonts: list[Any] = []
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        resources: Any = page["/Resources"]
        fonts += [font.get_object() for font in resources["/Font"].get_object().values()]
    return fonts


def picture(size: tuple[int, int] = (40, 20), kind: str = "PNG") -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(output, kind)
    return output.getvalue()


def test_the_same_letter_has_the_same_bytes_wherever_it_is_set(setter: Typesetter) -> None:
    html = COUNTED + "<h1>One</h1>" + PARAGRAPH * 9 + "<h2>Two</h2><img src='logo.png'>"
    assets = Assets({"logo.png": picture()})
    made = [
        each.typeset(html, assets, key=key, seed="C-1", created=1_700_000_000.0).content
        for each, key in [(setter, "k"), (setter, "k"), (setter, "k"), (Typesetter(), "")]
    ]

    assert len({hashlib.sha256(content).hexdigest() for content in made}) == 1


def test_seed_and_date_stand_in_the_document(setter: Typesetter) -> None:
    first, second = (
        setter.typeset(PARAGRAPH, NOTHING, seed=seed, created=1_700_000_000.0).content
        for seed in ("C-1", "C-2")
    )
    reader = pypdf.PdfReader(io.BytesIO(first))

    assert reader.metadata is not None
    assert reader.metadata["/CreationDate"].startswith("D:20231114221320")
    assert reader.trailer["/ID"] != pypdf.PdfReader(io.BytesIO(second)).trailer["/ID"]


def test_names_from_many_countries_can_be_read_back(setter: Typesetter) -> None:
    names = [
        "Zdzisława Łączyńska-Brzęk",
        "Nguyễn Thị Hồng",
        "Ὀδυσσέας Παπαδόπουλος",
        "Ольга Їжакевич",
        "Şükrü Ğöçmen",
        "Ján Ľuboš Ŕazňa",
        "Ștefan Țepeș",
        "שלום",
        "Ժողովուրդ",
        "ქართველი",
        "№ 5 → −3 €",
    ]
    html = "".join(
        f"<p>{name}</p><p style='font-family: Serif'><b>{name}</b></p>" for name in names
    )

    document = setter.typeset(html, NOTHING)

    text = text_of(document.content)
    assert document.warnings == ()
    assert [name for name in names if name not in text and name[::-1] not in text] == []


@pytest.mark.parametrize("family", ["Sans", "Serif", "Helvetica", "Arial", "Times New Roman"])
def test_every_typeface_is_embedded(setter: Typesetter, family: str) -> None:
    html = f"<style>body {{ font-family: {family} }}</style><h1>A</h1><p>b <b>c</b> <i>d</i></p>"

    fonts = fonts_of(setter.typeset(html + "<table><tr><td>e</td></tr></table>", NOTHING).content)

    descriptors = [font["/FontDescriptor"].get_object() for font in fonts]
    assert len(descriptors) >= 3
    assert all("/FontFile2" in descriptor for descriptor in descriptors)


def test_a_bundles_own_typeface_is_used(setter: Typesetter) -> None:
    assets = Assets({"assets/brand.ttf": (FOLDER / "NotoSerif-Italic.ttf").read_bytes()})
    html = "<style>@font-face { font-family: Brand; src: url(assets/brand.ttf) }</style>"

    document = setter.typeset(html + "<p style='font-family: Brand'>a</p>", assets)

    assert any("NotoSerif-Italic" in font["/BaseFont"] for font in fonts_of(document.content))


def test_style_sheets_and_pictures_come_from_the_bundle(setter: Typesetter) -> None:
    assets = Assets(
        {
            "assets/page.css": b"@page { size: a5 landscape }",
            "assets/logo.png": picture(),
            "assets/photo.jpg": picture(kind="JPEG"),
        }
    )
    html = (
        "<link rel='stylesheet' href='assets/page.css'><p>a</p>"
        "<img src='assets/logo.png'><img src='./assets/photo.jpg'>"
    )

    document = setter.typeset(html, assets)

    page = pypdf.PdfReader(io.BytesIO(document.content)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    assert len(page.images) == 2
    assert document.warnings == ()


def test_missing_glyphs_and_ignored_css_are_told(setter: Typesetter) -> None:
    html = "<p style='transform: rotate(3deg)'>中 Ann</p><p style='font-family: Nowhere'>Ann</p>"

    warnings = setter.typeset(html, NOTHING).warnings

    assert any("U+4E2D" in warning for warning in warnings)
    assert any("transform" in warning for warning in warnings)
    assert any("nowhere" in warning for warning in warnings)
    assert not any("Ann" in warning for warning in warnings)


class Listener:
    """A web server of sorts that counts who comes."""

    def __init__(self) -> None:
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


REACHING_OUT = [
    "<img src='{0}'>",
    "<p style='background-image: url({0})'>a</p>",
    "<style>@import url({0});</style><p>a</p>",
    "<link rel='stylesheet' href='{0}'><p>a</p>",
    "<style>@font-face {{ font-family: F; src: url({0}) }} p {{ font-family: F }}</style><p>a</p>",
    "<style>@page {{ background-image: url({0}) }}</style><p>a</p>",
    "<style>li {{ list-style-image: url({0}) }}</style><ul><li>a</ul>",
    "<pdf:insertpdf src='{0}'><p>a</p>",
    "<pdf:font name='F' src='{0}'><p style='font-family: F'>a</p>",
    "<base href='{0}'><img src='x.png'>",
]


@pytest.mark.parametrize("html", REACHING_OUT)
def test_a_document_never_reaches_the_network(
    setter: Typesetter, listener: Listener, html: str
) -> None:
    setter.typeset(html.format(f"{listener.address}/a.png"), NOTHING)

    assert listener.visits == 0


@pytest.mark.parametrize("html", REACHING_OUT)
@pytest.mark.parametrize("prefix", ["", "file://"])
@pytest.mark.parametrize("suffix", ["png", "css", "ttf", "pdf"])
def test_a_document_never_reaches_the_file_system(
    setter: Typesetter, tmp_path: Path, html: str, prefix: str, suffix: str
) -> None:
    contents = {
        "png": picture((50, 50)),
        "css": b"p { background-color: red }",
        "ttf": (FOLDER / "NotoSerif-Italic.ttf").read_bytes(),
        "pdf": setter.typeset("<p>top secret</p>", NOTHING).content,
    }
    secret = tmp_path / f"secret.{suffix}"
    secret.write_bytes(contents[suffix])

    try:
        document = setter.typeset(html.format(f"{prefix}{secret}"), NOTHING)
    except TemplateError as error:
        assert "typeface cannot be read" in str(error)  # noqa: PT017 - one way not to reach it
        return

    pages = pypdf.PdfReader(io.BytesIO(document.content)).pages
    assert not any(page.images for page in pages)
    assert "secret" not in text_of(document.content)
    assert not any("NotoSerif" in font["/BaseFont"] for font in fonts_of(document.content))
    assert b"1 0 0 rg" not in pages[0].get_contents().get_data()  # type: ignore[union-attr]


def test_markup_cannot_run_code(setter: Typesetter, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    code = f"[[open({str(proof)!r}, 'w')] for _ in [1]]"

    setter.typeset(f'<p><font color="{code}">a</font></p><p style="color: {code}">b</p>', NOTHING)

    assert not proof.exists()


@pytest.mark.parametrize(
    "html",
    [
        "<style>@page { size: 3cm 3cm; margin: 1.4cm }</style><p>Ann</p>",
        "<p>Ann</p><pdf:spacer height='90cm'/>",
        COUNTED.replace("content: foot;", "content: foot; -pdf-keep-in-frame-mode: error;")
        + "<div id='foot'>" + "Ann<br>" * 99 + "</div>",
    ],
)  # fmt: skip
def test_what_does_not_fit_its_page_fails_without_its_text(setter: Typesetter, html: str) -> None:
    with pytest.raises(TemplateError) as caught:
        setter.typeset(html, NOTHING)

    assert "Ann" not in str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_may_not_be_gigantic(setter: Typesetter, kind: str) -> None:
    assets = Assets({"big": picture((6000, 5000), kind)})

    document = setter.typeset("<p>a</p><img src='big'>", assets)

    assert any("pixels" in warning for warning in document.warnings)


def test_elements_may_not_nest_without_end(setter: Typesetter) -> None:
    with pytest.raises(TemplateError, match="levels"):
        setter.typeset("<div>" * 300 + "</div>" * 300, NOTHING)
