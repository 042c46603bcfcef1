"""Delivery status notifications (RFC 3464): written here, brought over SMTP."""

from dataclasses import dataclass
from email.utils import formatdate, make_msgid
from typing import Literal

import aiosmtplib

from lab.errands import Errand, NotTaken, Unreachable

HOST = "mail.lab.example"

Action = Literal["delivered", "failed"]

_TIMEOUT = 10.0

_FORM = """\
From: Mail Delivery <MAILER-DAEMON@{host}>\r
To: <{sender}>\r
Subject: {subject}\r
Date: {date}\r
Message-ID: {message_id}\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\r
\r
--{boundary}\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
{sentence}\r
\r
--{boundary}\r
Content-Type: message/delivery-status\r
\r
{status}\r
--{boundary}\r
Content-Type: text/rfc822-headers; charset=utf-8\r
Content-Transfer-Encoding: 8bit\r
\r
"""


@dataclass(frozen=True)
class Notice:
    """What became of one message for one recipient."""

    action: Action
    sender: str
    recipient: str
    envid: str | None
    orcpt: str | None
    arrived: float


def write(notice: Notice, headers: bytes) -> bytes:
    """The notification as it travels; ``headers`` are those of the message it is about."""
    delivered = notice.action == "delivered"
    boundary = f"=_{notice.arrived:.6f}.lab"
    text = _FORM.format(
        host=HOST,
        sender=notice.sender,
        subject="Delivered" if delivered else "Undelivered mail returned to sender",
        date=formatdate(),
        message_id=make_msgid(domain=HOST),
        boundary=boundary,
        sentence=f"Your message to {notice.recipient} was delivered."
        if delivered
        else f"Your message to {notice.recipient} could not be delivered: no such mailbox.",
        status="".join(f"{line}\r\n" for line in _status(notice)),
    )
    return text.encode() + headers.strip() + f"\r\n\r\n--{boundary}--\r\n".encode()


def _status(notice: Notice) -> list[str]:
    lines = [f"Reporting-MTA: dns; {HOST}"]
    if notice.envid:
        lines.append(f"Original-Envelope-Id: {notice.envid}")
    lines += [f"Arrival-Date: {formatdate(notice.arrived)}", ""]
    if notice.orcpt:
        lines.append(f"Original-Recipient: {notice.orcpt}")
    kind = "rfc822" if notice.recipient.isascii() else "utf-8"
    lines += [f"Final-Recipient: {kind}; {notice.recipient}", f"Action: {notice.action}"]
    if notice.action == "delivered":
        return [*lines, "Status: 2.0.0", "Diagnostic-Code: smtp; 250 2.0.0 delivered to mailbox"]
    return [*lines, "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 no such mailbox"]


class ReceiptCourier:
    """Brings notifications to the sender's mail server, over one connection at a time."""

    def __init__(self, host: str, port: int | None) -> None:
        self._host = host
        self._port = port
        self._client: aiosmtplib.SMTP | None = None

    async def bring(self, errand: Errand) -> None:
        """Send one notification from the null sender.

        Raises:
            Unreachable: Nobody listens there.
            NotTaken: This notification was refused.
        """
        if self._port is None:
            raise Unreachable("The mail server was not told who takes receipts")
        try:
            client = await self._connected()
            alphabet = [] if errand.target.isascii() else ["SMTPUTF8"]
            await client.sendmail("", [errand.target], errand.body, mail_options=alphabet)
        except OSError as error:
            await self.rest()
            sentence = f"Nobody takes receipts at {self._host}:{self._port}"
            raise Unreachable(sentence) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            answer = error.recipients[0]
            raise NotTaken(f"{answer.code} {answer.message}") from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            await self.rest()
            raise NotTaken(str(error)) from error

    async def rest(self) -> None:
        """Close the connection."""
        if self._client:
            self._client.close()
        self._client = None

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            client = aiosmtplib.SMTP(
                hostname=self._host,
                port=self._port,
                local_hostname=HOST,
                timeout=_TIMEOUT,
                start_tls=False,
            )
            await client.connect()
            self._client = client
        return self._client
