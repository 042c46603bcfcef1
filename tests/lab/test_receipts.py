"""Delivery receipts: asked for at RCPT, written as RFC 3464, brought until they are taken."""

import asyncio

import pytest

from lab.errands import pending_counts

ANA = "ana.moreno@example.com"
SENDER = "b+token@in.brightwater.example"


def fields(receipt) -> dict[str, str]:
    (_, _, message) = receipt
    (status,) = [part for part in message.walk() if part.get_content_type().endswith("-status")]
    return {name: str(value) for block in status.get_payload() for name, value in block.items()}


async def test_a_delivery_is_confirmed_to_who_asked(bench, desk, eventually):
    outside = await bench.start(bounce_port=desk.port)

    await outside.send(ANA, envid="c-1+2B1", notify="SUCCESS,FAILURE")
    await eventually(lambda: desk.taken)

    mail_from, rcpt_to, message = desk.taken[0]
    assert (mail_from, rcpt_to) == ("<>", SENDER)
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    told = fields(desk.taken[0])
    assert told["Original-Envelope-Id"] == "c-1+1"
    assert told["Final-Recipient"] == f"rfc822; {ANA}"
    assert (told["Action"], told["Status"]) == ("delivered", "2.0.0")
    assert "Message-ID: <1@brightwater.example>" in message.as_string()


async def test_a_late_bounce_is_told_without_asking(bench, desk, eventually):
    outside = await bench.start(bounce_port=desk.port)
    await outside.put(f"/lab/mailboxes/{ANA}", behaviour="bounce-late")

    answer = await outside.send(ANA, envid="c-1")
    await eventually(lambda: desk.taken)

    assert answer.code == 250
    told = fields(desk.taken[0])
    assert (told["Action"], told["Status"]) == ("failed", "5.1.1")
    assert told["Original-Envelope-Id"] == "c-1"
    box = await outside.get(f"/lab/mailboxes/{ANA}")
    assert (box["delivered"], box["bounced"]) == (0, 1)


async def test_nothing_is_told_to_those_who_did_not_ask(bench, desk, eventually):
    outside = await bench.start(bounce_port=desk.port)
    await outside.put("/lab/mailboxes/late@example.com", behaviour="bounce-late")

    await outside.send("quiet@example.com")
    await outside.send("quiet@example.com", notify="FAILURE")
    await outside.send("late@example.com", notify="NEVER")
    await outside.send("late@example.com", sender="", notify="SUCCESS,FAILURE")
    await outside.send(ANA, notify="SUCCESS")
    await eventually(lambda: desk.taken)
    await asyncio.sleep(0.1)

    assert [fields(receipt)["Final-Recipient"] for receipt in desk.taken] == [f"rfc822; {ANA}"]


async def test_each_recipient_gets_a_receipt_of_its_own(bench, desk, eventually):
    outside = await bench.start(bounce_port=desk.port)
    await outside.put("/lab/mailboxes/late@example.com", behaviour="bounce-late")

    await outside.send(ANA, "late@example.com", notify="SUCCESS,FAILURE")
    await eventually(lambda: len(desk.taken) == 2)

    actions = {fields(one)["Final-Recipient"]: fields(one)["Action"] for one in desk.taken}
    assert actions == {f"rfc822; {ANA}": "delivered", "rfc822; late@example.com": "failed"}


async def test_receipts_wait_for_their_taker(bench, desk, eventually):
    await desk.close()
    outside = await bench.start(bounce_port=desk.port)

    await outside.send(ANA, notify="SUCCESS")
    await eventually(lambda: waiting_with_reason(outside))
    await desk.open()

    await eventually(lambda: desk.taken)
    await eventually(lambda: nothing_pending(outside))


async def test_receipts_outlive_a_restart_and_come_once(bench, desk, eventually):
    await desk.close()
    first = await bench.start(bounce_port=desk.port)
    for _ in range(3):
        await first.send(ANA, notify="SUCCESS")
    await bench.stop()
    await desk.open()

    again = await bench.start(bounce_port=desk.port)
    await eventually(lambda: nothing_pending(again))

    assert len({message["Message-ID"] for _, _, message in desk.taken}) == len(desk.taken) == 3


@pytest.mark.parametrize("sender", ["unknown@in.example", "käthe@in.example"])
async def test_a_receipt_nobody_takes_does_not_hold_up_the_others(bench, desk, eventually, sender):
    desk.refused.add("unknown@in.example")
    outside = await bench.start(bounce_port=desk.port)

    async with outside.client() as client:
        await client.mail(sender, options=["SMTPUTF8"], encoding="utf-8")
        await client.rcpt(ANA, options=["NOTIFY=SUCCESS"])
        await client.data(b"Subject: hi\r\n\r\nhi\r\n")
    await outside.send(ANA, notify="SUCCESS")

    await eventually(lambda: desk.taken)
    counts = await outside.get("/lab/counts")
    assert counts["receipts_pending"] == 1


async def waiting_with_reason(outside) -> bool:
    page = await outside.text("/?message=1")
    return "Nobody takes receipts" in page


async def nothing_pending(outside) -> bool:
    counts = await outside.lab.world.store.read(pending_counts)
    return counts["receipt"] == 0
