"""Stored documents as people read them."""

from email.message import EmailMessage
from io import BytesIO

import pytest
from reportlab.pdfgen.canvas import Canvas

from openccm.content.reading import page_image, read
from openccm.errors import NotFoundError


def letter(*pages: str) -> bytes:
    file = BytesIO()
    canvas = Canvas(file)
    for text in pages:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße", "a@a.example", "b@b.example"
    message.set_content("Dear Zoë")
    message.add_alternative("<p>Dear <b>Zoë</b></p>", subtype="html")
    message.add_attachment(letter("Bill"), maintype="application", subtype="pdf", filename="b.pdf")
    return message.as_bytes()


def test_a_mail_is_read_in_words_and_in_html() -> None:
    reading = read("message/rfc822", mail())

    assert (reading.subject, reading.sender, reading.recipient) == (
        "Grüße",
        "a@a.example",
        "b@b.example",
    )
    assert reading.text.strip() == "Dear Zoë"
    assert "<b>Zoë</b>" in (reading.html or "")
    assert (reading.attachments, reading.pages) == (("b.pdf",), 0)


def test_a_letter_is_read_in_words_and_seen_page_by_page() -> None:
    content = letter("First page", "Second page")

    assert read("application/pdf", content).pages == 2
    assert "Second page" in read("application/pdf", content).text
    pictures = [page_image(content, number) for number in (1, 2)]
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("number", [0, 2])
def test_a_page_that_is_not_there_is_told(number: int) -> None:
    with pytest.raises(NotFoundError, match="page"):
        page_image(letter("Only one"), number)


def test_a_push_is_read_as_its_text() -> None:
    assert '"title": "Zoë"' in read("application/json", '{"title": "Zoë"}'.encode()).text
