"""A worker that dies between a mail server's yes and our record of it: settled by policy."""

import time
from collections.abc import AsyncIterator
from email.message import Message
from typing import Any

import pytest

from lab.errands import Errand
from lab.mail.receipts import Notice, ReceiptCourier, write
from tests.faults.conftest import DEFINITIONS
from tests.faults.sink import Sink, sink
from tests.support.stacks import WholeStack, eventually, whole_stack


@pytest.fixture(scope="module")
async def post() -> AsyncIterator[Sink]:
    async with sink() as opened:
        yield opened


@pytest.fixture(scope="module")
async def whole(post: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeStack]:
    folder = tmp_path_factory.mktemp("ambiguous")
    async with whole_stack(folder, definitions_dir=DEFINITIONS, smtp_port=post.port) as stack:
        await stack.person("P-1")
        yield stack


async def die_while_answering(whole: WholeStack, post: Sink, definition: str, key: str) -> str:
    """Ask for a communication, and kill the worker while the mail server has not yet answered."""
    post.silent = True
    post.heard.clear()
    request = await whole.system.ask(
        definition, key, person="P-1", payload={"notice": {"number": key}}
    )
    await post.heard.wait()
    await whole.crash("worker")
    post.silent = False
    return request


async def test_what_may_have_left_is_sent_again_where_the_definition_says_so(
    whole: WholeStack, post: Sink
) -> None:
    request = await die_while_answering(whole, post, "NOTICE", "resend")
    await whole.mend()

    (communication,) = await eventually(lambda: sent(whole, request), "the message sent")
    assert len(post.of(communication["id"])) == 2
    assert await outcomes(whole, communication) == ["interrupted", "accepted"]
    story = await whole.operator.call("GET", f"/v1/requests/{request}/explanation")
    assert "interrupted" in {each["reason"] for each in story if each["name"] == "hand-over"}


async def test_what_may_have_left_waits_for_a_person_where_the_definition_says_so(
    whole: WholeStack, post: Sink
) -> None:
    request = await die_while_answering(whole, post, "CAREFUL-NOTICE", "hold")
    before = await ambiguous(whole)
    await whole.mend()

    (communication,) = await eventually(lambda: held(whole, request), "the message held")
    assert communication["reason"] == "ambiguous"
    assert len(post.of(communication["id"])) == 1
    assert await outcomes(whole, communication) == ["interrupted"]
    assert await ambiguous(whole) == before + 1

    reason = {"reason": "the customer has not got it"}
    await whole.core.call("POST", f"/v1/requests/{request}/retry", reason)
    await eventually(lambda: sent(whole, request), "the message sent again")
    assert len(post.of(communication["id"])) == 2
    assert await outcomes(whole, communication) == ["interrupted", "accepted"]


@pytest.mark.parametrize("definition", ["NOTICE", "CAREFUL-NOTICE"])
async def test_a_receipt_tells_what_nobody_lived_to_tell(
    whole: WholeStack, post: Sink, definition: str
) -> None:
    request = await die_while_answering(whole, post, definition, f"receipt-{definition}")
    before = await ambiguous(whole)
    await bring_receipt(whole, *post.taken[-1])
    await whole.mend()
    await whole.ended([request])

    (communication,) = await whole.communications(request)
    assert (communication["state"], communication["evidence"]) == ("delivered", "proved")
    assert len(post.of(communication["id"])) == 1
    assert await outcomes(whole, communication) == ["accepted"]
    assert await ambiguous(whole) == before


async def bring_receipt(whole: WholeStack, sender: str, message: Message) -> None:
    """What a mail server sends when it has delivered."""
    notice = Notice("delivered", sender, "p-1@customer.example", None, None, time.time())
    body = write(notice, f"Message-ID: {message['Message-ID']}\r\n".encode())
    errand = Errand(
        id=1,
        kind="receipt",
        subject="",
        label="delivered",
        target=sender,
        body=body,
        created_at="",
        attempts=0,
        error=None,
        done_at=None,
    )
    courier = ReceiptCourier(whole.settings.bounce_host, whole.settings.bounce_port)
    await courier.bring(errand)
    await courier.rest()


async def sent(whole: WholeStack, request: str) -> list[dict[str, Any]]:
    return await _in_state(whole, request, "sent")


async def held(whole: WholeStack, request: str) -> list[dict[str, Any]]:
    return await _in_state(whole, request, "error")


async def _in_state(whole: WholeStack, request: str, state: str) -> list[dict[str, Any]]:
    return [each for each in await whole.communications(request) if each["state"] == state]


async def outcomes(whole: WholeStack, communication: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in await whole.attempts(communication["id"])]


async def ambiguous(whole: WholeStack) -> int:
    """How many attempts the accounting calls ambiguous."""
    accounts = await whole.operator.call("GET", "/v1/accounting")
    assert accounts["balanced"]
    return accounts["ambiguous_attempts"]
