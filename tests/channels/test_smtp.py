"""What an SMTP channel hands over, seen from the mail server."""

import pytest

from openccm.errors import (
    BadContent,
    BadRecipient,
)
from tests.channels.smtp_client import MESSAGE, connected, outbound, refusal_of
from tests.counterparts.smtp import (
    MailServer,
    mail_server,
    smtp_sink,
)


async def test_exactly_the_stored_bytes_arrive() -> None:
    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        accepted = await channel.send(outbound())

    [mail] = server.mails
    assert mail.content == MESSAGE
    assert mail.sender == "b+token@in.brightwater.example"
    assert mail.recipient == "jane.doe@home.example"
    assert accepted.reference == "250 2.0.0 Ok: queued as 4XyZ"
    assert accepted.status == "sent"
    assert not accepted.receipts


async def test_a_large_message_arrives_whole() -> None:
    content = b"Subject: large\r\n\r\n" + b".0123456789 abcdefghijklmnopqrstuvwxyz\r\n" * 200_000

    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        await channel.send(outbound(content=content))

    assert server.mails[0].content == content


async def test_eight_bit_and_names_that_are_not_ascii_travel_where_the_server_takes_them() -> None:
    content = "To: jürgen@example.com\r\n\r\nGrüße\r\n".encode()

    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        await channel.send(outbound(content=content, recipient="jürgen@example.com"))

    [mail] = server.mails
    assert mail.content == content
    assert mail.recipient == "jürgen@example.com"
    assert "SMTPUTF8" in mail.sender_options


async def test_names_that_are_not_ascii_are_refused_where_the_server_takes_none() -> None:
    async with smtp_sink() as port:
        error = await refusal_of(port, outbound(recipient="jürgen@example.com"))

    assert isinstance(error, BadRecipient)


async def test_a_quoted_name_reaches_the_server_quoted() -> None:
    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        await channel.send(outbound(recipient='"a b"@home.example'))

    assert server.mails[0].recipient == '"a b"@home.example'


@pytest.mark.parametrize("content", [b"", b"no end", b"bare\nfeed\r\n", b"bare\rreturn\r\n"])
async def test_what_would_have_to_be_changed_is_refused(content: bytes) -> None:
    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        with pytest.raises(BadContent):
            await channel.send(outbound(content=content))

    assert server.conversations == 0


async def test_a_forged_recipient_never_reaches_the_wire() -> None:
    evil = "jane@home.example>\r\nRCPT TO:<bob@example.com"

    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        with pytest.raises(BadRecipient):
            await channel.send(outbound(recipient=evil))

    assert server.conversations == 0


# Delivery notifications


async def test_notifications_are_asked_for_where_the_server_offers_them() -> None:
    async with mail_server(MailServer(dsn=True)) as server, connected(server.port) as channel:
        accepted = await channel.send(outbound(recipient="jane+x=y@home.example"))

    [mail] = server.mails
    assert accepted.receipts
    assert "RET=HDRS" in mail.sender_options
    assert "ENVID=0190a7d2-7f3e-7c11-8d0a-3a0c5f9e2b11/1" in mail.sender_options
    assert mail.recipient_options == (
        "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;jane+2Bx+3Dy@home.example"
    )


async def test_notifications_can_be_switched_off() -> None:
    async with (
        mail_server(MailServer(dsn=True)) as server,
        connected(server.port, dsn=False) as channel,
    ):
        accepted = await channel.send(outbound())

    assert not accepted.receipts
    assert "ENVID" not in server.mails[0].sender_options


async def test_smtp_sink_promises_notifications() -> None:
    async with smtp_sink() as port, connected(port) as channel:
        accepted = await channel.send(outbound())

    assert accepted.receipts
