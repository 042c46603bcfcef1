"""Shows a message as the customer's mail program would."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

from pydantic import BaseModel

from lab.mail import headers as header_block
from lab.mail.find import Header

_CID = re.compile(r"cid:([^\"'\s)>]+)", re.IGNORECASE)
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"<\s*(https?://[^>]+?)\s*>", re.IGNORECASE)
_NEW_WINDOW = '<base target="_blank">'


class Part(BaseModel):
    """One leaf of the MIME tree."""

    index: int
    media_type: str
    name: str
    size: int
    content_id: str | None
    attached: bool
    """Shown as an attachment, not as a body or a picture in it."""


class Reading(BaseModel):
    """What a person sees of a message."""

    subject: str
    sender: str
    to: str
    date: str
    text: str | None
    html: str | None
    parts: list[Part]
    headers: list[Header]
    unsubscribe_url: str | None
    """Where one click unsubscribes (RFC 8058), if the message offers it."""

    @property
    def attachments(self) -> list[Part]:
        """The parts a person would open or save."""
        return [part for part in self.parts if part.attached]


def read(content: bytes) -> Reading:
    """Open the message."""
    message = _parse(content)
    found = header_block.read(content)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    bodies = [body for body in (html, text) if body is not None]
    markup = _text(html)
    named = set(_CID.findall(markup or ""))
    return Reading(
        subject=header_block.first(found, "Subject") or "",
        sender=header_block.first(found, "From") or "",
        to=header_block.first(found, "To") or "",
        date=header_block.first(found, "Date") or "",
        text=_text(text),
        html=markup,
        parts=[
            _part(index, leaf, hidden=any(leaf is body for body in bodies), named=named)
            for index, leaf in enumerate(_leaves(message))
        ],
        headers=[Header(name=name, value=value) for name, value in found],
        unsubscribe_url=_unsubscribe_url(found),
    )


def part(content: bytes, index: int) -> tuple[Part, bytes] | None:
    """One leaf and its decoded bytes."""
    leaves = _leaves(_parse(content))
    if not 0 <= index < len(leaves):
        return None
    return _part(index, leaves[index], hidden=False, named=set()), _bytes(leaves[index])


def framed(reading: Reading, parts_url: str) -> str:
    """The HTML body for a sandboxed frame: its own pictures, links in a new window."""
    by_id = {part.content_id: part.index for part in reading.parts if part.content_id}

    def picture(match: re.Match[str]) -> str:
        index = by_id.get(match[1])
        return match[0] if index is None else f"{parts_url}/{index}"

    markup = _CID.sub(picture, reading.html or "")
    head = _HEAD.search(markup)
    place = head.end() if head else 0
    return markup[:place] + _NEW_WINDOW + markup[place:]


def _parse(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)


def _leaves(message: MIMEPart) -> list[MIMEPart]:
    return [leaf for leaf in message.walk() if not leaf.is_multipart()]


def _part(index: int, leaf: MIMEPart, *, hidden: bool, named: set[str]) -> Part:
    content_id = (leaf.get("Content-ID") or "").strip().strip("<>") or None
    media_type = leaf.get_content_type()
    return Part(
        index=index,
        media_type=media_type,
        name=leaf.get_filename() or f"part-{index}",
        size=len(_bytes(leaf)),
        content_id=content_id,
        attached=not hidden and content_id not in named,
    )


def _bytes(leaf: MIMEPart) -> bytes:
    payload = leaf.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(leaf: MIMEPart | None) -> str | None:
    if leaf is None:
        return None
    charset = leaf.get_content_charset() or "utf-8"
    try:
        return _bytes(leaf).decode(charset, "replace")
    except LookupError:
        return _bytes(leaf).decode("utf-8", "replace")


def _unsubscribe_url(headers: list[tuple[str, str]]) -> str | None:
    offer = header_block.first(headers, "List-Unsubscribe-Post") or ""
    if offer.replace(" ", "").lower() != "list-unsubscribe=one-click":
        return None
    found = _WEB_ADDRESS.search(header_block.first(headers, "List-Unsubscribe") or "")
    return found[1] if found else None
