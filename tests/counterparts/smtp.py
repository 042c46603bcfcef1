"""Mail servers to test against: Postfix's smtp-sink, aiosmtpd, and one that does as it is told."""

import asyncio
import contextlib
import os
import shutil
import socket
import ssl
import warnings
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd import smtp as aiosmtpd
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def server_program(name: str) -> str:
    """Where one of Postfix's programs is; skips the test where it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (Debian: apt install postfix)")
    return found


@asynccontextmanager
async def smtp_sink(*flags: str) -> AsyncGenerator[int]:
    """Postfix's test server on a free port; ``flags`` give it its faults, as its manual says."""
    port = free_port()
    identity = ("-u", "postfix") if os.geteuid() == 0 else ()
    process = await asyncio.create_subprocess_exec(
        server_program("smtp-sink"), *identity, *flags, f"inet:{HOST}:{port}", "100"
    )
    try:
        await answering(port)
        yield port
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def answering(port: int, patience: float = 10) -> None:
    """Return once something listens on the port."""
    async with asyncio.timeout(patience):
        while True:
            try:
                _, writer = await asyncio.open_connection(HOST, port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                await writer.wait_closed()
                return


@dataclass
class ReceivedMail:
    """A message as the server got it."""

    sender: str
    recipient: str
    content: bytes
    sender_options: str
    recipient_options: str


@dataclass
class MailServer:
    """What an aiosmtpd server should do, and what it got."""

    port: int = 0
    dsn: bool = False
    max_bytes: int = 33_554_432
    credentials: tuple[str, str] | None = None
    recipient_replies: dict[str, str] = field(default_factory=dict[str, str])
    """What to answer when this recipient is named, instead of taking it."""
    content_reply: str = "250 2.0.0 Ok: queued as 4XyZ"
    drop_after_dot: bool = False
    drop_after_messages: int = 0
    """Hang up after so many messages in one conversation, as servers with a limit do."""
    mails: list[ReceivedMail] = field(default_factory=list[ReceivedMail])
    conversations: int = 0
    commands: list[str] = field(default_factory=list[str])
    """The verbs that were heard, over all conversations."""


class _Conversation(aiosmtpd.SMTP):
    """aiosmtpd knows no DSN parameters: here they are taken off and remembered."""

    def __init__(self, wanted: MailServer, **options: Any) -> None:
        super().__init__(_Handler(wanted), hostname="mail.example", **options)
        self.wanted = wanted
        self.options = {"MAIL": "", "RCPT": ""}
        self.taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.wanted.conversations += 1

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_MAIL(self._without_dsn("MAIL", arg))

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        await super().smtp_RCPT(self._without_dsn("RCPT", arg))

    def _without_dsn(self, verb: str, arg: str | None) -> str | None:
        self.wanted.commands.append(verb)
        if not arg:
            return arg
        address, _, options = arg.rpartition(">")
        self.options[verb] = options.strip()
        if not self.wanted.dsn:
            return arg
        known = ("RET=", "ENVID=", "NOTIFY=", "ORCPT=")
        kept = [word for word in options.split() if not word.upper().startswith(known)]
        return " ".join((f"{address}>", *kept))


class _Handler:
    def __init__(self, wanted: MailServer) -> None:
        self.wanted = wanted

    async def handle_EHLO(  # noqa: N802
        self,
        server: _Conversation,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        extra = ["250-DSN"] if self.wanted.dsn else []
        return [*responses[:-1], *extra, responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self,
        server: _Conversation,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        reply = self.wanted.recipient_replies.get(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
            reply = "250 2.1.5 Ok"
        return reply

    async def handle_RSET(  # noqa: N802
        self, server: _Conversation, session: Session, envelope: Envelope
    ) -> str:
        self.wanted.commands.append("RSET")
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: _Conversation, session: Session, envelope: Envelope
    ) -> str:
        self.wanted.commands.append("DATA")
        if self.wanted.drop_after_dot:
            server.transport.abort()
            return "250 never heard"
        if self.wanted.content_reply.startswith("2"):
            self.wanted.mails.append(_received(server, envelope))
        server.taken += 1
        if server.taken == self.wanted.drop_after_messages:
            asyncio.get_running_loop().call_later(0.01, server.transport.close)
        return self.wanted.content_reply


def _received(server: _Conversation, envelope: Envelope) -> ReceivedMail:
    assert isinstance(envelope.content, bytes)
    return ReceivedMail(
        sender=(envelope.mail_from or "").strip("<>"),
        recipient=envelope.rcpt_tos[0],
        content=envelope.content,
        sender_options=server.options["MAIL"],
        recipient_options=server.options["RCPT"],
    )


@asynccontextmanager
async def mail_server(
    wanted: MailServer,
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
) -> AsyncGenerator[MailServer]:
    """An aiosmtpd server in the test's own loop."""
    known = wanted.credentials
    conversations: list[_Conversation] = []

    def knows(server: Any, session: Any, envelope: Any, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == known, handled=False)

    def converse() -> _Conversation:
        with warnings.catch_warnings():
            # It warns of logins without TLS, which on this machine alone are harmless.
            warnings.simplefilter("ignore")
            conversation = _Conversation(
                wanted,
                data_size_limit=wanted.max_bytes,
                enable_SMTPUTF8=True,
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=knows if known else None,
                auth_required=known is not None,
                auth_require_tls=False,
            )
        conversations.append(conversation)
        return conversation

    loop = asyncio.get_running_loop()
    server = await loop.create_server(converse, HOST, wanted.port, ssl=tls)
    wanted.port = server.sockets[0].getsockname()[1]
    try:
        yield wanted
    finally:
        server.close()
        for conversation in conversations:
            if conversation.transport is not None:
                conversation.transport.abort()
        await server.wait_closed()
        await asyncio.sleep(0)


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted_server(talk: Talk) -> AsyncGenerator[int]:
    """A server that does exactly what ``talk`` says on every connection, then hangs up."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(converse, HOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)


async def up_to_data(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, extensions: str = ""
) -> None:
    """Take a message as far as the go-ahead for its content."""
    writer.write(b"220 mail.example\r\n")
    greeting = "".join(f"250-{one}\r\n" for one in ("mail.example", *extensions.split()))
    replies = {
        b"EHLO": f"{greeting}250 HELP\r\n",
        b"MAIL": "250 2.1.0 Ok\r\n",
        b"RCPT": "250 2.1.5 Ok\r\n",
        b"DATA": "354 go ahead\r\n",
    }
    while True:
        verb = (await reader.readuntil(b"\r\n"))[:4].upper()
        writer.write(replies[verb].encode())
        if verb == b"DATA":
            return
