"""The mail server: what it takes, how it misbehaves, what it remembers."""

import asyncio
import time

import aiosmtplib
import pytest

ANA = "ana.moreno@example.com"


def plain(subject: str, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"Subject: {subject}", *lines, "", "Hello\r\n"]).encode()


async def test_an_address_becomes_a_mailbox_with_its_first_mail(outside):
    assert await outside.get("/lab/mailboxes") == []

    await outside.send("Ana.Moreno@Example.com")

    (box,) = await outside.get("/lab/mailboxes")
    assert (box["address"], box["delivered"]) == (ANA, 1)


async def test_a_message_is_kept_byte_for_byte(outside):
    content = b"Subject: dots\r\n\r\n.one\r\n..two\r\n\xc3\xbc\r\n"

    await outside.send(ANA, content=content)

    async with outside.http.get(f"{outside.lab.url}/lab/messages/1/raw") as answer:
        assert await answer.read() == content


@pytest.mark.parametrize(
    "wanted",
    [
        {"recipient": "ANA.moreno@example.com"},
        {"message_id": "<two@b.example>"},
        {"header": "X-Communication: c-2"},
        {"since": 1},
    ],
)
async def test_messages_are_found_by(outside, wanted):
    first = plain("one", Message_ID="<one@b.example>", X_Communication="c-1")
    second = plain("two", Message_ID="<two@b.example>", X_Communication="c-2")
    await outside.send("tomas@example.com", content=first)
    await outside.send(ANA, content=second)

    found = await outside.get("/lab/messages", **wanted)

    assert [message["subject"] for message in found] == ["two"]


async def test_encoded_headers_are_read_for_people(outside):
    await outside.send(ANA, content=plain("=?utf-8?q?Ihre_Rechnung_f=C3=BCr_Mai?="))

    (message,) = await outside.get("/lab/messages")
    assert message["subject"] == "Ihre Rechnung für Mai"


@pytest.mark.parametrize(
    ("behaviour", "code", "words"),
    [("bounce-hard", 550, "5.1.1"), ("bounce-soft", 451, "4.2.2"), ("down", 450, "4.2.1")],
)
async def test_a_mailbox_refuses(outside, behaviour, code, words):
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour=behaviour)

    async with outside.client() as client:
        await client.mail("b@x.example")
        with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
            await client.rcpt(ANA.upper())

    assert caught.value.code == code
    assert caught.value.message.startswith(words)
    box = await outside.get(f"/lab/mailboxes/{ANA}")
    assert (box["delivered"], box["refused"], box["arrivals"][0]["fate"]) == (0, 1, "refused")


async def test_one_refusal_does_not_stop_the_other_recipients(outside):
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="bounce-hard")

    async with outside.client() as client:
        refused, _ = await client.sendmail("b@x.example", [ANA, "tomas@example.com"], plain("hi"))

    assert list(refused) == [ANA]
    (message,) = await outside.get("/lab/messages")
    assert message["recipients"] == ["tomas@example.com"]


async def test_a_slow_mailbox_answers_late(outside):
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="slow", seconds=0.4)
    begun = time.monotonic()

    answer = await outside.send(ANA)

    assert answer.code == 250
    assert time.monotonic() - begun >= 0.4


async def test_a_client_that_gives_up_on_a_slow_mailbox_has_sent_nothing(outside):
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="slow", seconds=0.3)

    async with outside.client() as client:
        await client.mail("b@x.example")
        await client.rcpt(ANA)
        with pytest.raises(aiosmtplib.SMTPException):
            await client.data(plain("hi"), timeout=0.1)
    await asyncio.sleep(0.4)

    assert await outside.get("/lab/messages") == []


async def test_a_server_that_is_down_answers_421_to_new_clients(outside):
    await outside.put("/lab/mail-server", behaviour="down")

    with pytest.raises(aiosmtplib.SMTPConnectResponseError) as caught:
        await outside.client().connect()

    assert caught.value.code == 421


async def test_a_server_that_goes_down_ends_open_sessions(outside):
    client = outside.client()
    await client.connect()
    await outside.put("/lab/mail-server", behaviour="down")

    with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
        await client.mail("b@x.example")

    assert caught.value.code == 421
    assert not client.is_connected
    await outside.put("/lab/mail-server", behaviour="ok")
    assert (await outside.send(ANA)).code == 250


