"""From our SMTP channel through a real Postfix and back as a receipt."""

import asyncio
from uuid import UUID

import pytest

from openccm.channels.verp import make_token, read_token, return_address
from openccm.inbound.receipts import Receipt, parse_receipts
from tests.channels.smtp_client import connected, outbound
from tests.counterparts.postfix import postfix
from tests.counterparts.smtp import MailServer, ReceivedMail, mail_server

SECRET = b"a secret of the test"
COMMUNICATION = UUID("0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11")


@pytest.fixture(scope="module")
async def receipts() -> dict[int, Receipt]:
    """By attempt: what a real mail server reports about one message it relayed and one it lost."""
    world = MailServer(
        recipient_replies={"gone@home.example": "550 5.1.1 <gone@home.example> gone"}
    )
    async with mail_server(world), postfix(world.port) as port, connected(port) as channel:
        for attempt, recipient in enumerate(("jane.doe@home.example", "gone@home.example"), 1):
            sender = return_address(
                make_token(SECRET, COMMUNICATION, attempt), "in.brightwater.example"
            )
            accepted = await channel.send(outbound(attempt, recipient=recipient, sender=sender))
            assert accepted.receipts
        async with asyncio.timeout(20):
            while len(_notifications(world)) < 2:
                await asyncio.sleep(0.02)
    found = [_read(mail) for mail in _notifications(world)]
    return dict(found)


async def test_a_relayed_message_is_reported(receipts: dict[int, Receipt]) -> None:
    assert (receipts[1].action, receipts[1].status) == ("relayed", "2.0.0")
    assert receipts[1].envelope_id == f"{COMMUNICATION}/1"


async def test_a_bounce_comes_back_to_its_attempt(receipts: dict[int, Receipt]) -> None:
    assert (receipts[2].action, receipts[2].status) == ("failed", "5.1.1")
    assert receipts[2].envelope_id == f"{COMMUNICATION}/2"
    assert receipts[2].diagnostic == "550 5.1.1 <[address]> [address]"


def _notifications(world: MailServer) -> list[ReceivedMail]:
    return [mail for mail in world.mails if not mail.sender]


def _read(mail: ReceivedMail) -> tuple[int, Receipt]:
    [receipt] = parse_receipts(mail.content, envelope_recipient=mail.recipient)
    read = read_token(SECRET, receipt.token or "")
    assert read is not None
    assert read[0] == COMMUNICATION
    return read[1], receipt
