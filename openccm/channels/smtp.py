"""E-mail by SMTP: exactly the stored bytes, over connections that are kept."""

import asyncio
import re
import socket
import ssl
from pathlib import Path
from typing import ClassVar, Literal, Self

from aiosmtplib import SMTP, SMTPException, SMTPHeloError, SMTPResponseException
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from openccm.channels.addresses import normalise_address
from openccm.channels.port import Accepted, Caps, Outbound
from openccm.channels.smtp_pool import SmtpPool
from openccm.channels.smtp_replies import refusal
from openccm.channels.smtp_wire import LOST, Envelope, SmtpWire
from openccm.errors import (
    BadContent,
    BadRecipient,
    ChannelError,
    InvalidError,
    NeedsReauth,
    Permanent,
    Retryable,
)

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_BARE_NEWLINE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class SmtpConfig(BaseModel):
    """How to reach the mail server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1, description="Name or address of the mail server.")
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls: upgrade after the greeting; tls: from the start."
    )
    ca_file: Path | None = Field(
        default=None, description="Trust these certificates instead of the system's."
    )
    username: str = ""
    password: SecretStr = SecretStr("")
    timeout: float = Field(
        default=30, gt=0, description="Seconds for a connection, and for the answer to a command."
    )
    final_timeout: float = Field(
        default=120, gt=0, description="Seconds for the answer to a whole message."
    )
    connections: int = Field(default=4, ge=1, le=100, description="At most so many at a time.")
    idle_limit: float = Field(
        default=30, ge=0, description="Seconds after which an unused connection is not used again."
    )
    dsn: bool = Field(default=True, description="Ask for delivery notifications where offered.")
    helo: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.:\[\]-]*$",
        description="The name to greet with; this machine's own by default.",
    )

    @model_validator(mode="after")
    def _keep_password_secret(self) -> Self:
        if self.username and self.tls == "none" and self.host not in _LOOPBACK:
            raise ValueError("a password travels over tls or starttls alone")
        return self


class SmtpChannel:
    """Hands e-mails to one mail server."""

    name: ClassVar[str] = "smtp"
    channel: ClassVar[str] = "email"
    caps: ClassVar[Caps] = Caps(receipts=True, max_bytes=25_000_000)
    Config: ClassVar[type[BaseModel]] = SmtpConfig

    def __init__(self, config: BaseModel) -> None:
        self._config = SmtpConfig.model_validate(config, from_attributes=True)
        self._pool = SmtpPool(
            self._connect,
            size=self._config.connections,
            patience=self._config.timeout,
            idle_limit=self._config.idle_limit,
        )
        self._tls_context: ssl.SSLContext | None = None
        self._helo = self._config.helo

    async def open(self) -> None:
        """Read the certificates and learn our own name; the first message connects."""
        if self._config.tls != "none":
            self._tls_context = await asyncio.to_thread(
                ssl.create_default_context, cafile=self._config.ca_file
            )
        self._helo = self._helo or await asyncio.to_thread(socket.getfqdn)

    async def close(self) -> None:
        """Wait for messages under way, then close every connection."""
        await self._pool.close()

    async def send(self, outbound: Outbound) -> Accepted:
        """Hand the message over.

        Raises:
            Ambiguous: The message was written to its end, and no answer came.
            ChannelError: The server has certainly not taken it.
        """
        envelope = self._envelope(outbound)
        try:
            return await self._send(envelope, fresh=False)
        except _StaleLine:
            return await self._send(envelope, fresh=True)

    async def lookup(self, outbound: Outbound) -> Accepted | None:
        """SMTP cannot be asked what it took."""
        return None

    async def health(self) -> str | None:
        """Connect anew, log in and greet: what the next message would meet."""
        try:
            wire = await self._connect()
        except ChannelError as error:
            return str(error)
        try:
            await wire.ping()
        except LOST as error:
            return f"The mail server fell silent: {error}"
        finally:
            await wire.quit()
        return None

    def _envelope(self, outbound: Outbound) -> Envelope:
        content = outbound.content
        if len(content) > self.caps.max_bytes:
            raise BadContent(f"The message has more than {self.caps.max_bytes} bytes.")
        if _BARE_NEWLINE.search(content) or not content.endswith(b"\r\n"):
            # Mending it would send other bytes than were stored.
            raise BadContent("The message is not written in CRLF lines.")
        try:
            recipient = normalise_address(outbound.recipient)
        except InvalidError as error:
            raise BadRecipient(str(error), scope="recipient") from None
        try:
            sender = normalise_address(outbound.sender) if outbound.sender else ""
        except InvalidError as error:
            raise Permanent(f"The return address is wrong: {error}", scope="sender") from None
        return Envelope(outbound.key, sender, recipient, content, self._config.dsn)

    async def _send(self, envelope: Envelope, *, fresh: bool) -> Accepted:
        async with self._pool.lease(fresh=fresh) as wire:
            try:
                await wire.announce(envelope)
            except Retryable as error:
                if wire.reused and not wire.is_open:
                    raise _StaleLine("The kept connection had died.", scope="provider") from error
                raise
            receipts = wire.gives_notice(envelope)
            return Accepted(reference=await wire.deliver(envelope), receipts=receipts)

    async def _connect(self) -> SmtpWire:
        config = self._config
        client = SMTP(
            hostname=config.host,
            port=config.port,
            timeout=config.timeout,
            use_tls=config.tls == "tls",
            start_tls=config.tls == "starttls",
            tls_context=self._tls_context,
            local_hostname=self._helo,
        )
        try:
            async with asyncio.timeout(config.timeout):
                await _greet(client)
                if config.username:
                    await _log_in(client, config.username, config.password.get_secret_value())
        except LOST as error:
            client.close()
            raise _unreachable(error) from error
        except BaseException:
            client.close()
            raise
        return SmtpWire(client, timeout=config.timeout, final_timeout=config.final_timeout)


class _StaleLine(Retryable):
    """A kept connection turned out dead before anything was said about the message."""


async def _greet(client: SMTP) -> None:
    await client.connect()
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _log_in(client: SMTP, username: str, password: str) -> None:
    try:
        await client.login(username, password)
    except SMTPResponseException as error:
        raise refusal("login", error.code, error.message) from error
    except OSError:
        raise
    except SMTPException as error:
        raise NeedsReauth(f"The mail server offers no login: {error}", scope="account") from error


def _unreachable(error: Exception) -> ChannelError:
    if isinstance(error, SMTPResponseException):
        return refusal("greeting", error.code, error.message)
    reason = str(error) or type(error).__name__
    return Retryable(f"The mail server cannot be reached: {reason}", scope="provider")
