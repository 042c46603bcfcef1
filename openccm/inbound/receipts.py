"""Delivery notifications of mail servers (RFC 3464), read into facts without personal data."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Literal, cast, get_args

from pydantic import BaseModel, ConfigDict

from openccm.channels.addresses import redact_addresses
from openccm.channels.verp import find_token
from openccm.errors import InvalidError

Action = Literal["delivered", "relayed", "delayed", "failed", "expanded"]

MAX_BYTES = 2_000_000
_MAX_RECIPIENTS = 100
_MAX_NESTING = 3
_ACTIONS: tuple[Action, ...] = get_args(Action)
_ACTION_BY_CLASS: Mapping[str, Action] = {"2": "delivered", "4": "delayed", "5": "failed"}
_STATUS_BY_ACTION: Mapping[Action, str] = {
    "delivered": "2.0.0",
    "relayed": "2.0.0",
    "expanded": "2.0.0",
    "delayed": "4.0.0",
    "failed": "5.0.0",
}

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_FOLD = re.compile(r"\n[ \t]+")
_BOUNDARY = re.compile(r'\bboundary\s*=\s*(?:"([^"\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_WORD = re.compile(r"[a-z]+")

_Fields = Mapping[str, str]


class Receipt(BaseModel):
    """What a mail server reports about one message to one recipient."""

    model_config = ConfigDict(frozen=True)

    token: str | None
    """From our return address; who it is about is known once ``read_token`` has verified it."""
    envelope_id: str | None
    """The key we gave the server. Unsigned: good for support, no proof of anything."""
    action: Action
    status: str
    """Enhanced status code, e.g. ``5.1.1``."""
    diagnostic: str
    """The server's words without addresses."""
    arrival_date: datetime | None
    """When the reporting server had taken the message from us."""
    reported_at: datetime | None
    """When it last tried, else when it wrote the notification."""
    event_key: str
    """The same for every copy of this report, and for no other."""


def parse_receipts(raw: bytes, *, envelope_recipient: str = "") -> list[Receipt]:
    """Every recipient's fate in a notification; ``envelope_recipient`` is whom it was sent to.

    Raises:
        InvalidError: This is no delivery notification, or too large for one.
    """
    if len(raw) > MAX_BYTES:
        raise InvalidError("receipt", f"A notification has at most {MAX_BYTES} bytes.")
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    report = _delivery_status(text, _MAX_NESTING)
    if report is None:
        raise InvalidError("receipt", "This message holds no delivery status.")
    blocks = [_fields(block) for block in _BLANK_LINE.split(report) if block.strip()]
    message: _Fields = blocks[0] if blocks else {}
    token = find_token(envelope_recipient) or find_token(text)
    written_at = _date(_fields(_split(text)[0]).get("date", ""))
    receipts = [
        receipt
        for fields in (blocks[1:] or blocks)[:_MAX_RECIPIENTS]
        if (receipt := _receipt(token, message, fields, written_at))
    ]
    if not receipts:
        raise InvalidError("receipt", "The delivery status names no recipient's fate.")
    return receipts


def _delivery_status(entity: str, depth: int) -> str | None:
    """The body of the first ``message/delivery-status`` part, decoded."""
    head, body = _split(entity)
    fields = _fields(head)
    content_type = fields.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in {"message/delivery-status", "message/global-delivery-status"}:
        return _decoded(body, fields.get("content-transfer-encoding", ""))
    boundary = _BOUNDARY.search(content_type)
    if depth == 0 or not (media_type.startswith("multipart/") and boundary):
        return None
    for part in _parts(body, boundary[1] or boundary[2]):
        if (found := _delivery_status(part, depth - 1)) is not None:
            return found
    return None


def _parts(body: str, boundary: str) -> Iterator[str]:
    delimiter = f"\n--{boundary}"
    for piece in f"\n{body}".split(delimiter)[1:]:
        if piece.startswith("--"):
            return
        yield piece.partition("\n")[2]


def _split(entity: str) -> tuple[str, str]:
    if entity.startswith("\n"):
        return "", entity[1:]
    head, _, body = entity.partition("\n\n")
    return head, body


def _fields(block: str) -> _Fields:
    """Header fields by lower-case name; the first of a name counts."""
    fields: dict[str, str] = {}
    for line in _FOLD.sub(" ", block.strip("\n")).split("\n"):
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _decoded(body: str, encoding: str) -> str:
    data = body.encode("utf-8", "replace")
    try:
        match encoding.strip().lower():
            case "base64":
                data = a2b_base64(data)
            case "quoted-printable":
                data = a2b_qp(data)
            case _:
                pass
    except Base64Error:
        return ""
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _receipt(
    token: str | None, message: _Fields, fields: _Fields, written_at: datetime | None
) -> Receipt | None:
    status = _STATUS.search(fields.get("status", "")) or _STATUS.search(
        fields.get("diagnostic-code", "")
    )
    action = _action(fields.get("action", ""), status[1] if status else "")
    if action is None:
        return None
    recipient = _typed(fields.get("final-recipient", ""))
    original = _typed(fields.get("original-recipient", ""))
    envelope_id = redact_addresses(message.get("original-envelope-id", ""))
    return Receipt(
        token=token,
        envelope_id=envelope_id or None,
        action=action,
        status=status[0] if status else _STATUS_BY_ACTION[action],
        diagnostic=redact_addresses(
            _typed(fields.get("diagnostic-code", "")), recipient, original, limit=500
        ),
        arrival_date=_date(message.get("arrival-date", "")),
        reported_at=_date(fields.get("last-attempt-date", "")) or written_at,
        event_key=_event_key(token, message, fields),
    )


def _action(text: str, status_class: str) -> Action | None:
    word = _WORD.match(text.strip().lower())
    if word and word[0] in _ACTIONS:
        return cast(Action, word[0])
    return _ACTION_BY_CLASS.get(status_class)


def _typed(value: str) -> str:
    """The value after its type, as in ``rfc822; jane@example.com``."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon and " " not in kind.strip() else value).strip(" <>")


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _event_key(token: str | None, message: _Fields, fields: _Fields) -> str:
    """Only what the reporting server fixed when it wrote: copies of one report differ elsewhere."""
    facts = (
        token or "",
        *(message.get(name, "") for name in ("original-envelope-id", "reporting-mta")),
        message.get("arrival-date", ""),
        *(fields.get(name, "") for name in ("final-recipient", "action", "status")),
        fields.get("last-attempt-date", ""),
    )
    return sha256("\0".join(facts).encode()).hexdigest()[:32]
