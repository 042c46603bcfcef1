"""Push notifications to apps by the wire form of FCM HTTP v1, one device at a time.

The stored bytes are the message without its device: they go on the wire as they are, between the
device's token and the closing brace. What the service answers is told apart by its error codes.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, cast

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from openccm.channels.google_token import ServiceAccount, TokenSource
from openccm.channels.port import Accepted, Caps, Outbound
from openccm.errors import (
    Ambiguous,
    BadContent,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    Permanent,
    Retryable,
    Scope,
    Throttled,
)

MAX_BYTES = 4_000
"""The service takes 4,096 bytes; the rest is for the token."""
_PAUSE = 60.0
"""Seconds to stay away where the service does not say for how long."""
_ERROR_TYPE = "google.firebase.fcm.v1.FcmError"


class PushConfig(BaseModel):
    """Where the push service is, and as whom to speak to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service_account: SecretStr = Field(
        description="The service account's JSON, as the console hands it out; `file:/path` or"
        " `env:NAME` in the settings."
    )
    base_url: str = Field(
        default="https://fcm.googleapis.com",
        pattern=r"^https?://[^\s]+$",
        description="Where the service is.",
    )
    timeout: float = Field(default=20, gt=0, description="Seconds for the answer to a message.")
    connections: int = Field(default=20, ge=1, le=200, description="At most so many at a time.")

    @field_validator("service_account")
    @classmethod
    def _readable(cls, given: SecretStr) -> SecretStr:
        ServiceAccount.read(given.get_secret_value())
        return given


class PushChannel:
    """Hands notifications to a push service."""

    name: ClassVar[str] = "push"
    channel: ClassVar[str] = "push"
    caps: ClassVar[Caps] = Caps(max_bytes=MAX_BYTES)
    Config: ClassVar[type[BaseModel]] = PushConfig

    def __init__(self, config: BaseModel) -> None:
        self._config = PushConfig.model_validate(config, from_attributes=True)
        account = ServiceAccount.read(self._config.service_account.get_secret_value())
        base = self._config.base_url.rstrip("/")
        self._url = f"{base}/v1/projects/{account.project_id}/messages:send"
        self._tokens = TokenSource(account)
        self._http: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to connect; the first message does."""
        # Kept connections are short-lived: one that died unseen makes a call ambiguous.
        connector = aiohttp.TCPConnector(limit=self._config.connections, keepalive_timeout=10)
        timeout = aiohttp.ClientTimeout(total=self._config.timeout)
        self._http = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def close(self) -> None:
        """Close every connection."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def send(self, outbound: Outbound) -> Accepted:
        """Hand the notification over.

        Raises:
            Ambiguous: The message was given, and no answer came.
            ChannelError: The service has certainly not taken it.
        """
        if len(outbound.content) > self.caps.max_bytes:
            raise BadContent(f"The notification has more than {self.caps.max_bytes} bytes.")
        body = _on_the_wire(outbound)
        status, answer, retry_after = await self._call(body, fresh=False)
        if status == 401:  # the access token may have been withdrawn before its time
            status, answer, retry_after = await self._call(body, fresh=True)
        if status == 200 and isinstance(answer.get("name"), str):
            return Accepted(reference=answer["name"])
        raise _refusal(status, answer, retry_after)

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """The service cannot be asked what it took."""
        return None

    async def health(self) -> str | None:
        """Whether the service lets us in."""
        try:
            await self._tokens.get(self._open_http(), fresh=True)
        except ChannelError as error:
            return str(error)
        return None

    async def _call(self, body: bytes, *, fresh: bool) -> tuple[int, dict[str, Any], float | None]:
        http = self._open_http()
        token = await self._tokens.get(http, fresh=fresh)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            async with http.post(self._url, data=body, headers=headers) as response:
                content = await response.read()
                return response.status, _decoded(content), _seconds(response.headers)
        except aiohttp.ClientConnectorError as error:
            message = "The push service cannot be reached."
            raise Retryable(message, scope="provider") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Ambiguous("The push service did not answer.", scope="provider") from error

    def _open_http(self) -> aiohttp.ClientSession:
        assert self._http is not None, "open it first"
        return self._http


def _on_the_wire(outbound: Outbound) -> bytes:
    """The request's body: the stored bytes, and in front of them whom they are for."""
    content = outbound.content
    if not (content.startswith(b"{") and content.endswith(b"}") and len(content) > 2):
        # Mending it would send other bytes than were stored.
        raise BadContent("The notification is no JSON object.")
    token = json.dumps(outbound.recipient).encode()
    return b'{"message":{"token":' + token + b"," + content[1:] + b"}"


def _refusal(status: int, answer: dict[str, Any], retry_after: float | None) -> ChannelError:
    """The class of error for an answer that was not the hoped-for one."""
    error = cast(dict[str, Any], answer.get("error") or {})
    code = _error_code(error) or str(error.get("status") or status)
    said = f"The push service answered {status} {code}."
    kind, scope = _meaning(status, code, error)
    if kind is Throttled:
        return Throttled(said, retry_after=retry_after or _PAUSE, scope="sender")
    if kind is Retryable and retry_after is not None:
        return Throttled(said, retry_after=retry_after, scope="provider")
    return kind(said, scope=scope, provider_code=code)


_BY_CODE: Mapping[str, tuple[type[ChannelError], Scope]] = {
    "UNREGISTERED": (BadRecipient, "recipient"),
    "SENDER_ID_MISMATCH": (BadRecipient, "recipient"),
    "THIRD_PARTY_AUTH_ERROR": (NeedsReauth, "account"),
}
_BY_STATUS: Mapping[int, tuple[type[ChannelError], Scope]] = {
    400: (BadContent, "message"),
    401: (NeedsReauth, "account"),
    403: (NeedsReauth, "account"),
    413: (BadContent, "message"),
    429: (Throttled, "sender"),
}


def _meaning(status: int, code: str, error: dict[str, Any]) -> tuple[type[ChannelError], Scope]:
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status == 400 and _is_about_token(error):
        return BadRecipient, "recipient"
    if status >= 500:
        return Retryable, "provider"
    return _BY_STATUS.get(status, (Permanent, "message"))


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    details = error.get("details")
    found = cast(list[Any], details) if isinstance(details, list) else []
    return [cast(dict[str, Any], each) for each in found if isinstance(each, dict)]


def _error_code(error: dict[str, Any]) -> str | None:
    for each in _details(error):
        if str(each.get("@type")).endswith(_ERROR_TYPE):
            return str(each.get("errorCode"))
    return None


def _is_about_token(error: dict[str, Any]) -> bool:
    fields = [
        str(cast(dict[str, Any], violation).get("field"))
        for each in _details(error)
        for violation in cast(list[Any], each.get("fieldViolations") or [])
        if isinstance(violation, dict)
    ]
    return "message.token" in fields


def _decoded(content: bytes) -> dict[str, Any]:
    try:
        decoded: Any = json.loads(content)
    except ValueError:
        return {}
    return cast(dict[str, Any], decoded) if isinstance(decoded, dict) else {}


def _seconds(headers: Any) -> float | None:
    """How long to stay away, where the answer says so in seconds."""
    given = str(headers.get("Retry-After") or "")
    return max(float(given), 1.0) if given.isdigit() else None
