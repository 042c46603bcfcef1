"""The SMTP server: aiosmtpd, taught delivery receipts and misbehaviour."""

import asyncio
import logging
from collections import defaultdict
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from lab.errands import Round
from lab.mail import parameters
from lab.mail.keep import Incoming, keep, refuse
from lab.mail.receipts import HOST
from lab.store import Store
from lab.switchboard import MAIL_SERVER, Closing, Switchboard

log = logging.getLogger(__name__)

MAX_BYTES = 25_000_000

_CLOSED = f"421 4.3.2 {HOST} is down, try again later"
_REFUSALS = {
    "bounce-hard": "550 5.1.1 no such mailbox",
    "bounce-soft": "451 4.2.2 mailbox full, try again later",
    "down": "450 4.2.1 mailbox not available, try again later",
}


class MailServer:
    """Takes mail for every address there is."""

    def __init__(
        self, store: Store, switchboard: Switchboard, *, owed: Round, receipts: bool
    ) -> None:
        self.receipts = receipts
        """Whether anyone takes receipts; without, the extension is not offered."""
        self.sessions: set[asyncio.BaseTransport] = set()
        self._store = store
        self._owed = owed
        self._switchboard = switchboard
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """The port it really listens on."""
        assert self._server is not None
        return self._server.sockets[0].getsockname()[1]

    @property
    def down(self) -> bool:
        """Nobody is served."""
        return self._switchboard.of("mail-server", MAIL_SERVER).behaviour == "down"

    async def start(self, host: str, port: int) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, host, port)

    async def stop(self) -> None:
        """Hang up on everyone and stop listening."""
        if self._server:
            self._server.close()
        for transport in list(self.sessions):
            transport.close()

    def refusal(self, address: str) -> str | None:
        """The answer with which this mailbox refuses mail, if it does."""
        return _REFUSALS.get(self._switchboard.of("mailbox", address.lower()).behaviour)

    async def refuse(self, address: str, answer: str) -> None:
        """Remember that a recipient was refused."""
        await self._store.write(lambda connection: refuse(connection, address, answer))

    async def take(self, draft: parameters.Draft, content: bytes) -> str | None:
        """Keep a message; the answer, or None where the line breaks before one.

        Raises:
            Closing: The lab closes before a slow mailbox has answered; nothing is kept.
        """
        switches = {
            address: self._switchboard.of("mailbox", address)
            for address in (recipient.address.lower() for recipient in draft.recipients)
        }
        await self._switchboard.hold(*switches.values())
        drops = any(switch.behaviour == "drop" for switch in switches.values())
        late = (name for name, switch in switches.items() if switch.behaviour == "bounce-late")
        incoming = Incoming(
            draft=draft,
            content=content,
            answer="taken, but the line broke before the answer" if drops else "250 2.0.0 taken",
            bouncing=frozenset(late),
            receipts=self.receipts,
        )
        number = await self._store.write(lambda connection: keep(connection, incoming))
        self._owed.wake()
        return None if drops else f"250 2.0.0 taken as {number}"

    def _session(self) -> asyncio.Protocol:
        return ClosedDoor() if self.down else MailSession(self)


class ClosedDoor(asyncio.Protocol):
    """What a client meets while the server is down."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and hang up."""
        # Not asked with isinstance: uvloop's transports are not asyncio's.
        cast(asyncio.Transport, transport).write(f"{_CLOSED}\r\n".encode())
        transport.close()


class MailSession(SMTP):
    """One client's session."""

    command_size_limit = 998

    def __init__(self, mail: MailServer) -> None:
        super().__init__(
            _Hooks(mail),
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            hostname=HOST,
            ident="OpenCCM lab",
            loop=asyncio.get_running_loop(),
        )
        self.command_size_limits = defaultdict(lambda: self.command_size_limit)
        self.offered: dict[str, str] = {}
        """The parameters of the command at hand that aiosmtpd does not know."""
        self.draft = parameters.Draft("")
        self._mail = mail

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, and be known for when the lab stops."""
        self._mail.sessions.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """End, and be forgotten."""
        if self.transport:
            self._mail.sessions.discard(self.transport)
        super().connection_lost(error)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Set aside what asks for receipts; the rest is plain SMTP."""
        arg, self.offered = parameters.take(arg, {"RET", "ENVID"})
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Set aside what asks for receipts; the rest is plain SMTP."""
        arg, self.offered = parameters.take(arg, {"NOTIFY", "ORCPT"})
        await super().smtp_RCPT(arg)

    def hang_up(self) -> None:
        """Close the connection once the answer at hand has left."""
        transport = self.transport
        if transport:
            self.loop.call_soon(transport.close)


class _Hooks:
    """What aiosmtpd asks at each command; the names are its own."""

    def __init__(self, mail: MailServer) -> None:
        self._mail = mail

    async def handle_EHLO(  # noqa: N802
        self,
        server: MailSession,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        if self._mail.down:
            server.hang_up()
            return [_CLOSED]
        session.host_name = hostname
        offers = ["250-PIPELINING", *(["250-DSN"] if self._mail.receipts else [])]
        return [*responses[:-1], *offers, responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self,
        server: MailSession,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self._mail.down:
            server.hang_up()
            return _CLOSED
        try:
            server.draft = parameters.draft(address, server.offered)
        except parameters.BadParameter as error:
            return f"501 5.5.4 {error}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender taken"

    async def handle_RCPT(  # noqa: N802
        self,
        server: MailSession,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answer = self._mail.refusal(address)
        if answer:
            await self._mail.refuse(address, answer)
            return answer
        try:
            recipient = parameters.recipient(address, server.offered)
        except parameters.BadParameter as error:
            return f"501 5.5.4 {error}"
        server.draft.recipients.append(recipient)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient taken"

    async def handle_DATA(  # noqa: N802
        self, server: MailSession, session: Session, envelope: Envelope
    ) -> str:
        if self._mail.down:
            server.hang_up()
            return _CLOSED
        answer = await self._mail.take(server.draft, envelope.original_content or b"")
        if answer is None:
            cast(asyncio.Transport, server.transport).abort()
            await asyncio.Event().wait()  # the lost connection cancels this session
        return answer or ""

    async def handle_exception(self, error: Exception) -> str:
        if not isinstance(error, Closing):
            log.error("mail.failed error=%r", error)
        return "451 4.3.0 could not keep this, try again later"
