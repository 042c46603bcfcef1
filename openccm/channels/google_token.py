"""Access tokens for a service account: a signed assertion in exchange for a token (RFC 7523)."""

import asyncio
import base64
import json
import time
from typing import Any, Self, cast

import aiohttp
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from openccm.errors import NeedsReauth, Retryable

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFETIME = 3_600
_SPARE = 60
"""Seconds before its end at which a token is not used any more."""


class ServiceAccount(BaseModel):
    """What of a service account's JSON is needed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    project_id: str = Field(pattern=r"^[a-z][a-z0-9-]{2,40}$")
    client_email: str = Field(min_length=3)
    private_key: str = Field(min_length=100, repr=False)
    private_key_id: str = ""
    token_uri: str = Field("https://oauth2.googleapis.com/token", pattern=r"^https?://")

    @classmethod
    def read(cls, text: str) -> Self:
        """The account of a JSON text.

        Raises:
            ValueError: It is none; says what is missing, never what is there.
        """
        try:
            account = cls.model_validate_json(text)
        except ValidationError as error:
            wrong = {str(each["loc"][0]) if each["loc"] else "all" for each in error.errors()}
            raise ValueError(f"this is no service account: {', '.join(sorted(wrong))}") from None
        account.key()
        return account

    def key(self) -> rsa.RSAPrivateKey:
        """The private key.

        Raises:
            ValueError: It is none.
        """
        try:
            key = load_pem_private_key(self.private_key.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError("the private key of the service account cannot be read") from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the private key of the service account is not RSA")  # noqa: TRY004
        return key

    def assertion(self, now: int) -> str:
        """A signed claim of who we are, good for an hour."""
        head = {"alg": "RS256", "typ": "JWT", "kid": self.private_key_id}
        claim = {
            "iss": self.client_email,
            "scope": SCOPE,
            "aud": self.token_uri,
            "iat": now,
            "exp": now + _LIFETIME,
        }
        signed = f"{_encoded(json.dumps(head).encode())}.{_encoded(json.dumps(claim).encode())}"
        signature = self.key().sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encoded(signature)}"


class TokenSource:
    """Fetches a token when there is none or the last one is about to end; one at a time."""

    def __init__(self, account: ServiceAccount) -> None:
        self._account = account
        self._lock = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def get(self, http: aiohttp.ClientSession, *, fresh: bool = False) -> str:
        """A token that is good now.

        Raises:
            NeedsReauth: The account is not let in.
            Retryable: Whoever gives tokens is away.
        """
        stale = self._token
        async with self._lock:
            # Of many who find the same token bad, the first fetches a new one for all.
            if self._until <= time.monotonic() or (fresh and self._token == stale):
                await self._fetch(http)
            return self._token

    async def _fetch(self, http: aiohttp.ClientSession) -> None:
        now = int(time.time())
        form = {"grant_type": GRANT, "assertion": self._account.assertion(now)}
        try:
            async with http.post(self._account.token_uri, data=form) as response:
                status, content = response.status, await response.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            message = "Whoever gives access tokens cannot be reached."
            raise Retryable(message, scope="provider") from error
        if status == 429 or status >= 500:
            raise Retryable(f"Whoever gives access tokens answered {status}.", scope="provider")
        answer = _decoded(content)
        token = answer.get("access_token")
        if status != 200 or not isinstance(token, str):
            raise NeedsReauth(f"The service account was not let in ({status}).", scope="account")
        lifetime = answer.get("expires_in")
        seconds = float(lifetime) if isinstance(lifetime, int | float) else _LIFETIME
        self._token, self._until = token, time.monotonic() + max(seconds - _SPARE, 1)


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        decoded: Any = json.loads(content)
    except ValueError:
        return {}
    return cast(dict[str, Any], decoded) if isinstance(decoded, dict) else {}
