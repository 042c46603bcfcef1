"""Composing e-mails: parts in, the final RFC 5322 bytes out, the same bytes every time."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from openccm.channels.addresses import normalise_address
from openccm.channels.headers import CRLF, checked, file_name_parameter, mailbox_field, text_field
from openccm.errors import InvalidError

MAX_SUBJECT = 998
MAX_NAME = 320
MAX_FILE_NAME = 200
MAX_URL = 900

_MESSAGE_ID = re.compile(r"[!-;=?A-~]{1,120}@[A-Za-z0-9.-]{1,120}")
_TOKEN = re.compile(r"[!-~]+")
_URL = re.compile(r"https?://[!-;=?-~]+")
_ONE_CLICK = re.compile(r"https://|http://(?:localhost|127\.0\.0\.1)[:/]")
"""RFC 8058 asks for https; what never leaves this machine cannot be overheard."""
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE)
_PRINTABLE = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_MAX_7BIT_LINE = 998
_BASE64_LINE = 76


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with the message."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailMessageParts:
    """Everything an e-mail is made of. What is empty is left out of the message."""

    communication_id: str
    """Seeds what a composer would otherwise draw at random, and stands in ``X-Communication``."""
    message_id: str
    """``{id}@{domain}``, without angle brackets."""
    date: datetime
    from_address: str
    to_address: str
    subject: str
    from_name: str = ""
    to_name: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reply_to: str = ""
    unsubscribe_url: str = ""
    """An https address also gets the one-click header of RFC 8058, and so does this machine's."""
    unsubscribe_mailto: str = ""
    feedback_id: str = ""


def compose_email(parts: EmailMessageParts) -> bytes:
    """The message as it will leave, in CRLF lines; equal parts give equal bytes.

    All is 7-bit but for an address whose name is not ASCII; such a message asks for SMTPUTF8.

    Raises:
        InvalidError: A part cannot be said in an e-mail; names the part.
    """
    if not (parts.text or parts.html):
        raise InvalidError("text", "An e-mail needs a text, an HTML body or both.")
    header = "".join((*_origin(parts), *_unsubscribing(parts), "MIME-Version: 1.0", CRLF))
    return header.encode() + _content(parts)


def _origin(parts: EmailMessageParts) -> Iterator[str]:
    subject = checked("subject", parts.subject, MAX_SUBJECT)
    if not subject.strip():
        raise InvalidError("subject", "The subject is blank.")
    if parts.date.tzinfo is None:
        raise InvalidError("date", "The date needs its time zone.")
    yield f"Date: {format_datetime(parts.date)}{CRLF}"
    yield _mailbox("From", "from", parts.from_name, parts.from_address)
    yield _mailbox("To", "to", parts.to_name, parts.to_address)
    if parts.reply_to:
        yield f"Reply-To: {normalise_address(parts.reply_to, 'reply_to')}{CRLF}"
    yield text_field("Subject", subject)
    yield f"Message-ID: <{_matching(_MESSAGE_ID, 'message_id', parts.message_id)}>{CRLF}"
    yield f"Auto-Submitted: auto-generated{CRLF}"
    yield f"X-Communication: {_matching(_TOKEN, 'communication_id', parts.communication_id)}{CRLF}"
    if parts.feedback_id:
        yield f"Feedback-ID: {_matching(_TOKEN, 'feedback_id', parts.feedback_id)}{CRLF}"


def _mailbox(name: str, field: str, display_name: str, address: str) -> str:
    display_name = checked(f"{field}_name", display_name, MAX_NAME)
    return mailbox_field(name, display_name, normalise_address(address, f"{field}_address"))


def _unsubscribing(parts: EmailMessageParts) -> Iterator[str]:
    ways: list[str] = []
    if parts.unsubscribe_url:
        ways.append(f"<{_matching(_URL, 'unsubscribe_url', parts.unsubscribe_url)}>")
    if parts.unsubscribe_mailto:
        address = normalise_address(parts.unsubscribe_mailto, "unsubscribe_mailto")
        ways.append(f"<mailto:{quote(address, safe='@')}?subject=unsubscribe>")
    if ways:
        yield f"List-Unsubscribe: {f',{CRLF} '.join(ways)}{CRLF}"
    if _ONE_CLICK.match(parts.unsubscribe_url):
        yield f"List-Unsubscribe-Post: List-Unsubscribe=One-Click{CRLF}"


def _matching(pattern: re.Pattern[str], field: str, value: str) -> str:
    if not pattern.fullmatch(checked(field, value, MAX_URL)):
        raise InvalidError(field, f"{field} is not spelled as its header needs it.")
    return value


def _content(parts: EmailMessageParts) -> bytes:
    boundary = "=_" + sha256(parts.communication_id.encode()).hexdigest()[:32]
    bodies = [
        _text_part(subtype, field, body)
        for subtype, field, body in (("plain", "text", parts.text), ("html", "html", parts.html))
        if body
    ]
    body = bodies[0] if len(bodies) == 1 else _multipart("alternative", f"{boundary}.a", bodies)
    if not parts.attachments:
        return body
    files = map(_attachment_part, parts.attachments)
    return _multipart("mixed", f"{boundary}.m", [body, *files])


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    delimiter = f"--{boundary}".encode("ascii")
    pieces = [f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'.encode("ascii")]
    for part in parts:
        pieces += (delimiter, part)
    return b"\r\n".join((*pieces, delimiter + b"--\r\n"))


def _text_part(subtype: str, field: str, text: str) -> bytes:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = (text if text.endswith("\n") else f"{text}\n").encode()
    except UnicodeEncodeError:
        raise InvalidError(field, f"{field} holds half a character.") from None
    encoding, encoded = _transfer_encoded(data)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
    return b"\r\n\r\n".join((head.encode("ascii"), encoded))


def _transfer_encoded(data: bytes) -> tuple[str, bytes]:
    """The shortest of the three encodings that every server passes on unharmed."""
    # A boundary starts with "=_", which neither other encoding can produce.
    if (
        not data.translate(None, _PRINTABLE)
        and b"--=_" not in data
        and max(map(len, data.split(b"\n"))) <= _MAX_7BIT_LINE
    ):
        return "7bit", data.replace(b"\n", b"\r\n")
    if len(data.translate(None, _PRINTABLE)) * 6 > len(data):
        return "base64", _base64_lines(data.replace(b"\n", b"\r\n"))
    return "quoted-printable", b2a_qp(data, istext=True).replace(b"\n", b"\r\n")


def _attachment_part(attachment: Attachment) -> bytes:
    media_type = _matching(_MEDIA_TYPE, "attachments.media_type", attachment.media_type)
    if media_type.lower().startswith(("message/", "multipart/")):
        raise InvalidError("attachments.media_type", f"{media_type} cannot be attached as a file.")
    name = checked("attachments.name", attachment.name, MAX_FILE_NAME).strip()
    if not name or "/" in name or "\\" in name:
        raise InvalidError("attachments.name", "An attachment's name is a file name, not a path.")
    head = (
        f"Content-Type: {media_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment{file_name_parameter(name)}"
    )
    return b"\r\n\r\n".join((head.encode("ascii"), _base64_lines(attachment.content)))


def _base64_lines(data: bytes) -> bytes:
    encoded = b2a_base64(data, newline=False)
    lines = range(0, len(encoded), _BASE64_LINE)
    return b"\r\n".join([encoded[start : start + _BASE64_LINE] for start in lines]) + b"\r\n"
