"""The mail listener for receipts: takes mail to our bounce addresses, by SMTP, and nothing else."""

import asyncio
import logging

from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import House
from openccm.channels.verp import find_token, read_token
from openccm.communications import queries, status
from openccm.communications.commands import wake
from openccm.communications.status import Report
from openccm.errors import InvalidError, NotFoundError
from openccm.inbound.receipts import Receipt, parse_receipts

_log = logging.getLogger(__name__)
_LARGEST = 1_000_000
_ACTIONS = {"delivered": "delivered", "failed": "bounced"}
"""Of what RFC 3464 can report: relayed, delayed and expanded prove nothing yet."""


class BounceListener:
    """What the mail server does with a receipt."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take only what is addressed to a token that we signed."""
        token = find_token(address)
        if token is None or read_token(self._house.desk.vault.receipts, token) is None:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer 250 only when the facts are stored; 451 lets the sender try again."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        try:
            for address in envelope.rcpt_tos:
                for receipt in parse_receipts(raw, envelope_recipient=address):
                    await self._apply(receipt)
        except InvalidError:
            _log.info("mail without a receipt taken and left alone")
        except (SQLAlchemyError, OSError) as error:
            _log.warning("receipt deferred", extra={"error": type(error).__name__})
            return "451 4.3.0 Try again"
        return "250 2.0.0 Taken"

    async def _apply(self, receipt: Receipt) -> None:
        reported = _ACTIONS.get(receipt.action)
        secret = self._house.desk.vault.receipts
        named = read_token(secret, receipt.token) if receipt.token else None
        if reported is None or named is None:
            return
        desk, now = self._house.desk, self._house.desk.clock()
        communication_id, attempt = named
        hard = reported == "bounced" and receipt.status.startswith("5.1.")
        report = Report(
            status=reported if hard or reported == "delivered" else "undelivered",
            source="dsn",
            event_key=f"{communication_id}/{attempt}/{receipt.event_key}",
            occurred_at=receipt.reported_at or now,
            code=receipt.status,
            detail=receipt.diagnostic[:200],
            bad_contact_point=hard,
        )
        try:
            async with desk.database.begin() as session:
                communication = await status.apply(
                    session, communication_id, report, actor="mail server", now=now
                )
                request = await queries.request_by_id(session, communication.request_id)
        except NotFoundError:
            _log.info("receipt for a communication that is not here")
            return
        await wake(self._house.engine, request)


async def listen(house: House) -> asyncio.Server:
    """Start listening."""
    listener = BounceListener(house)
    return await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            listener,
            hostname=house.settings.mail_domain,
            ident="OpenCCM",
            data_size_limit=_LARGEST,
            enable_SMTPUTF8=True,
        ),
        house.settings.bounce_host,
        house.settings.bounce_port,
    )
