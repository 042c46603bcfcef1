"""Signing in through the company's directory: OpenID Connect, code flow with PKCE."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import quote_plus

import aiohttp
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2 import rfc7636
from authlib.oauth2.rfc6749 import parameters
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from openccm.errors import DirectoryError, NotFoundError, UnauthenticatedError
from openccm.platform.clock import Clock
from openccm.platform.secrets import SecretError, Vault
from openccm.platform.settings import Settings

_WITHIN = timedelta(minutes=10)
"""How long one may take to sign in at the directory."""
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_LEEWAY = 60
# Never "none", and no shared secret: what the directory signs, it alone can sign.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_ALGORITHMS_OF_EDWARDS = ["EdDSA", "Ed25519"]
# The library says nothing of its types.
_uri: Callable[..., str] = cast(Any, parameters).prepare_grant_uri
_challenge: Callable[[object], str] = cast(Any, rfc7636).create_s256_code_challenge


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody on their way to the directory."""

    url: str
    """Where the browser goes."""
    ticket: str
    """What it brings back, sealed: that it was this browser, and what was agreed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the directory says."""

    issuer: str
    subject: str
    name: str
    title: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The OpenID Connect provider of the settings."""

    settings: Settings
    vault: Vault
    clock: Clock

    @property
    def issuer(self) -> str:
        """How the directory is called.

        Raises:
            NotFoundError: There is none.
        """
        if self.settings.oidc_issuer is None:
            raise NotFoundError("directory to sign in through; set", "OPENCCM_OIDC_ISSUER")
        return self.settings.oidc_issuer

    @property
    def back(self) -> str:
        """Where the directory sends browsers back to."""
        return f"{self.settings.public_url}/v1/session/oidc/callback"

    async def begin(self, then: str) -> Begun:
        """Send somebody to the directory; afterwards they go on to the page ``then``.

        Raises:
            NotFoundError: There is no directory.
            DirectoryError: It gives no usable answer.
        """
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
            known = await self._configuration(http)
        agreed = {
            "state": secrets.token_urlsafe(32),
            "nonce": secrets.token_urlsafe(32),
            "verifier": secrets.token_urlsafe(48),
            "then": then,
            "until": (self.clock() + _WITHIN).timestamp(),
        }
        url = _uri(
            known["authorization_endpoint"],
            self.settings.oidc_client_id,
            "code",
            redirect_uri=self.back,
            scope=self.settings.oidc_scopes,
            state=agreed["state"],
            nonce=agreed["nonce"],
            code_challenge=_challenge(agreed["verifier"]),
            code_challenge_method="S256",
        )
        return Begun(url, self.vault.seal(json.dumps(agreed)))

    async def finish(self, ticket: str, answer: Mapping[str, str]) -> tuple[Identity, str]:
        """Who came back from the directory, and the page they go on to.

        Raises:
            UnauthenticatedError: They were refused there, or this is not what was agreed.
            DirectoryError: It gives no usable answer.
        """
        agreed = self._opened(ticket)
        if answer.get("state") != agreed["state"]:
            raise UnauthenticatedError("This sign-in was not begun in this browser. Begin again.")
        if answer.get("iss", self.issuer) != self.issuer:
            raise UnauthenticatedError("Another directory answered than was asked.")
        if "code" not in answer:
            raise UnauthenticatedError("The directory did not let you in.")
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
            known = await self._configuration(http)
            tokens = await self._redeem(http, known, answer["code"], agreed["verifier"])
            claims = await self._claims(http, known, tokens, agreed["nonce"])
        return self._identity(claims), agreed["then"]

    def _opened(self, ticket: str) -> dict[str, Any]:
        try:
            agreed = json.loads(self.vault.unseal(ticket))
        except (SecretError, ValueError):
            raise UnauthenticatedError("This sign-in was not begun here. Begin again.") from None
        if agreed["until"] < self.clock().timestamp():
            raise UnauthenticatedError("Signing in took too long. Begin again.")
        return agreed

    async def _configuration(self, http: aiohttp.ClientSession) -> dict[str, Any]:
        path = "/.well-known/openid-configuration"
        known = await _json(http, "GET", self.issuer.rstrip("/") + path)
        if known.get("issuer") != self.issuer:
            raise DirectoryError(f"The directory at {self.issuer} calls itself otherwise.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(known.get(name), str):
                raise DirectoryError(f"The directory does not say its {name}.")
        return known

    async def _redeem(
        self, http: aiohttp.ClientSession, known: Mapping[str, Any], code: str, verifier: str
    ) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
        }
        secret, client = self.settings.oidc_client_secret, self.settings.oidc_client_id
        if secret is None:
            return await _json(http, "POST", known["token_endpoint"], {**form, "client_id": client})
        methods = known.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if "client_secret_basic" in methods:
            # Both as in a form, because either may hold a colon (RFC 6749, 2.3.1).
            said = aiohttp.encode_basic_auth(
                quote_plus(client), quote_plus(secret.get_secret_value())
            )
            headers = {"Authorization": said}
            return await _json(http, "POST", known["token_endpoint"], form, headers=headers)
        form |= {"client_id": client, "client_secret": secret.get_secret_value()}
        return await _json(http, "POST", known["token_endpoint"], form)

    async def _claims(
        self,
        http: aiohttp.ClientSession,
        known: Mapping[str, Any],
        tokens: Mapping[str, Any],
        nonce: str,
    ) -> dict[str, Any]:
        """What the signed token says, and of the rest what the directory says of its bearer."""
        keys = await _json(http, "GET", known["jwks_uri"])
        claims = self._checked(tokens, keys, nonce)
        place = known.get("userinfo_endpoint")
        if not isinstance(place, str):
            return claims
        headers = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        more = await _json(http, "GET", place, headers=headers)
        if more.get("sub") != claims["sub"]:
            raise UnauthenticatedError("The directory spoke of somebody else.")
        return more | claims

    def _checked(
        self, tokens: Mapping[str, Any], keys: Mapping[str, Any], nonce: str
    ) -> dict[str, Any]:
        client = self.settings.oidc_client_id
        try:
            token = jwt.decode(
                str(tokens.get("id_token", "")),
                KeySet.import_key_set(cast(Any, keys)),
                algorithms=[*_ALGORITHMS, *_ALGORITHMS_OF_EDWARDS],
            )
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": client},
                },
                {
                    "nonce": nonce,
                    "client_id": client,
                    "access_token": tokens.get("access_token"),
                },
            )
            claims.validate(int(self.clock().timestamp()), _LEEWAY)
        except (JoseError, AuthlibBaseError, ValueError, KeyError, TypeError):
            raise UnauthenticatedError("The directory's word does not hold.") from None
        return dict(claims)

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        subject = claims["sub"]
        groups = claims.get(self.settings.oidc_groups_claim) or ()
        name = claims.get(self.settings.oidc_name_claim) or subject
        return Identity(
            issuer=self.issuer,
            subject=str(subject),
            name=str(name),
            title=str(claims.get("name") or name)[:120],
            groups=tuple(str(each) for each in ([groups] if isinstance(groups, str) else groups)),
        )


async def _json(
    http: aiohttp.ClientSession,
    method: str,
    url: str,
    form: Mapping[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """The JSON object that the directory answers; what it refuses, it refuses to the user."""
    try:
        async with http.request(method, url, data=form, allow_redirects=False, **more) as response:
            status = response.status
            content = await response.json(content_type=None) if status == 200 else None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise DirectoryError(f"The directory cannot be asked ({type(error).__name__}).") from None
    if form is not None and status in (400, 401):
        raise UnauthenticatedError("The directory does not know this sign-in. Begin again.")
    if not isinstance(content, dict):
        raise DirectoryError(f"The directory answered {status}, or no JSON object.")
    return cast(dict[str, Any], content)
