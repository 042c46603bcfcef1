"""Whom the push service lets in: the signed assertion of a service account (RFC 7523)."""

import base64
import json
import secrets
import time
from typing import Any, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
_LONGEST = 3_600


class BadAssertion(ValueError):
    """Whoever shows this is not let in; says why."""


class DoorKeeper:
    """Gives tokens that are good for an hour, and knows those it gave."""

    def __init__(self) -> None:
        self._key: rsa.RSAPublicKey | None = None
        self._given: dict[str, float] = {}

    def know(self, public_key: str) -> None:
        """Check signatures by this key from now on.

        Raises:
            ValueError: It is no RSA key in PEM.
        """
        key = load_pem_public_key(public_key.encode())
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError("This is no RSA key.")  # noqa: TRY004 - a wrong value of a right type
        self._key = key

    def token(self, assertion: str) -> str:
        """A token in exchange for an assertion.

        Raises:
            BadAssertion: It is not what it must be.
        """
        signed, _, signature = assertion.rpartition(".")
        head, _, claim = signed.partition(".")
        if _json(head).get("alg") != "RS256":
            raise BadAssertion("The assertion is not signed by RS256.")
        claims = _json(claim)
        now = time.time()
        if claims.get("scope") != _SCOPE or not claims.get("iss") or not claims.get("aud"):
            raise BadAssertion("The assertion lacks its scope, issuer or audience.")
        begins, ends = claims.get("iat"), claims.get("exp")
        if not isinstance(begins, int) or not isinstance(ends, int):
            raise BadAssertion("The assertion does not say when it holds.")
        if not begins - 300 <= now < ends <= begins + _LONGEST:
            raise BadAssertion("The assertion does not hold now.")
        self._check(signed, signature)
        token = secrets.token_urlsafe(24)
        self._given[token] = now + _LONGEST
        return token

    def lets_in(self, authorization: str) -> bool:
        """Whether a request bears a token that holds."""
        kind, _, token = authorization.partition(" ")
        return kind == "Bearer" and self._given.get(token, 0) > time.time()

    def forget(self) -> None:
        """Withdraw every token."""
        self._given.clear()

    def _check(self, signed: str, signature: str) -> None:
        if self._key is None:
            return
        try:
            self._key.verify(_raw(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise BadAssertion("The signature is not the service account's.") from None


def _raw(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise BadAssertion("The assertion is not written as it must be.") from None


def _json(part: str) -> dict[str, Any]:
    try:
        decoded: Any = json.loads(_raw(part))
    except ValueError:
        raise BadAssertion("The assertion holds no JSON.") from None
    return cast(dict[str, Any], decoded) if isinstance(decoded, dict) else {}
