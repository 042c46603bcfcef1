"""One conversation with a mail server, which knows at every moment whether the message left."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponse
from aiosmtplib.protocol import SMTPProtocol

from openccm.channels.addresses import redact_addresses
from openccm.channels.smtp_replies import refusal
from openccm.errors import Ambiguous, BadContent, BadRecipient, ChannelError, Retryable

LOST = (SMTPException, OSError)
"""What aiosmtplib raises when a conversation breaks; its time-outs are OSErrors, too."""

_START_OF_DOTTED_LINE = re.compile(rb"(?m)^\.")
_NOT_XTEXT = re.compile(r"[^!-*,-<>-~]")
_MAX_ENVELOPE_ID = 100
_SLOWEST_UPLOAD = 65_536


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mail server is told, and what it is given."""

    key: str
    sender: str
    recipient: str
    content: bytes
    notify: bool
    """Ask for delivery notifications where the server offers them."""


class SmtpWire:
    """A connection that is past its greeting and login."""

    def __init__(self, client: SMTP, *, timeout: float, final_timeout: float) -> None:
        self._client = client
        self._timeout = timeout
        self._final_timeout = final_timeout
        # One byte, not none: with a limit of 0, TLS transports pause while they are empty.
        cast(asyncio.WriteTransport, client.transport).set_write_buffer_limits(high=1)
        self.reused = False
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the server may still be listening."""
        return self._client.is_connected

    async def announce(self, envelope: Envelope) -> None:
        """Open the transaction; only after this has the server heard of the message."""
        sender = f"FROM:<{envelope.sender}>".encode()
        code, text = await self._command(b"MAIL", sender, *self._sender_options(envelope))
        if code != 250:
            raise refusal("sender", code, text, envelope.recipient)

    async def deliver(self, envelope: Envelope) -> str:
        """Hand over the announced message; answers the server's own words.

        Raises:
            Ambiguous: The final dot was sent, and no answer came.
            ChannelError: The server has certainly not taken the message.
        """
        recipient = f"TO:<{envelope.recipient}>".encode()
        code, text = await self._command(b"RCPT", recipient, *self._recipient_options(envelope))
        if code not in {250, 251}:
            raise refusal("recipient", code, text, envelope.recipient)
        code, text = await self._command(b"DATA")
        if code == 354:
            code, text = await self._transfer(envelope)
        if not 200 <= code < 300:
            raise refusal("content", code, text, envelope.recipient)
        return redact_addresses(f"{code} {text}", envelope.recipient)

    def gives_notice(self, envelope: Envelope) -> bool:
        """Whether the server promised delivery notifications for this message."""
        return envelope.notify and self._client.supports_extension("dsn")

    async def reset(self) -> None:
        """Make ready for the next message after a refusal; closes itself where it cannot."""
        try:
            await self._client.rset()
        except LOST:
            self.close()

    async def ping(self) -> None:
        """Raises what broke the conversation, if it is broken."""
        await self._client.noop()

    async def quit(self) -> None:
        """Say goodbye and close."""
        try:
            await self._client.quit()
        except LOST:
            self.close()

    def close(self) -> None:
        """Hang up without a word."""
        self._client.close()

    def _sender_options(self, envelope: Envelope) -> list[bytes]:
        options = [*self._size(envelope), *self._alphabet(envelope)]
        if self.gives_notice(envelope):
            envelope_id = _xtext(envelope.key)
            options.append(b"RET=HDRS")
            if len(envelope_id) <= _MAX_ENVELOPE_ID:
                options.append(b"ENVID=" + envelope_id)
        return options

    def _size(self, envelope: Envelope) -> Iterator[bytes]:
        if self._client.supports_extension("size"):
            largest = self._client.esmtp_extensions["size"].strip()
            if largest.isdecimal() and 0 < int(largest) < len(envelope.content):
                raise BadContent(f"The mail server takes at most {largest} bytes.")
            yield b"SIZE=%d" % len(envelope.content)

    def _alphabet(self, envelope: Envelope) -> Iterator[bytes]:
        if not envelope.content.isascii():
            if not self._client.supports_extension("8bitmime"):
                raise BadContent("The mail server takes 7-bit messages alone.")
            yield b"BODY=8BITMIME"
        if not (envelope.recipient.isascii() and envelope.sender.isascii()):
            if not self._client.supports_extension("smtputf8"):
                raise BadRecipient(
                    "The address is not ASCII, and the mail server does not take such addresses.",
                    scope="recipient",
                )
            yield b"SMTPUTF8"

    def _recipient_options(self, envelope: Envelope) -> list[bytes]:
        if not self.gives_notice(envelope):
            return []
        options = [b"NOTIFY=SUCCESS,FAILURE,DELAY"]
        if envelope.recipient.isascii():
            options.append(b"ORCPT=rfc822;" + _xtext(envelope.recipient))
        return options

    async def _command(self, *words: bytes) -> tuple[int, str]:
        try:
            return await self._client.execute_command(*words)
        except LOST as error:
            self.close()
            raise _not_sent() from error

    async def _transfer(self, envelope: Envelope) -> SMTPResponse:
        """The message, then the final dot: two steps, because their failures mean two things."""
        protocol = self._client.protocol
        if protocol is None:
            raise _not_sent()
        reply: asyncio.Future[SMTPResponse] | None = None
        complete = False
        try:
            protocol.write(_START_OF_DOTTED_LINE.sub(b"..", envelope.content))
            reply = await self._uploaded(protocol, len(envelope.content))
            if not (reply and reply.done()):
                protocol.write(b".\r\n")
                complete = True
            # Not wrapped in a task: aiosmtplib forgets a reply that comes before it is read.
            answer = await (
                asyncio.wait_for(reply, self._final_timeout)
                if reply
                else protocol.read_response(timeout=self._final_timeout)
            )
        except LOST as error:
            self.close()
            raise (_not_answered() if complete else _not_sent()) from error
        finally:
            if reply:
                reply.cancel()
        if not complete:
            self.close()
            if answer.code < 400:
                raise _not_sent()
        return answer

    async def _uploaded(
        self, protocol: SMTPProtocol, size: int
    ) -> asyncio.Future[SMTPResponse] | None:
        """Wait until the message is out of our hands, or the server speaks before its turn.

        Answers the server's reply, which may have come; None where there was nothing to wait for.
        """
        transport = cast(asyncio.WriteTransport, protocol.transport)
        if not transport.get_write_buffer_size():
            return None
        reply = asyncio.ensure_future(protocol.read_response())
        # What StreamWriter.drain() does; aiosmtplib itself writes without ever waiting.
        written = asyncio.ensure_future(protocol._drain_helper())  # pyright: ignore[reportPrivateUsage]
        try:
            done, _ = await asyncio.wait(
                {reply, written},
                timeout=self._timeout + size / _SLOWEST_UPLOAD,
                return_when=asyncio.FIRST_COMPLETED,
            )
        except asyncio.CancelledError:
            reply.cancel()
            written.cancel()
            raise
        if written in done:
            written.exception()
        else:
            written.cancel()
        if not done:
            reply.cancel()
            raise TimeoutError
        return reply


def _not_sent() -> ChannelError:
    return Retryable(
        "The connection to the mail server broke before the message was handed over.",
        scope="provider",
    )


def _not_answered() -> ChannelError:
    return Ambiguous("The mail server was given the whole message and did not answer.")


def _xtext(text: str) -> bytes:
    return _NOT_XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text).encode("ascii")