async def test_a_broken_line_leaves_the_message_delivered(outside):
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="drop")

    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await outside.send(ANA)

    assert (await outside.get("/lab/counts"))["mail"]["delivered"] == 1


async def test_the_same_message_twice_in_a_mailbox_is_told(outside):
    content = plain("hi", Message_ID="<same@b.example>")
    for address in (ANA, "tomas@example.com", ANA):
        await outside.send(address, content=content)

    counts = (await outside.get("/lab/counts"))["mail"]
    assert (counts["delivered"], counts["repeated"]) == (3, 1)
    assert (await outside.get(f"/lab/mailboxes/{ANA}"))["repeated"] == 1


async def test_receipts_are_offered_only_where_somebody_takes_them(bench):
    silent, telling = await bench.start(), await bench.start(bounce_port=9)

    async with silent.client() as one, telling.client() as other:
        await one.ehlo()
        await other.ehlo()

        assert {"pipelining", "8bitmime", "smtputf8", "size"} <= set(one.esmtp_extensions)
        assert not one.supports_extension("dsn")
        assert other.supports_extension("dsn")


@pytest.mark.parametrize(
    "line",
    ["MAIL FROM:<a@b.example> RET=SOME", "MAIL FROM:<a@b.example> ENVID="],
)
async def test_a_wrong_parameter_is_refused(outside, line):
    async with outside.client() as client:
        await client.ehlo()
        answer = await client.execute_command(line.encode())

    assert answer.code == 501


async def test_a_wrong_wish_for_receipts_is_refused(outside):
    async with outside.client() as client:
        await client.mail("a@b.example")
        with pytest.raises(aiosmtplib.SMTPResponseException) as caught:
            await client.rcpt(ANA, options=["NOTIFY=SUCCESS,NEVER"])

    assert caught.value.code == 501


async def test_addresses_need_not_be_ascii(outside):
    async with outside.client() as client:
        await client.mail("b@x.example", options=["SMTPUTF8"], encoding="utf-8")
        await client.rcpt("käthe@müller.example", encoding="utf-8")
        await client.data(plain("hi"))

    (box,) = await outside.get("/lab/mailboxes", text="müller")
    assert box["address"] == "käthe@müller.example"


async def test_commands_may_come_without_waiting_for_answers(outside):
    reader, writer = await asyncio.open_connection("127.0.0.1", outside.lab.smtp_port)
    writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
    await reader.readuntil(b"354")
    writer.write(b"Subject: hi\r\n\r\nhello\r\n.\r\nQUIT\r\n")
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert b"\r\n250 2.0.0 taken as 1\r\n" in rest


async def test_many_clients_at_once_lose_nothing(outside):
    async def forty(number: int) -> None:
        async with outside.client() as client:
            for index in range(40):
                content = plain("hi", Message_ID=f"<{number}.{index}@b.example>")
                await client.sendmail("b@x.example", [f"p{index}@example.com"], content)

    await asyncio.gather(*(forty(number) for number in range(8)))

    counts = (await outside.get("/lab/counts"))["mail"]
    assert (counts["messages"], counts["mailboxes"], counts["repeated"]) == (320, 40, 0)


async def test_starting_afresh_forgets_mail_and_misbehaviour(outside):
    await outside.send(ANA)
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="bounce-hard")

    counts = await outside.post("/lab/reset")

    assert counts["mail"]["messages"] == 0
    assert (await outside.send(ANA)).code == 250


async def test_an_unknown_behaviour_is_refused_with_those_there_are(outside):
    url = f"{outside.lab.url}/lab/mailboxes/{ANA}"
    async with outside.http.put(url, json={"behaviour": "explode"}) as answer:
        detail = (await answer.json())["detail"]

    assert answer.status == 422
    assert "bounce-hard" in detail


async def test_behaviour_and_mail_outlive_a_restart(bench):
    outside = await bench.start()
    await outside.send(ANA)
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="bounce-soft")
    await bench.stop()

    again = await bench.start()

    box = await again.get(f"/lab/mailboxes/{ANA}")
    assert (box["delivered"], box["switch"]["behaviour"]) == (1, "bounce-soft")
