"""What every way of failing at SMTP is called."""

import asyncio
import shlex

import pytest

from openccm.errors import (
    Ambiguous,
    BadContent,
    BadRecipient,
    ChannelError,
    NeedsReauth,
    Permanent,
    Retryable,
)
from tests.channels.smtp_client import outbound, refusal_of
from tests.counterparts.smtp import (
    MailServer,
    mail_server,
    scripted_server,
    smtp_sink,
    up_to_data,
)


@pytest.mark.parametrize(
    ("reply", "kind", "scope"),
    [
        ("550 5.1.1 <jane.doe@home.example>: user unknown", BadRecipient, "recipient"),
        ("550 jane.doe unknown", BadRecipient, "recipient"),
        ("553 5.1.3 bad address", BadRecipient, "recipient"),
        ("551 user not local", BadRecipient, "recipient"),
        ("550 5.7.1 your network is on a block list", Permanent, "sender"),
        ("550 5.1.8 sender's domain not found", Permanent, "sender"),
        ("552 5.2.2 mailbox full", Retryable, "recipient"),
        ("552 5.3.4 too large", BadContent, "message"),
        ("554 no", Permanent, "message"),
        ("450 4.7.1 greylisted", Retryable, "recipient"),
        ("452 4.3.1 out of storage", Retryable, "provider"),
        ("451 try later", Retryable, "recipient"),
        ("421 4.3.2 shutting down", Retryable, "provider"),
        ("530 5.7.0 authentication required", NeedsReauth, "account"),
    ],
)
async def test_a_refused_recipient_is_told_apart(
    reply: str, kind: type[ChannelError], scope: str
) -> None:
    server = MailServer(recipient_replies={"jane.doe@home.example": reply})

    async with mail_server(server):
        error = await refusal_of(server.port)

    assert type(error) is kind
    assert error.scope == scope
    assert error.provider_code is not None
    assert reply.startswith(error.provider_code)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ("554 5.7.1 looks like spam", BadContent),
        ("552 5.3.4 too large", BadContent),
        ("550 5.1.1 no such user jane.doe", BadRecipient),
        ("550 no", Permanent),
        ("451 4.3.0 try later", Retryable),
        ("421 4.3.2 shutting down", Retryable),
    ],
)
async def test_a_refused_message_was_certainly_not_taken(
    reply: str, kind: type[ChannelError]
) -> None:
    server = MailServer(content_reply=reply)

    async with mail_server(server):
        error = await refusal_of(server.port)

    assert type(error) is kind


@pytest.mark.parametrize(
    ("flags", "kind", "scope"),
    [
        ("-f RCPT -B '550 5.1.1 unknown'", BadRecipient, "recipient"),
        ("-r RCPT", Retryable, "provider"),
        ("-r RCPT -b '450 4.2.0 busy'", Retryable, "recipient"),
        ("-f MAIL -B '550 5.7.1 not you'", Permanent, "sender"),
        ("-r MAIL", Retryable, "provider"),
        ("-f DATA -B '554 5.7.1 no'", BadContent, "message"),
        ("-f . -B '554 5.6.0 no'", BadContent, "message"),
        ("-r .", Retryable, "provider"),
        ("-f CONNECT -B '554 5.7.1 go away'", Retryable, "provider"),
        ("-Q MAIL", Retryable, "provider"),
        ("-Q .", Retryable, "provider"),
        ("-q CONNECT", Retryable, "provider"),
        ("-q EHLO", Retryable, "provider"),
        ("-q MAIL", Retryable, "provider"),
        ("-q RCPT", Retryable, "provider"),
        ("-q DATA", Retryable, "provider"),
        ("-q .", Ambiguous, "message"),
    ],
)
async def test_postfixs_own_faults_get_their_names(
    flags: str, kind: type[ChannelError], scope: str
) -> None:
    async with smtp_sink(*shlex.split(flags)) as port:
        error = await refusal_of(port)

    assert type(error) is kind
    assert error.scope == scope


async def test_a_message_above_the_servers_size_never_leaves() -> None:
    async with mail_server(MailServer(max_bytes=50)) as server:
        error = await refusal_of(server.port)

    assert isinstance(error, BadContent)
    assert "DATA" not in server.commands


# What may have happened, and what certainly has not


async def test_a_drop_after_the_final_dot_is_ambiguous() -> None:
    server = MailServer(drop_after_dot=True)

    async with mail_server(server):
        error = await refusal_of(server.port)

    assert isinstance(error, Ambiguous)


async def test_a_drop_within_the_message_is_not() -> None:
    async def hang_up_in_the_middle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await up_to_data(reader, writer)
        await reader.readexactly(100_000)

    large = outbound(content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_500_000)

    async with scripted_server(hang_up_in_the_middle) as port:
        error = await refusal_of(port, large)

    assert type(error) is Retryable
    assert error.scope == "provider"


async def test_a_refusal_within_the_message_is_heard() -> None:
    """smtp-sink -A answers 550 while the message is still being written."""
    large = outbound(content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_500_000)

    async with smtp_sink("-A", "0") as port:
        error = await refusal_of(port, large)

    assert isinstance(error, Permanent | Retryable)


async def test_an_answer_within_the_message_is_told() -> None:
    async def refuse_in_the_middle(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await up_to_data(reader, writer)
        await reader.readexactly(100_000)
        writer.write(b"552 5.3.4 enough\r\n")
        await asyncio.sleep(1)

    large = outbound(content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_500_000)

    async with scripted_server(refuse_in_the_middle) as port:
        error = await refusal_of(port, large)

    assert isinstance(error, BadContent)
    assert error.provider_code == "552 5.3.4"


async def test_a_yes_before_the_end_of_the_message_is_no_yes() -> None:
    async def take_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await up_to_data(reader, writer)
        await reader.readexactly(100_000)
        writer.write(b"250 2.0.0 Ok\r\n")
        await asyncio.sleep(1)

    large = outbound(content=b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_500_000)

    async with scripted_server(take_half) as port:
        error = await refusal_of(port, large)

    assert type(error) is Retryable


async def test_silence_after_the_final_dot_is_ambiguous() -> None:
    async with smtp_sink("-W", ".:3") as port:
        error = await refusal_of(port, final_timeout=0.2)

    assert isinstance(error, Ambiguous)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_silence_before_it_is_not(command: str) -> None:
    async with smtp_sink("-W", f"{command}:3") as port:
        error = await refusal_of(port, timeout=0.2)

    assert type(error) is Retryable


async def test_nonsense_instead_of_an_answer_is_ambiguous_only_after_the_dot() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await up_to_data(reader, writer)
        await reader.readuntil(b"\r\n.\r\n")
        writer.write(b"what?\r\n")
        await asyncio.sleep(0.2)

    async def babble_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"what?\r\n")
        await asyncio.sleep(0.2)

    plain = outbound(content=b"Subject: x\r\n\r\nDear Jane\r\n")
    async with scripted_server(babble) as port:
        after = await refusal_of(port, plain)
    async with scripted_server(babble_at_once) as port:
        before = await refusal_of(port, plain)

    assert isinstance(after, Ambiguous)
    assert type(before) is Retryable
