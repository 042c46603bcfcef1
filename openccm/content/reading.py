"""A stored document as a person reads it: the words of a message, the pages of a letter."""

import json
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from io import BytesIO
from threading import Lock
from typing import Any

import pypdfium2
from pypdf import PdfReader

from openccm.errors import NotFoundError

PDF = "application/pdf"
_DOTS_PER_INCH = 110
_POINTS_PER_INCH = 72
_PDFIUM = Lock()
"""The library serves one caller at a time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What there is to read."""

    subject: str = ""
    sender: str = ""
    recipient: str = ""
    text: str = ""
    html: str | None = None
    pages: int = 0
    attachments: tuple[str, ...] = ()
    """Their names; each is a stored document of its own where it was made here."""


def read(media_type: str, content: bytes) -> Reading:
    """The words of a document; nothing but its text where it is of a kind we do not take apart."""
    if media_type == PDF:
        pages = PdfReader(BytesIO(content)).pages
        return Reading(text="\n\n".join(page.extract_text() for page in pages), pages=len(pages))
    if media_type == "message/rfc822":
        return _message(content)
    if media_type == "text/html":
        return Reading(html=content.decode("utf-8", "replace"))
    if media_type == "application/json":
        return _notification(content)
    return Reading(text=content.decode("utf-8", "replace"))


def page_image(content: bytes, number: int) -> bytes:
    """One page of a PDF as a PNG; the first is 1.

    Raises:
        NotFoundError: It has no such page.
    """
    with _PDFIUM:
        document = pypdfium2.PdfDocument(content)
        try:
            if not 1 <= number <= len(document):
                raise NotFoundError("page", number)
            page: Any = document[number - 1]
            image = BytesIO()
            page.render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH).to_pil().save(image, "PNG")
            return image.getvalue()
        finally:
            document.close()


def _message(content: bytes) -> Reading:
    message = message_from_bytes(content, EmailMessage, policy=policy.default)
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return Reading(
        subject=str(message["Subject"] or ""),
        sender=str(message["From"] or ""),
        recipient=str(message["To"] or ""),
        text=_words(text),
        html=_words(html) or None,
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _words(part: MIMEPart | None) -> str:
    return "" if part is None else str(part.get_content())


def _notification(content: bytes) -> Reading:
    return Reading(text=json.dumps(json.loads(content), indent=2, ensure_ascii=False))
