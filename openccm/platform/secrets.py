"""Secrets: references that are resolved late, a vault for those we must keep, signed tokens."""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openccm.errors import NotFoundError, OpenCCMError

_KEY_BYTES = 32


class SecretError(OpenCCMError):
    """A sealed secret cannot be opened with this key."""

    code = "secret_unreadable"


def resolve(reference: str) -> str:
    """The value behind ``env:NAME`` or ``file:PATH``; any other text stands for itself.

    Raises:
        NotFoundError: The variable or the file is not there.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        if name not in os.environ:
            raise NotFoundError("environment variable", name)
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except OSError:
            raise NotFoundError("secret file", name) from None
    return reference


def ensure_key_file(path: Path) -> None:
    """Make a random 256-bit key where none is, readable by its owner alone."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode(), encoding="utf-8")
    try:
        # link, not rename: of two processes that start at once, the first one's key stays.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


class Vault:
    """Seals what we must be able to read again, and signs what comes back to us."""

    def __init__(self, master_key: bytes) -> None:
        self._seal_key = self._derive(master_key, b"seal")
        self.receipts = self._derive(master_key, b"receipts")
        """Key of the tokens in bounce addresses."""
        self._links = self._derive(master_key, b"links")

    @classmethod
    def open(cls, reference: str) -> "Vault":
        """The vault whose master key stands behind a reference (base64, 32 bytes).

        Raises:
            SecretError: What stands there is no such key.
        """
        try:
            key = base64.b64decode(resolve(reference), validate=True)
        except binascii.Error:
            key = b""
        if len(key) < _KEY_BYTES:
            raise SecretError("The master key is not 32 random bytes in base64.")
        return cls(key)

    @staticmethod
    def _derive(master_key: bytes, purpose: bytes) -> bytes:
        return hmac.digest(master_key, b"openccm/" + purpose, "sha256")

    def seal(self, plain: str) -> str:
        """Encrypt with AES-256-GCM and a fresh nonce."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(
            nonce + AESGCM(self._seal_key).encrypt(nonce, plain.encode(), None)
        ).decode()

    def unseal(self, sealed: str) -> str:
        """What was sealed.

        Raises:
            SecretError: Sealed with another key, or altered.
        """
        try:
            raw = base64.b64decode(sealed)
            return AESGCM(self._seal_key).decrypt(raw[:12], raw[12:], None).decode()
        except (InvalidTag, ValueError):
            raise SecretError("A stored secret was sealed with another master key.") from None

    def sign_link(self, text: str) -> str:
        """``text`` with a signature, fit for a URL."""
        return f"{text}.{self._signature(text)}"

    def read_link(self, token: str) -> str | None:
        """The text of a token that we signed, else None."""
        text, _, signature = token.rpartition(".")
        given = signature.encode("utf-8", "surrogatepass")
        return text if hmac.compare_digest(given, self._signature(text).encode()) else None

    def _signature(self, text: str) -> str:
        raw = hmac.digest(self._links, text.encode("utf-8", "surrogatepass"), hashlib.sha256)[:15]
        return base64.urlsafe_b64encode(raw).decode()
