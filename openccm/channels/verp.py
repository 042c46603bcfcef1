"""Return addresses that say which attempt a receipt is about, and that nobody can forge."""

import hmac
import re
from base64 import b32decode, b32encode
from uuid import UUID

_PREFIX = "b+"
_CONTEXT = b"openccm return address 1"
_ID_BYTES = 16
_ATTEMPT_BYTES = 2
_SIGNATURE_BYTES = 10
_PAYLOAD_BYTES = _ID_BYTES + _ATTEMPT_BYTES
_TOKEN = re.compile(r"[a-z2-7]{45}")
_TOKEN_IN_ADDRESS = re.compile(r"(?<![a-z0-9.+_-])b\+([a-z2-7]{45})@", re.IGNORECASE)


def make_token(secret: bytes, communication_id: UUID, attempt: int) -> str:
    """45 lower-case letters and digits that name one attempt, signed."""
    payload = communication_id.bytes + attempt.to_bytes(_ATTEMPT_BYTES)
    token = b32encode(payload + _signature(secret, payload)).decode("ascii")
    return token.rstrip("=").lower()


def read_token(secret: bytes, token: str) -> tuple[UUID, int] | None:
    """The communication and the attempt, or None when we did not sign this token."""
    token = token.lower()
    if not _TOKEN.fullmatch(token):
        return None
    payload = b32decode(f"{token.upper()}===")[:_PAYLOAD_BYTES]
    communication_id = UUID(bytes=payload[:_ID_BYTES])
    attempt = int.from_bytes(payload[_ID_BYTES:])
    if not hmac.compare_digest(token, make_token(secret, communication_id, attempt)):
        return None
    return communication_id, attempt


def return_address(token: str, domain: str) -> str:
    """The envelope sender that carries the token: ``b+{token}@{domain}``."""
    return f"{_PREFIX}{token}@{domain}"


def find_token(text: str) -> str | None:
    """The first thing in the text that looks like one of our return addresses; unverified."""
    found = _TOKEN_IN_ADDRESS.search(text)
    return found[1].lower() if found else None


def _signature(secret: bytes, payload: bytes) -> bytes:
    return hmac.digest(secret, _CONTEXT + payload, "sha256")[:_SIGNATURE_BYTES]
