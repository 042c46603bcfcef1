"""Keeping, replacing and securing the connections to a mail server."""

import asyncio
from pathlib import Path

import pytest
import uvloop

from openccm.channels.smtp import SmtpConfig
from openccm.errors import (
    BadRecipient,
    NeedsReauth,
    Retryable,
    Throttled,
)
from tests.channels.smtp_client import MESSAGE, connected, outbound, refusal_of
from tests.counterparts.certificates import server_certificate
from tests.counterparts.smtp import (
    MailServer,
    free_port,
    mail_server,
    scripted_server,
    smtp_sink,
    up_to_data,
)


async def test_connections_are_kept_between_messages() -> None:
    async with mail_server(MailServer()) as server, connected(server.port) as channel:
        for number in range(20):
            await channel.send(outbound(number))

    assert len(server.mails) == 20
    assert server.conversations == 1


async def test_a_connection_left_idle_is_not_trusted() -> None:
    server = MailServer()

    async with mail_server(server), connected(server.port, idle_limit=0.05) as channel:
        await channel.send(outbound(1))
        await asyncio.sleep(0.1)
        await channel.send(outbound(2))

    assert server.conversations == 2


async def test_no_reply_is_lost_on_the_faster_event_loop() -> None:
    """Under uvloop a local server answers before a task that was just made can listen."""

    async def send_many(port: int) -> None:
        async with connected(port, connections=1, final_timeout=5) as channel:
            for number in range(1_000):
                await channel.send(outbound(number))

    async with smtp_sink() as port:
        await asyncio.to_thread(uvloop.run, send_many(port))


async def test_never_more_connections_than_agreed() -> None:
    server = MailServer()

    async with mail_server(server), connected(server.port, connections=3) as channel:
        await asyncio.gather(*(channel.send(outbound(number)) for number in range(60)))

    assert len(server.mails) == 60
    assert server.conversations == 3


async def test_a_refusal_leaves_the_connection_clean_for_the_next() -> None:
    server = MailServer(recipient_replies={"nobody@home.example": "550 5.1.1 unknown"})

    async with mail_server(server), connected(server.port, connections=1) as channel:
        with pytest.raises(BadRecipient):
            await channel.send(outbound(recipient="nobody@home.example"))
        await channel.send(outbound())

    assert [mail.recipient for mail in server.mails] == ["jane.doe@home.example"]
    assert server.conversations == 1
    assert "RSET" in server.commands


async def test_a_server_that_hangs_up_between_messages_costs_nothing() -> None:
    server = MailServer(drop_after_messages=1)

    async with mail_server(server), connected(server.port, connections=1) as channel:
        for number in range(5):
            await channel.send(outbound(number))
            await asyncio.sleep(0.03)

    assert len(server.mails) == 5
    assert server.conversations == 5


async def test_a_kept_connection_that_died_unnoticed_is_replaced_at_once() -> None:
    greeted = 0

    async def one_message_each(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal greeted
        greeted += 1
        await up_to_data(reader, writer)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"250 2.0.0 Ok\r\n")
        await reader.readuntil(b"\r\n")
        writer.write(b"421 4.7.0 one message is enough\r\n")
        await reader.read()

    async with scripted_server(one_message_each) as port, connected(port) as channel:
        for number in range(3):
            await channel.send(outbound(number, content=b"Subject: x\r\n\r\nDear Jane\r\n"))

    assert greeted == 3


async def test_waiting_for_a_connection_has_an_end() -> None:
    async with (
        smtp_sink("-W", ".:2") as port,
        connected(port, connections=1, timeout=0.3) as channel,
    ):
        first = asyncio.create_task(channel.send(outbound()))
        await asyncio.sleep(0.05)
        with pytest.raises(Throttled):
            await channel.send(outbound(2))
        await first


async def test_closing_waits_for_the_message_under_way() -> None:
    async with smtp_sink("-W", ".:1") as port, connected(port) as channel:
        under_way = asyncio.create_task(channel.send(outbound()))
        await asyncio.sleep(0.1)
        await channel.close()

        assert under_way.done()
        with pytest.raises(Retryable):
            await channel.send(outbound(2))


# Reaching the server


async def test_nobody_listening_is_the_providers_trouble() -> None:
    error = await refusal_of(free_port())

    assert type(error) is Retryable
    assert error.scope == "provider"


async def test_a_name_that_does_not_exist_is_too() -> None:
    error = await refusal_of(25, host="mail.invalid")

    assert type(error) is Retryable


@pytest.mark.parametrize("mode", ["tls", "starttls"])
async def test_tls_is_used_and_the_certificate_verified(mode: str, tmp_path: Path) -> None:
    context, trusted = server_certificate(tmp_path)
    large = outbound(content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 200_000)

    async with mail_server(MailServer(), **{mode: context}) as server:
        async with connected(server.port, tls=mode, ca_file=trusted) as channel:
            await channel.send(outbound())
            await channel.send(large)
            assert await channel.health() is None
        error = await refusal_of(server.port, tls=mode)

    assert [mail.content for mail in server.mails] == [MESSAGE, large.content]
    assert type(error) is Retryable
    assert "certificate" in str(error).lower()


async def test_starttls_is_never_given_up_silently() -> None:
    async with mail_server(MailServer()) as server:
        error = await refusal_of(server.port, tls="starttls")

    assert type(error) is Retryable
    assert server.commands == []


async def test_a_login_is_made_with_the_secret() -> None:
    server = MailServer(credentials=("openccm", "s3cret"))

    async with (
        mail_server(server),
        connected(server.port, username="openccm", password="s3cret") as channel,
    ):
        await channel.send(outbound())

    assert len(server.mails) == 1


async def test_a_refused_login_needs_a_person_and_keeps_the_secret() -> None:
    async with mail_server(MailServer(credentials=("openccm", "s3cret"))) as server:
        refused = await refusal_of(server.port, username="openccm", password="wr0ng")
        missing = await refusal_of(server.port)
    async with mail_server(MailServer()) as without_login:
        not_offered = await refusal_of(without_login.port, username="openccm", password="wr0ng")

    for error in (refused, missing, not_offered):
        assert isinstance(error, NeedsReauth)
        assert error.scope == "account"
        assert "wr0ng" not in str(error)


def test_a_password_never_travels_in_the_open() -> None:
    with pytest.raises(ValueError, match="tls"):
        SmtpConfig(host="mail.example", tls="none", username="openccm")


async def test_health_says_what_is_wrong() -> None:
    async with smtp_sink() as port, connected(port) as channel:
        assert await channel.health() is None
    async with smtp_sink("-q", "NOOP") as port, connected(port) as channel:
        assert "silent" in str(await channel.health())
    async with connected(free_port()) as channel:
        assert "cannot be reached" in str(await channel.health())
